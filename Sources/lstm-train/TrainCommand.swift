import ArgumentParser
import Checkpoints
import Communication
import Configuration
import Datasets
import Inference
import Measurement
import Runs
import Threads
import Training

struct TrainCommand: GroupCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model, or resume its training (the default).",
        discussion: """
            EXAMPLES
              mpirun -n 4 lstm-train train configs/text.json training.epochs=20 --run-directory runs/text
              lstm-train configs/text.json --dry-run
            """)

    @OptionGroup var configured: ConfigurationArguments

    @Option(help: ArgumentHelp("Where checkpoints, metrics and the resolved configuration go. (default: runs/ and the configuration's name)", valueName: "path"))
    var runDirectory: String?

    @Option(help: ArgumentHelp("Whether to resume: auto (if the run directory has a checkpoint), never, or a run or checkpoint to start from.", valueName: "auto|never|path"))
    var resume = "auto"

    @Flag(help: "Do everything but train: read the data, let the ranks agree, say what would be done. Nothing is written.")
    var dryRun = false

    func validate() throws { try refuseEmpty([("--run-directory", runDirectory), ("--resume", resume)]) }

    func run(in session: Session) throws {
        var configuration = try session.group.agree { try configured.load() }
        let directory = runDirectory ?? configured.usualRunDirectory
        try session.watch(configuration)
        let input =
            StandardInputFile.isMeant(by: configuration.data)
            ? try StandardInputFile(runDirectory: directory, isRehearsal: dryRun, over: session.group) : nil
        defer { if session.isRoot { input?.remove() } }
        if let input { configuration.data.files = [input.path] }
        let data = try session.group.agree { try RunData(configuration, goingOnIn: directory, resume: resumeChoice) }
        if session.isRoot {
            for note in [try data.noteOnInitialWeights(configuration), try data.noteOnWordVectors(configuration)].compactMap(\.self) { printError(note) }
        }
        if session.isRoot, let note = try configured.noteOnMovedFiles(configuration) { printError(note) }
        let team = session.team(threadsAsked: configuration.parallelism.threads)
        let printer = ProgressPrinter(configuration.log, ranks: try RankFacts(rank: session.group.rank, team: team).everywhere(over: session.group))
        defer { printer.close() }
        if dryRun {
            let plan = try TrainingPlan(configuration, data: data, group: session.group)
            let resumePoint = try plan.resumePoint(resumeChoice, runDirectory: directory, invocation: invocation, group: session.group)
            if session.isRoot { printer.rehearsed(plan.summary(runDirectory: directory, threadCount: team.threadCount, resumePoint: resumePoint)) }
            return
        }
        let trainer = try Trainer(
            configuration, data: data, runDirectory: directory, resume: resumeChoice, invocation: invocation, group: session.group, team: team,
            request: StopSignals.asked, reporter: printer, sampleWriter: SampleWriter(configuration, dataset: data.dataset))
        let began = ContinuousClock.now
        let outcome = try trainer.train()
        let phaseTimes = try trainer.phaseTimes()
        if session.isRoot {
            session.group.recorder.beginAlone("judging forecasts without a model")
            printer.ended(
                RunRecap(
                    outcome: outcome, runDirectory: trainer.runDirectory, weightsSHA256: try trainer.weightsSHA256(), stepCount: trainer.step - printer.firstStep,
                    seconds: (ContinuousClock.now - began) / .seconds(1), best: trainer.best, validation: printer.lastValidation,
                    bestValidation: printer.bestValidation,
                    bestNaive: (data.dataset as? SeriesWindows)?.bestNaive(of: .validation),
                    bestCheckpoint: try olderCheckpoint(ofStep: trainer.best?.step, in: directory), phaseTimes: phaseTimes,
                    checkpoint: printer.newestCheckpoint, writesText: data.dataset.task.uses.contains(.generate),
                    startedElsewhere: startsElsewhere, validationsSinceImprovement: trainer.validationsSinceImprovement,
                    usesBestCheckpoint: configuration.usesBestCheckpoint))
        }
        // 75, "temporary failure": a job script may start the job again.
        if outcome == .stopped { throw ExitCode(75) }
    }

    /// The path of the checkpoint of `step`, if it exists and isn't the newest.
    private func olderCheckpoint(ofStep step: Int?, in directory: String) throws -> String? {
        try RunDirectory(directory).soundCheckpoints().dropFirst().first { $0.manifest.step == step }?.path
    }

    private var startsElsewhere: Bool {
        if case .from = resumeChoice { true } else { false }
    }

    private var invocation: Invocation { Invocation(configured.arguments) }

    private var resumeChoice: ResumeChoice {
        switch resume {
        case "auto": .auto
        case "never": .never
        default: .from(resume)
        }
    }
}
