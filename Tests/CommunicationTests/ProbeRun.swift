import Foundation

/// One run of CommunicationProbe, the executable next to this test bundle, as a group of real processes.
struct ProbeRun {
    let exitCode: Int32
    /// Standard output and standard error of all ranks and of mpirun.
    let output: String
    let elapsedSeconds: Double

    static let mpirun: URL? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { URL(filePath: String($0), directoryHint: .isDirectory).appending(path: "mpirun") }
        .first { FileManager.default.isExecutableFile(atPath: $0.path()) }

    /// Runs the probe on `rankCount` ranks, or without mpirun if that is nil. Waits until it ends, at most 60 seconds.
    init(rankCount: Int?, _ arguments: String..., environment added: [String: String] = [:]) throws {
        let probe = try Self.directoryOfTests().appending(path: "CommunicationProbe")
        let process = Process()
        if let rankCount, let mpirun = Self.mpirun {
            process.executableURL = mpirun
            process.arguments =
                ["--oversubscribe", "--bind-to", "none", "--timeout", "60", "-n", "\(rankCount)", probe.path()] + arguments
        } else {
            process.executableURL = probe
            process.arguments = arguments
        }
        // The variables of an outer launcher would make the probe join that launcher's group.
        let outer = ProcessInfo.processInfo.environment.filter { name, _ in
            !["OMPI_", "PMIX_", "PMI_", "SLURM_"].contains { name.hasPrefix($0) }
        }
        let root = ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"]
        process.environment = outer.merging(root) { $1 }.merging(added) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        let clock = ContinuousClock()
        let start = clock.now
        try process.run()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        elapsedSeconds = (clock.now - start) / .seconds(1)
        // Termination by a signal is encoded as in a shell.
        exitCode = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        output = String(decoding: bytes, as: UTF8.self)
    }

    /// The build directory: that of the running test executable.
    private static func directoryOfTests() throws -> URL {
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: executable).deletingLastPathComponent()
    }
}

extension ProbeRun {
    /// Whether mpirun itself crashed at exit: Open MPI 4.1 sometimes does, in PMIx_server_finalize, when several ranks abort at once.
    private var launcherCrashed: Bool { exitCode == 139 && output.contains("PMIx_server_finalize") }

    /// Runs a group in which one rank hangs, in the way that `manner` names; tries again if mpirun crashed.
    static func hanging(_ manner: String, rankCount: Int) throws -> ProbeRun {
        for _ in 0..<3 {
            let run = try ProbeRun(rankCount: rankCount, "hang", manner)
            if !run.launcherCrashed { return run }
        }
        return try ProbeRun(rankCount: rankCount, "hang", manner)
    }
}

/// A new directory in the system's temporary one; call `remove` when done.
struct ScratchDirectory {
    let url = FileManager.default.temporaryDirectory.appending(path: "communication-\(UUID().uuidString)", directoryHint: .isDirectory)

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: url) }

    func write(_ bytes: [UInt8], _ name: String) throws { try Data(bytes).write(to: url.appending(path: name)) }

    func write(_ floats: [Float], _ name: String) throws {
        try floats.withUnsafeBytes { Data($0) }.write(to: url.appending(path: name))
    }

    func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: url.appending(path: name))) }

    func floats(_ name: String) throws -> [Float] {
        let bytes = try bytes(name)
        return bytes.withUnsafeBytes { all in
            stride(from: 0, to: all.count, by: 4).map { all.loadUnaligned(fromByteOffset: $0, as: Float.self) }
        }
    }
}
