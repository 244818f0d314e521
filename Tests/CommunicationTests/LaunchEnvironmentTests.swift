import Communication
import Testing

@Suite("the launch environment")
struct LaunchEnvironmentTests {
    private func environment(_ variables: [String: String]) -> LaunchEnvironment {
        LaunchEnvironment(hostName: "node7") { variables[$0] }
    }

    @Test("no launcher's variables mean a group of one")
    func nothing() {
        let alone = environment(["PATH": "/usr/bin", "OMPI_ALLOW_RUN_AS_ROOT": "1"])
        #expect(alone.launcher == nil && !alone.isLaunched && alone.rankCount == nil)
        #expect(alone.localRank == 0 && alone.localRankCount == 1 && alone.hostName == "node7")
    }

    @Test("mpirun's variables take precedence over Slurm's")
    func mpirunInsideSlurm() {
        let rank = environment([
            "OMPI_COMM_WORLD_SIZE": "8", "OMPI_COMM_WORLD_RANK": "5", "OMPI_COMM_WORLD_LOCAL_RANK": "1", "OMPI_COMM_WORLD_LOCAL_SIZE": "4",
            "PMIX_RANK": "5", "SLURM_PROCID": "0", "SLURM_LOCALID": "0", "SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "2",
        ])
        #expect(rank.launcher == .openMPI && rank.rankCount == 8 && rank.localRank == 1 && rank.localRankCount == 4)
    }

    @Test("srun's tasks with PMI are ranks", arguments: zip([0, 1, 2, 3], [4, 4, 3, 1]))
    func srun(node: Int, localRankCount: Int) {
        let rank = environment([
            "PMIX_RANK": "3", "SLURM_PROCID": "3", "SLURM_LOCALID": "0", "SLURM_NODEID": "\(node)", "SLURM_STEP_ID": "0",
            "SLURM_STEP_NUM_TASKS": "12", "SLURM_STEP_TASKS_PER_NODE": "4(x2),3,1",
        ])
        #expect(rank.launcher == .slurm && rank.rankCount == 12 && rank.localRank == 0 && rank.localRankCount == localRankCount)
    }

    @Test("srun's tasks without PMI are a group that can't be joined, unless there is only one")
    func srunWithoutPMI() {
        let several = environment(["SLURM_PROCID": "0", "SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "2"])
        #expect(several.launcher == .slurmWithoutPMI && several.rankCount == 2)
        #expect(!environment(["SLURM_PROCID": "0", "SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "1"]).isLaunched)
    }

    @Test("a process of a batch script is alone, although Slurm gives it a number")
    func batchScript() {
        #expect(!environment(["SLURM_PROCID": "0", "SLURM_NTASKS": "4", "SLURM_JOB_ID": "17"]).isLaunched)
    }

    @Test("values that aren't counts are ignored")
    func nonsense() {
        let rank = environment(["OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_LOCAL_RANK": "-3", "OMPI_COMM_WORLD_LOCAL_SIZE": "many"])
        #expect(rank.rankCount == 2 && rank.localRank == 0 && rank.localRankCount == 1)
        #expect(!environment(["OMPI_COMM_WORLD_SIZE": "four"]).isLaunched)
        for list in ["4(x99999999999999999999)", "(x", "(x2)", "four", "1(x", ""] {
            let odd = environment(["PMIX_RANK": "0", "SLURM_LOCALID": "9223372036854775807", "SLURM_STEP_TASKS_PER_NODE": list])
            #expect(odd.launcher == .pmix && odd.localRank == 0 && odd.localRankCount == 1, "\(list)")
        }
    }

    @Test("this host has a name")
    func hostName() {
        let name = LaunchEnvironment.current().hostName
        #expect(!name.isEmpty && name != "unknown")
    }
}
