public import Configuration
public import Datasets
import Layers
public import Models
import NumberText

/// The dataset of a configuration.
public struct RunData: Sendable {
    /// The dataset's vocabulary or statistics, stored in the run so that later data are read in the same way: name and text.
    public struct StoredText: Sendable, Equatable {
        public let name: String
        public let text: String
    }

    public let dataset: any Dataset
    public let storedText: StoredText?
    /// A short description for the user: "input.txt: 1,115,394 characters, 65 different".
    public let description: String
    /// Notes for the user on unusual data, in sentences without a full stop; empty if there is nothing unusual.
    public let notes: [String]
    /// File names without folders; empty without files.
    private let fileNames: String
    private let evaluated: EvaluatedRange?

    package static let vocabularyName = "vocabulary.json"
    package static let statisticsName = "statistics.json"

    /// Uses the caller's own dataset.
    public init(_ dataset: any Dataset, storedText: StoredText? = nil, description: String, notes: [String] = []) {
        self.dataset = dataset
        self.storedText = storedText
        self.description = description
        self.notes = notes
        fileNames = ""
        evaluated = nil
    }

    /// Describes the data that an evaluation of `part` covers: "the validation part of input.txt (111,539 of 1,115,394 characters)".
    public func subject(_ part: DataPart) -> String {
        let coverage = dataset.coverage(of: part)
        guard !fileNames.isEmpty else { return "the \(part) part (\(counted(coverage.evaluatedCount, "sequence")))" }
        let place = evaluated == .whole ? fileNames : "the \(part) part of \(fileNames)"
        return "\(place) (\(grouped(coverage.evaluatedCount)) of \(counted(coverage.totalCount, coverage.unit.rawValue)))"
    }

    /// Reads the files, or prepares the generator. File paths are used as given.
    /// - Parameters:
    ///   - judged: the range of the files to evaluate; nil to train.
    ///   - keepsByteOrderMarks: whether a byte order mark is a symbol of a text; see ``TextOptions/keepsByteOrderMarks``.
    ///   - stored: reads a text that a run stored, by its name; nil for a new run.
    public init(
        _ configuration: Configuration, evaluated: EvaluatedRange? = nil, keepsByteOrderMarks: Bool = false,
        stored: (_ name: String) throws -> String? = { _ in nil }
    ) throws {
        let data = configuration.data
        try MemoryNeed.check(files: data.files)
        var notes: [String] = []
        fileNames = data.fileNames
        self.evaluated = evaluated
        switch data.kind {
        case .text, .textWindows:
            let name = Self.vocabularyName
            let vocabulary = try stored(name).map { try Vocabulary(json: Array($0.utf8), file: name) }
            let text = try EncodedText(data.textOptions(evaluated, keepsByteOrderMarks: keepsByteOrderMarks), vocabulary: vocabulary)
            dataset = try configuration.textDataset(text)
            storedText = StoredText(name: name, text: text.vocabulary.json)
            let unit = data.unit.rawValue
            description = "\(data.fileNames): \(counted(text.count, unit)), \(text.vocabulary.count) different"
        case .series:
            guard data.files.count == 1 else {
                throw DatasetError.optionOutOfRange(key: "data.files", found: counted(data.files.count, "file"), wanted: "one CSV file")
            }
            let name = Self.statisticsName
            let statistics = try stored(name).map { try SeriesStatistics(json: Array($0.utf8), file: name) }
            let series = try SeriesWindows(
                data.seriesOptions(evaluated), batchSize: configuration.training.batch, seed: configuration.seed, statistics: statistics)
            dataset = series
            notes = series.notes
            storedText = StoredText(name: name, text: series.statistics.json)
            description = "\(data.fileNames): windows of \(counted(data.length, "row")), then \(data.horizon) of \(series.targetNames.joined(separator: ", "))"
        case .embeddedReber:
            dataset = EmbeddedReber(try configuration.generatedOptions())
            storedText = nil
            description = "embedded Reber grammar, \(counted(data.trainingExampleCount, "string"))"
        case .adding:
            dataset = try AddingProblem(configuration.generatedOptions(), length: data.length)
            storedText = nil
            description = "adding problem, \(counted(data.trainingExampleCount, "sequence")) of \(data.length) steps"
        case .temporalOrder:
            dataset = try TemporalOrder(configuration.generatedOptions(), length: data.length)
            storedText = nil
            description = "temporal order, \(counted(data.trainingExampleCount, "sequence")) of \(data.length) steps and more"
        }
        self.notes = notes
    }
}

