import Configuration
import Datasets

/// A text, read as contiguous streams or as windows.
struct TextSource: DataSource {
    private let configuration: Configuration
    private let isStreams: Bool

    init(_ configuration: Configuration, isStreams: Bool) {
        (self.configuration, self.isStreams) = (configuration, isStreams)
    }

    var storedFile: StoredFile? { StoredFile(name: Vocabulary.storedName) { try Vocabulary(json: Array($0.utf8), file: $1) } }
    var hasTokens: Bool { true }
    var carriesState: Bool { isStreams && configuration.data.document.isEmpty }
    var windowLength: Int? { isStreams ? nil : configuration.data.length }
    var seedEffect: SeedEffect { carriesState && !configuration.data.randomLength ? .none : .order }

    func task(outputCount: Int, meaning: (any DataMeaning)?) -> any LearningTask {
        NextTokenTask(
            vocabularyCount: outputCount, everyStep: configuration.headPlacement == .every, unit: configuration.data.unit, pairs: meaning?.symbolVocabulary?.pairs)
    }

    func dataset(evaluating evaluated: EvaluatedRange?, keepsByteOrderMarks: Bool, meaning: (any DataMeaning)?) throws -> any Dataset {
        let data = configuration.data
        let options = TextOptions(
            files: data.files, partFiles: data.partFiles, reading: data.reading, split: try data.split(), evaluated: evaluated,
            keepsByteOrderMarks: keepsByteOrderMarks, wordLimit: data.vocabularySize, document: DocumentEnd(data.document))
        let text = try EncodedText(options, vocabulary: meaning?.symbolVocabulary)
        if isStreams, !data.document.isEmpty {
            guard !data.randomLength else {
                throw DatasetError.optionOutOfRange(key: "data.randomLength", found: "true", wanted: "false with data.document: a document is read as a whole")
            }
            return try TextDocuments(text: text, batchSize: configuration.training.batch, seed: configuration.seed)
        }
        if isStreams {
            return try TextStreams(
                text: text, length: data.length, batchSize: configuration.training.batch, lengthSeed: data.randomLength ? configuration.seed : nil)
        }
        return try TextWindows(
            text: text, length: data.length, stride: data.stride, everyStep: configuration.headPlacement == .every,
            batchSize: configuration.training.batch, seed: configuration.seed)
    }
}
