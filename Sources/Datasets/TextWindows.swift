public import Batches
import NumberText

/// A text as windows of `length` symbols, one starting every `stride` symbols; the target is the symbol after each window, or after each symbol.
///
/// Windows start at a part's first symbol and lie in the part with all their targets, so that parts don't overlap.
/// n symbols give ⌈(n − length)/stride⌉ windows. This is the scheme of Keras's text generation example, where one part has the whole text.
public struct TextWindows: ExampleSet {
    let text: EncodedText
    private let length: Int
    private let stride: Int
    private let everyStep: Bool
    public let batchSize: Int
    public let seed: UInt64

    /// - Parameter everyStep: whether each symbol of the window has the next one as its target, or only the last.
    /// - Throws: ``DatasetError/textTooShort(path:part:symbolCount:neededCount:purpose:)`` if a requested part has no window;
    ///   ``DatasetError/optionOutOfRange(key:found:wanted:)``.
    public init(text: EncodedText, length: Int, stride: Int, everyStep: Bool, batchSize: Int, seed: UInt64) throws(DatasetError) {
        try check([("data.length", length, 1), ("data.stride", stride, 1), ("training.batch", batchSize, 1)])
        self.text = text
        self.length = length
        self.stride = stride
        self.everyStep = everyStep
        self.batchSize = batchSize
        self.seed = seed
        for part in text.parts.neededParts(text.evaluated) where exampleCount(of: part) == 0 {
            throw .textTooShort(
                path: text.name, part: text.split.named(part), symbolCount: text.range(of: part).count, neededCount: length + 1,
                purpose: "a window of \(counted(length, "symbol")) and the next one")
        }
        guard text.evaluated == nil else { return }
        try check([("the number of windows", exampleCount(of: .training), 1)], greatest: Int(UInt32.max))
    }

    public var task: any LearningTask {
        NextTokenTask(vocabularyCount: text.vocabulary.count, everyStep: everyStep, unit: text.vocabulary.unit, pairs: text.vocabulary.pairs)
    }
    public var input: InputKind { .tokens(vocabularyCount: text.vocabulary.count) }
    public var vocabulary: Vocabulary? { text.vocabulary }
    public var longestTimeCount: Int { length }
    public var description: String { text.description }
    public var meaning: (any DataMeaning)? { text.vocabulary }
    public var fault: DatasetError? { text.fault }

    public var fingerprint: UInt64 {
        var fingerprint = Fingerprint()
        fingerprint.add("text windows of \(length) symbols every \(stride), every step \(everyStep), batch \(batchSize), seed \(seed)"
            + ExampleOrder.fingerprintText(exampleCount: exampleCount(of: .training)))
        fingerprint.add(text.fingerprint)
        return fingerprint.value
    }

    public func exampleCount(of part: DataPart) -> Int {
        windowCount(in: text.range(of: part).count, length: length, ahead: 1, stride: stride)
    }

    public func coverage(of part: DataPart) -> DataCoverage {
        text.coverage(of: part, targetCount: DataCoverage.placeCount(windowCount: exampleCount(of: part), stride: stride, width: everyStep ? length : 1))
    }

    public func targetCount(ofExample example: Int, in part: DataPart) -> Int { everyStep ? length : 1 }

    public func batch(ofExamples examples: [Int], in part: DataPart) -> Batch {
        let first = text.range(of: part).lowerBound
        let starts = examples.map { first + $0 * stride }
        let timeCount = starts.isEmpty ? 0 : length
        var input = Array(repeating: Batch.padding, count: timeCount * starts.count)
        var next = everyStep ? input : []
        for (column, start) in starts.enumerated() {
            text.copy(start..<start + length, into: &input, first: column, step: starts.count)
            if everyStep { text.copy(start + 1..<start + length + 1, into: &next, first: column, step: starts.count) }
        }
        return Batch(
            timeCount: timeCount, lengths: Array(repeating: length, count: starts.count), input: .tokens(input),
            target: everyStep ? .tokenEveryStep(next) : .classAtEnd(starts.map { text[$0 + length] }), globalIndices: examples)
    }
}
