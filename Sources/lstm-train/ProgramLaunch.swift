import Foundation

/// Starts this program again: alone, or by mpirun as a group on this machine.
struct ProgramLaunch {
    let rankCount: Int
    let arguments: [String]

    /// Nil if Open MPI isn't installed.
    static let mpirun: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { $0 + "/mpirun" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Runs it to its end.
    /// - Returns: its exit code, or 128 plus the number of the signal that ended it, and its whole output.
    func run() throws -> (exitCode: Int32, text: String) {
        let process = Process()
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let isGroup = rankCount > 1
        process.executableURL = URL(filePath: isGroup ? Self.mpirun ?? "mpirun" : program)
        process.arguments = (isGroup ? ["-n", "\(rankCount)", "--oversubscribe", "--bind-to", "none", program] : []) + arguments
        // As root, mpirun requires confirmation, which the user gave by starting this program as root.
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"]) { own, _ in own }
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let text = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let code = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        return (code, String(decoding: text, as: UTF8.self))
    }
}
