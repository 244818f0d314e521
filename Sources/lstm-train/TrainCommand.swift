import ArgumentParser
import Training

struct TrainCommand: GroupCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model, or go on training it (the default).",
        discussion: """
            EXAMPLE
              mpirun -n 4 lstm-train train configs/text.json training.epochs=20 --run-directory runs/text
            """)

    @OptionGroup var configured: ConfigurationArguments

    @Option(help: ArgumentHelp("Where checkpoints, metrics and the resolved configuration go. (default: runs/ and the configuration's name)", valueName: "path"))
    var runDirectory: String?

    @Option(help: ArgumentHelp("Whether to go on: auto (if the run directory has a checkpoint), never, or a run or checkpoint to start from.", valueName: "auto|never|path"))
    var resume = "auto"

    func run(in session: Session) throws {
        let configuration = try session.group.agree { try configured.load() }
        let directory = runDirectory ?? "runs/\(configured.name)"
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

    private var resumeChoice: ResumeChoice {
        switch resume {
        case "auto": .auto
        case "never": .never
        default: .from(resume)
        }
    }
}
