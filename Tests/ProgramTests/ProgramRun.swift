import Foundation

/// How to start lstm-train: alone, or by mpirun as a group of real processes.
enum Launch {
    case alone
    case ranks(Int)
    /// One rank per element, with its own arguments before the common ones.
    case different([[String]])

    /// Alone for one rank.
    init(_ rankCount: Int) { self = rankCount == 1 ? .alone : .ranks(rankCount) }
}

/// A running lstm-train, the executable next to this test bundle.
final class ProgramRun {
    static let mpirun: URL? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { URL(filePath: String($0), directoryHint: .isDirectory).appending(path: "mpirun") }
        .first { FileManager.default.isExecutableFile(atPath: $0.path()) }

    private static let secondsAtMost = 120

    private let process = Process()
    private let outputFile: URL
    private let complaintsFile: URL

    /// Starts it with `folder` as the working directory.
    /// - Parameters:
    ///   - program: another build than the one next to the tests.
    ///   - blocksSignals: whether it starts with all signals blocked.
    ///   - environment: variables that are added to, or override, those of the tests.
    init(
        _ launch: Launch, _ arguments: [String], in folder: Folder, program: URL? = nil, blocksSignals: Bool = false, environment: [String: String] = [:]
    ) throws {
        let program = try program ?? Self.built("lstm-train")
        let name = "lstm-train-\(UUID().uuidString)"
        outputFile = FileManager.default.temporaryDirectory.appending(path: name + ".out")
        complaintsFile = FileManager.default.temporaryDirectory.appending(path: name + ".err")
        for file in [outputFile, complaintsFile] { try Data().write(to: file) }
        (process.executableURL, process.arguments) = Self.command(launch, program: program, arguments)
        process.currentDirectoryURL = folder.url
        // The variables of an outer launcher would make the group believe that it is part of that launcher's.
        let outer = ProcessInfo.processInfo.environment.filter { name, _ in
            !["OMPI_", "PMIX_", "PMI_", "SLURM_"].contains { name.hasPrefix($0) }
        }
        process.environment = outer.merging(["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"]) { $1 }.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: complaintsFile)
        try Self.withSignals(blocked: blocksSignals) { try process.run() }
    }

    deinit { if process.isRunning { signal(SIGKILL) } }

    /// Dispatch's threads block signals, and a child process inherits that: mpirun would ignore signals.
    static func withSignals(blocked: Bool, _ body: () throws -> Void) rethrows {
        var mask = sigset_t()
        var before = sigset_t()
        _ = blocked ? sigfillset(&mask) : sigemptyset(&mask)
        pthread_sigmask(SIG_SETMASK, &mask, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    private static func command(_ launch: Launch, program: URL, _ arguments: [String]) -> (URL, [String]) {
        let mpirun = mpirun ?? URL(filePath: "mpirun")
        let common = ["--oversubscribe", "--bind-to", "none", "--timeout", "\(secondsAtMost)"]
        switch launch {
        case .alone:
            return (program, arguments)
        case .ranks(let count):
            return (mpirun, common + ["-n", "\(count)", program.path()] + arguments)
        case .different(let own):
            return (mpirun, common + own.map { ["-n", "1", program.path()] + $0 + arguments }.joined(separator: [":"]))
        }
    }

    /// The executable `name` in the build directory, that of the running test executable.
    static func built(_ name: String) throws -> URL {
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: executable).deletingLastPathComponent().appending(path: name)
    }

    /// Sends a signal to the process, which may be mpirun.
    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Its child processes: the ranks, if it is mpirun.
    func children() -> [pid_t] {
        let number = process.processIdentifier
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(number)/task")) ?? []
        let lists = threads.compactMap { try? String(contentsOfFile: "/proc/\(number)/task/\($0)/children", encoding: .utf8) }
        return lists.flatMap { $0.split(separator: " ").compactMap { pid_t($0) } }
    }

    var isRunning: Bool { process.isRunning }

    /// Waits until `condition` is true; false if the program ended before, or after half a minute.
    func wait(until condition: () -> Bool) -> Bool {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            if condition() { return true }
            guard process.isRunning else { return condition() }
            Thread.sleep(forTimeInterval: 0.005)
        }
        return false
    }

    /// Waits for its end, at most as long as mpirun's timeout.
    func finish() -> ProgramResult {
        let number = process.processIdentifier
        let watchdog = DispatchWorkItem { kill(number, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(Self.secondsAtMost + 5), execute: watchdog)
        process.waitUntilExit()
        watchdog.cancel()
        defer { for file in [outputFile, complaintsFile] { try? FileManager.default.removeItem(at: file) } }
        func text(_ file: URL) -> String { (try? Data(contentsOf: file)).map { String(decoding: $0, as: UTF8.self) } ?? "" }
        // Termination by a signal is encoded as in a shell.
        let code = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        return ProgramResult(exitCode: code, output: text(outputFile), errorOutput: text(complaintsFile))
    }
}

/// Exit code and output of a run of the program.
struct ProgramResult: CustomStringConvertible {
    let exitCode: Int32
    /// Standard output of all ranks.
    let output: String
    /// Standard error of all ranks, and mpirun's own messages.
    let errorOutput: String

    var description: String { "exit code \(exitCode)\n\(output)\n\(errorOutput)" }
}

extension Folder {
    /// Runs lstm-train here to its end.
    @discardableResult
    func run(_ launch: Launch, _ arguments: String..., program: URL? = nil) throws -> ProgramResult {
        try run(launch, arguments, program: program)
    }

    func run(_ launch: Launch, _ arguments: [String], program: URL? = nil, environment: [String: String] = [:]) throws -> ProgramResult {
        try ProgramRun(launch, arguments, in: self, program: program, environment: environment).finish()
    }
}
