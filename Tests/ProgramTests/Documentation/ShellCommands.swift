import Foundation

/// The commands of a block, run by bash in order.
struct ShellCommands {
    struct Command {
        /// Its lines: several if a line ends in a backslash.
        var text: String
        /// The output shown in the block.
        var shown: [String] = []
    }

    struct Outcome {
        let output: [String]
        let exitCode: Int32

        /// The outcome with paths as in another folder.
        func moved(from folder: String, to other: String) -> Outcome {
            var folder = folder
            while folder.hasSuffix("/") { folder.removeLast() }
            return Outcome(output: output.map { $0.replacingOccurrences(of: folder, with: other) }, exitCode: exitCode)
        }
    }

    private(set) var commands: [Command] = []
    /// Separates each command's output from its exit code.
    private static let mark = "\u{1E}"
    private static let secondsAtMost = 40

    init(_ block: Block) {
        guard case .console = block.kind else {
            commands = [Command(text: "(set -e\n" + block.lines.joined(separator: "\n") + "\n)")]
            return
        }
        for line in block.lines {
            if line.hasPrefix("$ ") {
                commands.append(Command(text: String(line.dropFirst(2))))
            } else if !commands.isEmpty {
                let last = commands.count - 1
                if commands[last].text.hasSuffix("\\"), commands[last].shown.isEmpty {
                    commands[last].text += "\n" + line
                } else {
                    commands[last].shown.append(line)
                }
            }
        }
    }

    /// The output of each command, on both streams, and its exit code; fewer than the commands after a timeout.
    func run(in folder: Folder) throws -> [Outcome] {
        // The last line sets the next command's $?, as in an interactive shell.
        let script = commands.map { "{ \($0.text)\n} 2>&1\ncode=$?\nprintf '\\n\(Self.mark)%d\\n' $code\n(exit $code)\n" }.joined()
        let name = ".commands-\(UUID().uuidString)"
        try folder.write(script, name)
        defer { try? FileManager.default.removeItem(at: folder.url.appending(path: name)) }
        return Self.outcomes(in: try Self.output(of: ["timeout", "-k", "5", "\(Self.secondsAtMost)", "bash", name], in: folder))
    }

    private static func outcomes(in text: String) -> [Outcome] {
        var outcomes: [Outcome] = []
        var lines: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix(mark), let code = Int32(line.dropFirst()) else {
                lines.append(String(line))
                continue
            }
            // The newline before the mark adds one line to the output, or two if the output ended with a newline.
            while lines.last?.isEmpty == true { lines.removeLast() }
            outcomes.append(Outcome(output: lines, exitCode: code))
            lines = []
        }
        return outcomes
    }

    private static func output(of command: [String], in folder: Folder) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = folder.url
        process.environment = try environment()
        process.standardInput = FileHandle.nullDevice
        // A file, because a pipe would stay open as long as any background process of a script.
        let file = FileManager.default.temporaryDirectory.appending(path: "lstm-train-\(UUID().uuidString).out")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        process.standardOutput = try FileHandle(forWritingTo: file)
        process.standardError = process.standardOutput
        try ProgramRun.withSignals(blocked: false) { try process.run() }
        process.waitUntilExit()
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }

    /// Environment of a user with enough cores: the program first in PATH, and mpirun allows root and more ranks than cores.
    private static func environment() throws -> [String: String] {
        let program = try ProgramRun.built("lstm-train")
        var environment = ProcessInfo.processInfo.environment.filter { name, _ in
            !["OMPI_", "PMIX_", "PMI_", "SLURM_"].contains { name.hasPrefix($0) }
        }
        environment["PATH"] = program.deletingLastPathComponent().path + ":" + (environment["PATH"] ?? "/usr/bin:/bin")
        environment["LSTM_TRAIN"] = program.path
        for name in ["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "OMPI_MCA_rmaps_base_oversubscribe"] { environment[name] = "1" }
        return environment
    }
}
