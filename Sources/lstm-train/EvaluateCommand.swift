import ArgumentParser
import Checkpoints
import Communication
import Configuration
import Datasets
import Foundation
import Inference
import Kernels
import NumberText
import Runs
import StrictJSON
import Threads
import Training

struct EvaluateCommand: GroupCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Judge a trained model on a part of its data, or on other files, each example counted once.",
        discussion: """
            A text is read as one stream from its part's beginning: a symbol is predicted from all before it, whatever training.batch was. (A long part \
            is cut into streams that warm up on the 256 symbols before them.)

            EXAMPLES
              lstm-train evaluate runs/text --part test
              lstm-train evaluate runs/text --data other.txt
            """)

    @Argument(help: ArgumentHelp("A run directory, or one of its checkpoints (…/checkpoints/step-…).", valueName: "run"))
    var path: String

    @Option(help: "The part to evaluate: training, validation or test. (default: test if the run has one, else validation, else training; with --data, the whole files)")
    var part: Part?

    @Option(name: .customLong("data"), parsing: .upToNextOption, help: "Other files to evaluate, read as the run's own were, and as a whole unless --part says which part of them.")
    var dataFiles: [String] = []

    @Option(parsing: .unconditional, help: ArgumentHelp("Embedded Reber grammar: number of strings to generate and check.", valueName: "count"))
    var strings = 1000

    @Option(parsing: .unconditional, help: "Embedded Reber grammar: the temperature at which the model writes them.")
    var temperature = ReberEvaluation.usualTemperature

    @Option(
        parsing: .unconditional,
        help: "Transcripts: beginnings that the search keeps, with the n-gram that tune kept; 1 takes the likeliest symbol of each time step. (default: 1)")
    var beam: Int?

    @Flag(help: "Transcripts: search without the n-gram and the words that tune kept with the run.")
    var withoutLanguage = false

    @OptionGroup var checkpoint: CheckpointOptions

    @Flag(help: "One JSON object instead of lines.")
    var json = false

    static let freeOptions: Set = ["path", "dataFiles"]

    enum Part: String, ExpressibleByArgument, CaseIterable {
        case training, validation, test

        var dataPart: DataPart {
            switch self {
            case .training: .training
            case .validation: .validation
            case .test: .test
            }
        }
    }

    func validate() throws {
        try refuseEmpty([("run", path)] + dataFiles.map { ("--data", $0) })
        if let beam, !TranscriptDecoding.widths.contains(beam) { throw ValidationError("--beam is \(beam); it must be from 1 to 10,000.") }
        guard strings >= 1 else { throw ValidationError("--strings is \(strings); it must be at least 1.") }
        guard temperature >= 0, temperature.isFinite else { throw ValidationError("--temperature is \(temperature); it must be 0 or more.") }
    }

    /// The files of --data; folders and patterns are replaced by the files for which they stand.
    private func otherFiles() throws -> [String] { try filesNamed(by: dataFiles) }

    func run(in session: Session) throws {
        let trained = try session.group.agree { try TrainedRun(path, at: checkpoint.choice) }
        try session.watch(trained.configuration)
        let data = try session.group.agree { try trained.data(files: otherFiles(), evaluating: self.part?.dataPart) }
        let team = session.team(threadsAsked: trained.configuration.parallelism.threads)
        let part = self.part?.dataPart ?? data.dataset.evaluatedPart ?? .training
        var evaluation = try trained.evaluate(part, data: data, group: session.group, team: team)
        let transcripts = try TranscriptText(trained, part, data, beam: beam, usesLanguage: !withoutLanguage, session.group, team)
        if let transcripts { evaluation = evaluation.with(transcripts.transcripts) }
        guard session.isRoot else { return }
        session.group.recorder.beginAlone("evaluating generated strings")
        for note in trained.notes { printError(note) }
        // Notes on the run's own data were printed when it started.
        if !dataFiles.isEmpty { for note in data.notes { for line in field("note", wrapped: note) { printError(line) } } }
        var grammar: ReberEvaluation?
        if case .strings = data.dataset.task.display {
            grammar = try ReberEvaluation(run: trained, stringCount: strings, temperature: temperature, seed: trained.configuration.seed, team: team)
        }
        let forecasts = try forecasts(trained, part, data, team, loss: evaluation.loss)
        let figures = figures(evaluation, grammar)
        let classes = classText(evaluation, data.dataset.task)
        if json {
            let head = try head(trained, part: part, data: data)
            let own = forecasts.map { [JSONMember(key: "forecast", value: $0.json)] } ?? []
            let members = head + figures.flatMap(\.members) + betterThanBaseline(evaluation) + (classes?.members ?? []) + own + (transcripts?.members ?? [])
            printLine(JSONValue(.object(members)).serialized())
        } else {
            printLine("\(trained.checkpoint.path) on \(data.subject(part)), in \(trained.precision.rawValue):")
            if evaluation.isWorseThanGuessing {
                printLine("  worse than guessing, whose loss is \(lossText(evaluation.guessLoss)): was optimizer.learningRate too high, or training too short?")
            }
            if let sentence = evaluation.notBetterText { printLine("  \(sentence)") }
            for figure in figures { printLine("  " + figure.name.padding(toLength: 38, withPad: " ", startingAt: 0) + figure.line) }
            for line in (classes?.lines ?? []) + (transcripts?.lines ?? []) { printLine(line) }
            for line in forecasts?.lines ?? [] { printLine(line) }
            if let grammar { printLine("  " + "the first string it wrote".padding(toLength: 38, withPad: " ", startingAt: 0) + grammar.example) }
        }
    }

    /// Errors in the units of a series' file; nil for other data.
    private func forecasts(_ trained: TrainedRun, _ part: DataPart, _ data: RunData, _ team: ThreadTeam, loss: Double) throws -> ForecastText? {
        guard let comparison = try trained.forecastComparison(of: part, data: data, team: team) else { return nil }
        return ForecastText(comparison: comparison, loss: loss, naiveLosses: (data.dataset as? SeriesWindows)?.naiveLosses(of: part) ?? [])
    }

    /// The JSON members before the metrics: the evaluated data, and how much of them.
    private func head(_ trained: TrainedRun, part: DataPart, data: RunData) throws -> [JSONMember] {
        let coverage = data.dataset.coverage(of: part)
        let isWhole = !dataFiles.isEmpty && self.part == nil
        let own = trained.configuration.data.ownFiles(of: part)
        let files = dataFiles.isEmpty ? own.isEmpty ? trained.configuration.data.files : own : dataFiles
        return [
            JSONMember(key: "step", value: .integer(trained.checkpoint.manifest.step)),
            JSONMember(key: "part", value: .text(isWhole ? "whole" : "\(part)")), JSONMember(key: "files", value: .list(files.map(JSONValue.text))),
            JSONMember(key: "judged", value: .integer(coverage.evaluatedCount)), JSONMember(key: "of", value: .integer(coverage.totalCount)),
            JSONMember(key: "unit", value: .text(coverage.unit.rawValue)),
            JSONMember(key: "betterStep", value: (try trained.betterCheckpoint()).map { .integer($0.manifest.step) } ?? JSONValue(.null)),
        ]
    }

    private struct Figure {
        let key: String
        let name: String
        let value: Double
        let text: String
        var isCount = false
        /// The baseline's, if that has a title.
        var baseline: (value: Double, text: String)?

        var line: String { text.padded(to: baseline == nil ? 0 : 12) + (baseline?.text ?? "") }

        var members: [JSONMember] {
            [JSONMember(key: key, value: isCount ? .integer(Int(value)) : .real(value))]
                + (baseline.map { [JSONMember(key: key + "OfBaseline", value: .real($0.value))] } ?? [])
        }
    }

    /// The figures of each class; nil for tasks without.
    private func classText(_ evaluation: Evaluation, _ task: any LearningTask) -> ClassText? {
        guard case .classes(let names) = task.display else { return nil }
        return evaluation.classCounts(names.count).map { ClassText(counts: $0, names: names, owner: task.output.isEveryStep ? "time steps" : "sequences") }
    }

    private func betterThanBaseline(_ evaluation: Evaluation) -> [JSONMember] {
        evaluation.baselineTitle == nil ? [] : [JSONMember(key: "betterThanBaseline", value: .bool(evaluation.valuesNotBetter.isEmpty))]
    }

    /// Counts, then the task's other metrics, each with the baseline's if that is worth showing, then those of generated strings.
    private func figures(_ evaluation: Evaluation, _ grammar: ReberEvaluation?) -> [Figure] {
        func figure(_ metric: Metric, _ value: Double) -> Figure {
            Figure(key: metric.key, name: metric.title, value: value, text: value.isNaN ? "–" : metric.unit.text(value), isCount: metric.unit == .count)
        }
        func share(_ key: String, _ name: String, _ share: Double) -> Figure { Figure(key: key, name: name, value: share, text: shareText(share)) }
        let targets = Figure(key: "targets", name: "targets", value: Double(evaluation.targetCount), text: "\(evaluation.targetCount)", isCount: true)
        let counts = evaluation.values.filter { $0.metric.unit == .count }.map { figure($0.metric, $0.model) }
        var figures = counts + [targets]
        for value in evaluation.values where value.metric.unit != .count {
            var figure = figure(value.metric, value.model)
            if let title = evaluation.baselineTitle, !value.baseline.isNaN {
                figure.baseline = (value.baseline, "\(title): \(value.metric.unit.text(value.baseline))")
            }
            figures.append(figure)
        }
        guard let grammar else { return figures }
        let whole = Double(grammar.stringCount)
        return figures + [
            share("grammatical", "strings it wrote: grammatical", Double(grammar.grammaticalCount) / whole),
            share("longRangeMatch", "strings it wrote: 2nd = last but one", Double(grammar.matchCount) / whole),
        ]
    }
}
