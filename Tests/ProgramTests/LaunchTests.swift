import Foundation
import Testing

extension ProgramTests {
    @Suite("launch scripts")
    struct LaunchTests {
        private static let hostfiles = [
            "node1 slots=2\nnode2\n# none\n\nnode3 slots=4 # the large one\n", "node1 slots=2\r\nnode2\r\n# none\r\n\r\nnode3 slots=4 # the large one\r\n",
            "\u{FEFF}node1 slots=2\r\nnode2\r\nnode3 slots=4",
        ]

        @Test("a hostfile has the same meaning with Windows line ends, a byte order mark, or no newline at the end", arguments: hostfiles)
        func lineEnds(text: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write(text, "hosts.txt")
            try folder.write("#!/bin/sh\necho \"$@\"\n", "bin/mpirun")
            _ = try command("chmod", "+x", folder.path("bin/mpirun"))
            let program = try ProgramRun.built("lstm-train").path
            let environment = ["PATH": folder.path("bin") + ":/usr/bin:/bin", "LSTM_TRAIN": program, "CORES_PER_RANK": "1"]
            let script = Document.project.appending(path: "launch/hosts").path
            let result = try folder.run(.alone, [script, "hosts.txt", "a.json"], program: URL(filePath: "/bin/bash"), environment: environment)
            #expect(result.exitCode == 0 && result.output.contains("--host node1:2,node2:1,node3:4 -n 7 "), "\(result)")
            // Open MPI accepts neither.
            #expect(result.output.contains("--hostfile") == !text.utf8.contains(0x0D), "\(result)")
        }
    }
}
