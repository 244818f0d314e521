import Configuration
import Datasets
import Foundation
import StrictJSON

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
        let text = try text(evaluating: evaluated, keepsByteOrderMarks: keepsByteOrderMarks, vocabulary: meaning?.symbolVocabulary)
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

    func prepare(to path: String, command: String) throws -> PreparedFacts? {
        try TextPreparation(options(evaluating: nil, keepsByteOrderMarks: false), reading: preparedReading).write(to: path, command: command)
    }

    /// The text of the prepared form, or else of the files. A part alone, another vocabulary, and marks as symbols have no prepared form.
    private func text(evaluating evaluated: EvaluatedRange?, keepsByteOrderMarks: Bool, vocabulary: Vocabulary?) throws -> EncodedText {
        let options = try options(evaluating: evaluated, keepsByteOrderMarks: keepsByteOrderMarks)
        let prepared = configuration.data.prepared
        if !prepared.isEmpty, evaluated == nil, !keepsByteOrderMarks,
            let text = try EncodedText(options, prepared: prepared, reading: preparedReading, vocabulary: vocabulary)
        {
            return text
        }
        return try EncodedText(options, vocabulary: vocabulary)
    }

    private func options(evaluating evaluated: EvaluatedRange?, keepsByteOrderMarks: Bool) throws -> TextOptions {
        let data = configuration.data
        return TextOptions(
            files: data.files, partFiles: data.partFiles, reading: data.reading, split: try data.split(), evaluated: evaluated,
            keepsByteOrderMarks: keepsByteOrderMarks, wordLimit: data.vocabularySize, tokenizer: data.tokenizer,
            document: DocumentEnd(data.document))
    }

    private var preparedReading: PreparedReading {
        let keys = ["unit", "vocabularySize", "lowercase", "joinLines", "document", "validationFraction", "testFraction"]
        let tokenizer = configuration.data.tokenizer
        guard !tokenizer.isEmpty else { return configuration.preparedReading(kind: "text", keys: keys.map { "data." + $0 }) }
        let name = URL(filePath: tokenizer).lastPathComponent
        // A run that resumes doesn't need the file; where it is, it must be the same.
        return configuration.preparedReading(
            kind: "text", keys: keys.map { "data." + $0 }, others: [JSONMember(key: "data.tokenizer", value: .text(name))],
            sources: FileManager.default.fileExists(atPath: tokenizer) ? [PreparedSource(key: "data.tokenizer", path: tokenizer)] : [])
    }
}
