import ArgumentParser
import Foundation
import Training

struct TrainCommand: GroupCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model, or go on training it (the default).",
        discussion: """
            EXAMPLE
              mpirun -n 4 lstm-train train configs/text.json training.epochs=20 --run-directory runs/text
            """)

    @Argument(
        help: ArgumentHelp(
            "A configuration file, then keys to change: model.hidden=256. Without a file, the embedded default: the embedded Reber grammar.",
            valueName: "config.json|key=value"))
    var arguments: [String] = []

    @Option(help: ArgumentHelp("Where checkpoints, metrics and the resolved configuration go. (default: runs/ and the configuration's name)", valueName: "path"))
    var runDirectory: String?

    @Option(help: ArgumentHelp("Whether to go on: auto (if the run directory has a checkpoint), never, or a run or checkpoint to start from.", valueName: "auto|never|path"))
    var resume = "auto"

    func run(in session: Session) throws {
        let (configuration, directory) = try session.group.agree { try prepare() }
        try session.watch(configuration)
        let data = try session.group.agree { try RunData(configuration) }
        let printer = ProgressPrinter()
        let trainer = try Trainer(
            configuration, data: data, runDirectory: directory, resume: resumeChoice, group: session.group,
            team: session.team(threadsAsked: configuration.parallelism.threads), request: StopSignals.asked, reporter: printer)
        let outcome = try trainer.train()
        if session.isSpeaker { printer.ended(outcome, weightsSHA256: try trainer.weightsSHA256(), runDirectory: directory) }
        // 75, "try again later": whoever started the job may start it again.
        if outcome == .stopped { throw ExitCode(75) }
    }

    func validate() throws {
        if arguments.contains("=") || arguments.contains(where: { $0.hasPrefix("=") || $0.hasSuffix("=") }) {
            throw ValidationError("write a key and its value without blanks: model.hidden=256")
        }
        guard files.count > 1 else { return }
        if let first = files.first, !first.contains("."), !first.contains("/") {
            throw ValidationError("'\(first)' is neither a verb nor a configuration file. The verbs are train, evaluate, generate, inspect and schema.")
        }
        throw ValidationError("\(files.joined(separator: " and ")) are two configuration files; give one. Keys to change have the form section.key=value.")
    }

    private var files: [String] { arguments.filter { !$0.contains("=") } }
    private var overrides: [String] { arguments.filter { $0.contains("=") } }

    private var resumeChoice: ResumeChoice {
        switch resume {
        case "auto": .auto
        case "never": .never
        default: .from(resume)
        }
    }

    /// The configuration and the run directory's name.
    private func prepare() throws -> (Configuration, String) {
        var configuration = try files.first.map { try Configuration.load(path: $0, overrides: overrides) } ?? .embeddedDefault(overrides: overrides)
        let file = files.first.map { URL(fileURLWithPath: $0) }
        // A path in a file is relative to that file's folder, one on the command line to where it is typed. Absolute, so that the run knows
        // its files wherever it is looked at from.
        let here = FileManager.default.currentDirectoryPath
        let isTyped = overrides.contains { $0.hasPrefix("data.files=") }
        configuration.data.files = configuration.data.filePaths(relativeTo: isTyped ? here : file?.deletingLastPathComponent().path ?? here)
        let name = file?.deletingPathExtension().lastPathComponent ?? "embedded-reber"
        return (configuration, runDirectory ?? "runs/\(name)")
    }
}