extension Configuration {
    public var seed: UInt64 { UInt64(training.seed) }

    fileprivate func textDataset(_ text: EncodedText) throws -> any Dataset {
        if data.kind == .text { return try TextStreams(text: text, length: data.length, batchSize: training.batch) }
        return try TextWindows(
            text: text, length: data.length, stride: data.stride, everyStep: model.headPlacement(for: data.kind) == .every,
            batchSize: training.batch, seed: seed)
    }

    fileprivate func generatedOptions() throws -> GeneratedOptions {
        try GeneratedOptions(
            trainingCount: data.trainingExampleCount, validationCount: data.validationExamples, testCount: data.testExamples,
            batchSize: training.batch, seed: seed)
    }

    /// The network that fits the data.
    public func networkShape(for dataset: any Dataset) -> ModelDescription {
        networkShape(reading: dataset.input, for: dataset.task)
    }

    /// The network of a model that generates text with `vocabulary`.
    package func networkShape(writing vocabulary: Vocabulary) -> ModelDescription {
        networkShape(
            reading: .tokens(vocabularyCount: vocabulary.count),
            for: .nextToken(vocabularyCount: vocabulary.count, everyStep: model.headPlacement(for: data.kind) == .every))
    }

    package func networkShape(reading inputKind: InputKind, for task: LearningTask) -> ModelDescription {
        let input: ModelDescription.Input
        switch inputKind {
        case .vectors(let featureCount): input = .vectors(width: featureCount)
        case .tokens(let count) where model.embedding > 0: input = .embedding(vocabularyCount: count, width: model.embedding)
        case .tokens(let count): input = .oneHot(vocabularyCount: count)
        }
        var head = ModelDescription.Head.lastStep
        var loss = ModelDescription.Loss.crossEntropy
        switch task {
        case .nextToken(_, let everyStep): head = everyStep ? .everyStep : .lastStep
        case .classification: break
        case .regression: loss = .squaredError
        }
        return ModelDescription(
            input: input, layers: model.layerDescriptions, outputs: task.outputCount, head: head, loss: loss, initialization: model.initialization)
    }
}

extension Configuration.DataSettings {
    /// File names without folders.
    fileprivate var fileNames: String {
        files.map { $0.split(separator: "/").last.map(String.init) ?? $0 }.joined(separator: ", ")
    }

    fileprivate func textOptions(_ evaluated: EvaluatedRange?, keepsByteOrderMarks: Bool) throws -> TextOptions {
        TextOptions(
            files: files, reading: reading, split: try SplitFractions(validation: validationFraction, test: testFraction), evaluated: evaluated,
            keepsByteOrderMarks: keepsByteOrderMarks)
    }

    /// Symbols per window, for models that read windows from a zero state; nil for those that carry their state.
    public var windowLength: Int? { kind == .textWindows ? length : nil }

    /// Options for converting the bytes of a text to symbols.
    public var reading: TextReading {
        TextReading(unit: unit, lowercase: lowercase, joinLines: joinLines)
    }

    fileprivate func seriesOptions(_ evaluated: EvaluatedRange?) throws -> SeriesOptions {
        SeriesOptions(
            file: files[0], columns: columns, targets: targets, length: length, horizon: horizon, stride: stride, relative: relative,
            split: try SplitFractions(validation: validationFraction, test: testFraction), evaluated: evaluated, reading: table)
    }
}
