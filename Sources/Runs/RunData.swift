import Batches
public import Configuration
public import Datasets
import Layers
public import Models
import NumberText

/// The dataset of a configuration.
public struct RunData: Sendable {
    public let dataset: any Dataset
    /// The files; nil without.
    private let files: Configuration.DataSettings?
    private let evaluated: EvaluatedRange?

    /// Uses the caller's own dataset.
    public init(_ dataset: any Dataset) {
        self.init(dataset, files: nil, evaluated: nil)
    }

    private init(_ dataset: any Dataset, files: Configuration.DataSettings?, evaluated: EvaluatedRange?) {
        (self.dataset, self.files, self.evaluated) = (dataset, files, evaluated)
    }

    /// What the run stores of the data, so that later data are read in the same way; nil for generated data.
    public var storedText: StoredText? { dataset.meaning?.stored }
    public var description: String { dataset.description }
    public var notes: [String] { dataset.notes }

    /// Describes the data that an evaluation of `part` covers: "the validation part of input.txt (111,539 of 1,115,394 characters)".
    public func subject(_ part: DataPart) -> String {
        let coverage = dataset.coverage(of: part)
        guard let files, !files.files.isEmpty else { return "the \(part) part (\(counted(coverage.evaluatedCount, "sequence")))" }
        let own = files.ownFiles(of: part)
        let names = shownPaths((own.isEmpty ? files.files : own).map(fileName))
        let place = evaluated == .whole || !own.isEmpty ? names : "the \(part) part of \(names)"
        return "\(place) (\(grouped(coverage.evaluatedCount)) of \(counted(coverage.totalCount, coverage.unit.rawValue)))"
    }

    /// Reads the files, or prepares the generator. File paths are used as given.
    /// - Parameters:
    ///   - evaluated: the range of the files to evaluate; nil to train.
    ///   - keepsByteOrderMarks: whether a byte order mark is a symbol of a text; see ``TextOptions/keepsByteOrderMarks``.
    ///   - stored: reads a text that a run stored, by its name; nil for a new run.
    public init(
        _ configuration: Configuration, evaluated: EvaluatedRange? = nil, keepsByteOrderMarks: Bool = false,
        stored: (_ name: String) throws -> String? = { _ in nil }
    ) throws {
        if configuration.data.prepared.isEmpty || evaluated != nil || keepsByteOrderMarks { try MemoryNeed.check(files: configuration.data.allFiles) }
        let source = configuration.source
        let dataset = try source.dataset(
            evaluating: evaluated, keepsByteOrderMarks: keepsByteOrderMarks, meaning: try source.meaning(place: "", stored: stored))
        try configuration.checkCharacters(dataset.input)
        self.init(dataset, files: configuration.data, evaluated: evaluated)
    }
}

extension Configuration {
    public var seed: UInt64 { UInt64(training.seed) }

    /// The network that fits the data.
    public func modelDescription(for dataset: any Dataset) -> ModelDescription {
        modelDescription(reading: dataset.input, for: dataset.task.output)
    }

    /// The network of a model that generates text with `vocabulary`.
    package func modelDescription(writing vocabulary: Vocabulary) -> ModelDescription {
        modelDescription(
            reading: .tokens(vocabularyCount: vocabulary.count),
            for: OutputDescription(count: vocabulary.count, isEveryStep: headPlacement == .every, loss: .crossEntropy))
    }

    package func modelDescription(reading inputKind: InputKind, for output: OutputDescription) -> ModelDescription {
        let input: ModelDescription.Input
        switch inputKind {
        case .vectors(let featureCount): input = .vectors(width: featureCount)
        case .tokens(let count) where model.embedding > 0, .words(let count, _) where model.embedding > 0:
            input = .embedding(vocabularyCount: count, width: model.embedding)
        case .tokens(let count), .words(let count, _): input = .oneHot(vocabularyCount: count)
        }
        var description = ModelDescription(
            input: input, layers: model.layerDescriptions, outputs: output.count, head: output.isEveryStep ? .everyStep : .lastStep,
            loss: model.head == .crf ? .crf : output.loss, initialization: model.initialization)
        description.labelRules = model.head == .crf ? output.labelRules : nil
        (description.isTied, description.trainsEmbedding, description.initialRange) = (model.tied, model.trainEmbedding, model.initialRange)
        description.embeddingDropout = model.embeddingDropout
        if case .words(_, let characterCount) = inputKind { description.characterEncoder = model.characterEncoder(characterCount: characterCount) }
        return description
    }

    /// Refuses an encoder of characters where the data have no words, and beside segments.
    fileprivate func checkCharacters(_ input: InputKind) throws(DatasetError) {
        guard model.characters != .none else { return }
        guard case .words = input else {
            throw .optionOutOfRange(
                key: "model.characters", found: "\"\(model.characters.rawValue)\"",
                wanted: "\"none\": only words of labelled sequences have characters beside them (data.kind \"sequences\", data.text, data.unit \"word\")")
        }
        guard training.segmentLength == 0 else {
            throw .optionOutOfRange(
                key: "training.segmentLength", found: "\(training.segmentLength)", wanted: "0: model.characters \"\(model.characters.rawValue)\" needs whole sequences")
        }
    }
}

extension Configuration {
    /// Symbols of a window, for models that read windows from a zero state; nil for those that carry their state. A model with a layer that begins anew with
    /// each chunk reads windows of a text's chunk, and of other sequences all that it has read.
    public var windowLength: Int? {
        if let length = source.windowLength { return length }
        guard model.layerDescriptions.contains(where: \.forgetsBetweenChunks) else { return nil }
        return source.carriesState ? data.length : .max
    }
}

extension Configuration.DataSettings {
    /// Options for converting the bytes of a text to symbols.
    public var reading: TextReading {
        TextReading(unit: unit, lowercase: lowercase, joinLines: joinLines)
    }
}
