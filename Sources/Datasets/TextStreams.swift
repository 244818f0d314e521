import Batches

/// A text as contiguous streams that are read side by side, chunk by chunk: truncated backpropagation through time.
///
/// Training: of n symbols and B streams, stream b reads the L symbols from b·L on, L = T·⌊(n − 1)/(B·T)⌋, each step's target being the next
/// symbol. An epoch is L/T batches of `[T, B]`; the tail of the text is dropped. The order is the text's, in every epoch.
///
/// Evaluation: every symbol of the part but its first is a target once. These targets are cut into B streams (fewer if there are fewer
/// targets) that differ by one at most, each read from a zero state. The last chunk is ragged: whatever is left, which is T + 1 steps
/// where a stream that is one shorter would otherwise have none.
public struct TextStreams: Dataset {
    private let text: EncodedText
    private let chunkLength: Int
    private let streamCount: Int

    /// - Parameters: `length`, the steps T of a chunk; `batchSize`, the streams B.
    /// - Throws: ``DatasetError/textTooShort(path:part:symbolCount:neededCount:purpose:)`` if the training part hasn't B·T + 1 symbols, or another
    ///   part that was asked for hasn't two; ``DatasetError/optionOutOfRange(key:found:wanted:)``.
    public init(text: EncodedText, length: Int, batchSize: Int) throws(DatasetError) {
        try check([("data.length", length, 1), ("training.batch", batchSize, 1)])
        self.text = text
        chunkLength = length
        streamCount = batchSize
        for part in DataPart.allCases where text.split.includes(part) {
            let symbolCount = text.range(of: part).count
            let (neededCount, purpose) =
                part == .training
                ? (batchSize * length + 1, "a chunk of \(length) steps in \(batchSize) streams") : (2, "a next symbol")
            guard symbolCount >= neededCount else {
                throw .textTooShort(path: text.name, part: part, symbolCount: symbolCount, neededCount: neededCount, purpose: purpose)
            }
        }
    }

    public var task: LearningTask { .nextToken(vocabularyCount: text.vocabulary.count, everyStep: true) }
    public var input: InputKind { .tokens(vocabularyCount: text.vocabulary.count) }
    public var vocabulary: Vocabulary? { text.vocabulary }
    public var carriesState: Bool { true }

    public var longestTimeCount: Int {
        DataPart.allCases.map { streamBatches(of: .evaluation($0)).longestTimeCount }.reduce(chunkLength, max)
    }

    public var fingerprint: UInt64 {
        var fingerprint = Fingerprint()
        fingerprint.add("text streams of \(chunkLength) steps, \(streamCount) side by side")
        fingerprint.add(text.fingerprint)
        return fingerprint.value
    }

    public func batchCount(of pass: DataPass) -> Int { streamBatches(of: pass).batchCount }

    public func batches(of pass: DataPass) -> any BatchSequence { streamBatches(of: pass) }

    private func streamBatches(of pass: DataPass) -> StreamBatches {
        let range = text.range(of: pass.part)
        let targetCount = max(0, range.count - 1)
        switch pass {
        case .training:
            let stepCount = targetCount / (streamCount * chunkLength) * chunkLength
            let boundaries = (0...streamCount).map { range.lowerBound + $0 * stepCount }
            return StreamBatches(text: text, boundaries: boundaries, chunkLength: chunkLength)
        case .evaluation:
            let count = min(streamCount, targetCount)
            // Quotient and remainder apart: streams × symbols could overflow.
            let (least, longer) = count == 0 ? (0, 0) : targetCount.quotientAndRemainder(dividingBy: count)
            let boundaries = (0...count).map { range.lowerBound + $0 * least + min($0, longer) }
            return StreamBatches(text: text, boundaries: boundaries, chunkLength: chunkLength)
        }
    }
}

/// Streams over neighbouring stretches of a text, cut into chunks that are read together.
struct StreamBatches: BatchSequence {
    let text: EncodedText
    /// Stream s reads the symbols from `boundaries[s]` up to `boundaries[s + 1]`: `[streams + 1]`. Lengths differ by one at most.
    let boundaries: [Int]
    let chunkLength: Int
    let batchCount: Int

    init(text: EncodedText, boundaries: [Int], chunkLength: Int) {
        self.text = text
        self.boundaries = boundaries
        self.chunkLength = chunkLength
        let shortest = zip(boundaries, boundaries.dropFirst()).map { $1 - $0 }.min() ?? 0
        batchCount = (shortest + chunkLength - 1) / chunkLength
    }

    func sequenceCount(ofBatch batch: Int) -> Int {
        precondition(batch >= 0 && batch < batchCount, "batch \(batch) of \(batchCount)")
        return boundaries.count - 1
    }

    func targetCount(ofBatch batch: Int) -> Int {
        (0..<sequenceCount(ofBatch: batch)).reduce(0) { $0 + chunk(batch, ofStream: $1).count }
    }

    /// Steps of the longest chunk, which lies in the last batch or in any; 0 where there is no batch.
    var longestTimeCount: Int {
        guard batchCount > 0 else { return 0 }
        return max(longestChunk(ofBatch: 0), longestChunk(ofBatch: batchCount - 1))
    }

    func sequences(at places: Range<Int>, ofBatch batch: Int) -> Batch {
        let count = sequenceCount(ofBatch: batch)
        precondition(places.lowerBound >= 0 && places.upperBound <= count, "places \(places) of \(count) sequences")
        let chunks = places.map { chunk(batch, ofStream: $0) }
        let timeCount = chunks.map(\.count).max() ?? 0
        var input = Array(repeating: Batch.padding, count: timeCount * chunks.count)
        var target = input
        for (column, chunk) in chunks.enumerated() {
            text.copy(chunk, into: &input, first: column, step: chunks.count)
            text.copy(chunk.lowerBound + 1..<chunk.upperBound + 1, into: &target, first: column, step: chunks.count)
        }
        return Batch(
            timeCount: timeCount, lengths: chunks.map(\.count), input: .tokens(input), target: .tokenEveryStep(target),
            globalIndices: Array(places))
    }

    private func longestChunk(ofBatch batch: Int) -> Int {
        (0..<boundaries.count - 1).map { chunk(batch, ofStream: $0).count }.max() ?? 0
    }

    /// The symbols that a stream reads in a batch: a chunk, or in the last batch what is left.
    private func chunk(_ batch: Int, ofStream stream: Int) -> Range<Int> {
        let first = boundaries[stream] + batch * chunkLength
        return first..<(batch == batchCount - 1 ? boundaries[stream + 1] : first + chunkLength)
    }
}
