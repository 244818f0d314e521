import Runs
import Testing
import Training

@Suite("Control groups")
struct ControlGroupTests {
    @Test("a process's groups are found in both versions, each controller of version 1 in its own tree")
    func path() {
        let groups = "11:memory:/slurm/job_7\n4:cpu,cpuacct:/system\n1:name=systemd:/user\n0::/unified:1\n"
        #expect(ControlGroup.path(in: groups, controller: "memory") == "/slurm/job_7")
        #expect(ControlGroup.path(in: groups, controller: "cpuacct") == "/system")
        #expect(ControlGroup.path(in: groups, controller: "") == "/unified:1")
        #expect(ControlGroup.path(in: groups, controller: "pids") == nil)
        #expect(ControlGroup.path(in: "0::/\n", controller: "") == "")
    }
}
