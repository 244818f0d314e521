public import Batches
import NumberText

/// The documents of a text, each a sequence of its own: the state is zero at its first symbol, every further symbol is a target, and nothing is predicted from one
/// document to the next. A batch has documents of about the same length; an epoch's order is drawn anew.
///
/// Parts are shares of the documents, in their order. Documents with a single symbol, in which nothing can be predicted, are left out.
public struct TextDocuments: ExampleSet {
    let text: EncodedText
    public let batchSize: Int
    public let seed: UInt64
    public let longestTimeCount: Int
    /// The symbols of each document of each part.
    private let documents: [[Range<Int>]]
    private let leftOutCount: Int

    /// - Parameter text: read with ``TextOptions/document``.
    /// - Throws: ``DatasetError/textTooShort(path:part:symbolCount:neededCount:purpose:)`` if a requested part has no document;
    ///   ``DatasetError/optionOutOfRange(key:found:wanted:)``.
    public init(text: EncodedText, batchSize: Int, seed: UInt64) throws(DatasetError) {
        try check([("training.batch", batchSize, 1)])
        (self.text, self.batchSize, self.seed) = (text, batchSize, seed)
        let all = DataPart.allCases.map { text.documents[text.parts.range(of: $0)] }
        let documents = all.map { $0.filter { $0.count > 1 } }
        self.documents = documents
        leftOutCount = all.joined().count - documents.joined().count
        longestTimeCount = documents.joined().map { $0.count - 1 }.max() ?? 0
        for part in text.parts.neededParts(text.evaluated) where documents[part.rawValue].isEmpty {
            throw .textTooShort(
                path: "\(text.name), divided into \(counted(text.documents.count, "document"))", part: text.split.named(part),
                symbolCount: all[part.rawValue].reduce(0) { $0 + $1.count }, neededCount: 2, purpose: "a document with a next symbol (data.document)")
        }
    }

    public var task: any LearningTask {
        NextTokenTask(vocabularyCount: text.vocabulary.count, everyStep: true, unit: text.vocabulary.unit, pairs: text.vocabulary.pairs)
    }
    public var input: InputKind { .tokens(vocabularyCount: text.vocabulary.count) }
    public var vocabulary: Vocabulary? { text.vocabulary }
    public var description: String { "\(text.description), \(counted(text.documents.count, "document"))" }
    public var meaning: (any DataMeaning)? { text.vocabulary }
    public var isBucketed: Bool { true }
    public var byteCount: Int { text.byteCount + orderByteCount + MemoryLayout<Range<Int>>.stride * text.documents.count }
    public var paddingShare: Double? { paddingShare(timeCount: { timeCount(ofExample: $0, in: .training) }) }

    public var notes: [String] {
        leftOutCount == 0 ? [] : ["\(counted(leftOutCount, "document")) of one symbol, in which nothing can be predicted, left out"]
    }

    public var fingerprint: UInt64 {
        var fingerprint = Fingerprint()
        fingerprint.add(
            "documents of a text, batch \(batchSize), seed \(seed), in batches of like lengths" + ExampleOrder.fingerprintText(exampleCount: exampleCount(of: .training)))
        fingerprint.add(text.fingerprint)
        return fingerprint.value
    }

    public func exampleCount(of part: DataPart) -> Int { documents[part.rawValue].count }
    public func timeCount(ofExample example: Int, in part: DataPart) -> Int { documents[part.rawValue][example].count - 1 }
    public func targetCount(ofExample example: Int, in part: DataPart) -> Int { timeCount(ofExample: example, in: part) }

    public func coverage(of part: DataPart) -> DataCoverage {
        text.coverage(of: part, targetCount: documents[part.rawValue].reduce(0) { $0 + $1.count - 1 })
    }

    public func batch(ofExamples examples: [Int], in part: DataPart) -> Batch {
        let ranges = examples.map { documents[part.rawValue][$0] }
        let timeCount = ranges.map { $0.count - 1 }.max() ?? 0
        var input = Array(repeating: Batch.padding, count: timeCount * ranges.count)
        var next = input
        for (column, range) in ranges.enumerated() {
            text.copy(range.dropLast(), into: &input, first: column, step: ranges.count)
            text.copy(range.dropFirst(), into: &next, first: column, step: ranges.count)
        }
        return Batch(
            timeCount: timeCount, lengths: ranges.map { $0.count - 1 }, input: .tokens(input), target: .tokenEveryStep(next), globalIndices: examples)
    }
}
