import ArgumentParser
import Communication
import Configuration
import Datasets
import Inference
import Measurement
import NumberText
import Runs
import StrictJSON
import Threads
import Training

struct BacktestCommand: GroupCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Train as if a series had ended earlier, forecast the rows that followed, and judge the forecasts: rolling origins.",
        discussion: """
            The last origin lies data.horizon rows before the end of each series, the others before it. One model, trained on the rows before the first origin, \
            makes all forecasts; with --retrain each origin has a model of its own. The models are runs in directories of their own, so the same command goes on \
            where it was stopped, and with more --origins trains what is missing.

            EXAMPLES
              lstm-train backtest config.json --origins 6
              mpirun -n 2 lstm-train backtest config.json --origins 6 --every 24 --retrain
            """)

    @OptionGroup var configured: ConfigurationArguments

    @Option(parsing: .unconditional, help: "Number of origins.")
    var origins = 4

    @Option(parsing: .unconditional, help: ArgumentHelp("Rows from one origin to the next. (default: data.horizon)", valueName: "rows"))
    var every: Int?

    @Flag(help: "Train a model for each origin, on all rows before it.")
    var retrain = false

    @Option(help: ArgumentHelp("Where the models' runs go. (default: runs/ and the configuration's name and -backtest)", valueName: "path"))
    var runDirectory: String?

    @OptionGroup var checkpoint: CheckpointOptions

    @Flag(help: "One JSON object instead of a table.")
    var json = false

    func validate() throws {
        try refuseEmpty([("--run-directory", runDirectory)])
        guard (1...10_000).contains(origins) else { throw ValidationError("--origins is \(origins); it must be from 1 to 10000.") }
        if let every, !(1...1_000_000_000).contains(every) { throw ValidationError("--every is \(every); it must be from 1 to 1000000000.") }
    }

    func run(in session: Session) throws {
        let configuration = try session.group.agree {
            var configuration = try configured.load()
            // A form has the parts of the whole file.
            configuration.data.prepared = ""
            return configuration
        }
        if StandardInputFile.isMeant(by: configuration.data) {
            throw GroupFailure(
                exitCode: 78, description: "data.files is - for standard input, but backtest reads its data several times. Name a file in its place.")
        }
        try session.watch(configuration)
        let team = session.team(threadsAsked: configuration.parallelism.threads)
        let backtest = try session.group.agree {
            guard let windows = try RunData(configuration).dataset as? SeriesWindows else {
                throw TrainingError.forecastsNothing(kind: configuration.data.kindName)
            }
            return Backtest(
                configuration, originCount: origins, distance: every ?? configuration.data.horizon, retrains: retrain, shortest: windows.shortestRowCount)
        }
        for count in backtest.trainedCounts {
            guard try train(backtest.trainingConfiguration(leavingOut: count), in: directory(leavingOut: count), session, team) else {
                if session.isRoot, !json { printLine(field("stopped", "as asked; the same command goes on")) }
                throw ExitCode(75)
            }
        }
        guard session.isRoot else { return }
        session.group.recorder.beginAlone("judging the forecasts of all origins")
        let judged = try backtest.leftOutRowCounts.map { count in
            let run = try TrainedRun(directory(leavingOut: retrain ? count : backtest.trainedCounts[0]), at: checkpoint.choice)
            return try backtest.origin(leavingOut: count, run: run, team: team)
        }
        let text = BacktestText(origins: judged)
        if json { printLine(text.json.serialized()) } else { for line in text.lines { printLine(line) } }
    }

    private func directory(leavingOut count: Int) -> String { (runDirectory ?? configured.usualRunDirectory + "-backtest") + "/without-\(count)-rows" }

    /// Trains a model, or goes on with it. Collective.
    /// - Returns: false if it was stopped.
    private func train(_ configuration: Configuration, in directory: String, _ session: Session, _ team: ThreadTeam) throws -> Bool {
        let data = try session.group.agree { try RunData(configuration, goingOnIn: directory, resume: .auto) }
        let printer = ProgressPrinter(configuration.log, ranks: try RankFacts(rank: session.group.rank, team: team).everywhere(over: session.group))
        defer { printer.close() }
        let trainer = try Trainer(
            configuration, data: data, runDirectory: directory, resume: .auto, invocation: Invocation(configured.arguments), group: session.group, team: team,
            request: StopSignals.asked, reporter: json ? nil : printer)
        return try trainer.train() != .stopped
    }
}
