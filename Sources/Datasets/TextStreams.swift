import Batches
import NumberText

/// A text as contiguous streams that are read in parallel, chunk by chunk: truncated backpropagation through time.
///
/// Training: of n symbols and B streams, stream b reads the L symbols starting at b·L, L = T·⌊(n − 1)/(B·T)⌋; each step's target is the next
/// symbol. An epoch is L/T batches of `[T, B]`; the tail of the text is dropped. The order is the text's, in every epoch.
///
/// With random lengths the chunks of an epoch are longer and shorter ones, T steps long on average (``ChunkLengths``).
///
/// Evaluation: every symbol of the part except its first is a target once, see ``EvaluationStreams``; independent of T and B.
public struct TextStreams: Dataset {
    let text: EncodedText
    private let chunkLength: Int
    private let streamCount: Int
    private let randomLengths: ChunkLengths?

    /// - Parameters: `length`, the steps T of a chunk; `batchSize`, the streams B; `lengthSeed`, the seed of random lengths, nil for none.
    /// - Throws: ``DatasetError/textTooShort(path:part:symbolCount:neededCount:purpose:)`` if the training part has fewer than B·T + 1 symbols, or
    ///   another requested part fewer than two; ``DatasetError/optionOutOfRange(key:found:wanted:)``.
    public init(text: EncodedText, length: Int, batchSize: Int, lengthSeed: UInt64? = nil) throws(DatasetError) {
        try check([("data.length", length, 1), ("training.batch", batchSize, 1)])
        self.text = text
        chunkLength = length
        streamCount = batchSize
        randomLengths = lengthSeed.map { ChunkLengths(seed: $0) }
        for part in text.parts.neededParts(text.evaluated) {
            let symbolCount = text.range(of: part).count
            let (neededCount, purpose) =
                part == .training && text.evaluated == nil
                ? (batchSize * length + 1, "a chunk of \(counted(length, "step")) in \(counted(batchSize, "stream"))") : (2, "a next symbol")
            guard symbolCount >= neededCount else {
                throw .textTooShort(path: text.name, part: text.split.named(part), symbolCount: symbolCount, neededCount: neededCount, purpose: purpose)
            }
        }
    }

    public var task: any LearningTask {
        NextTokenTask(vocabularyCount: text.vocabulary.count, everyStep: true, unit: text.vocabulary.unit, pairs: text.vocabulary.pairs)
    }
    public var input: InputKind { .tokens(vocabularyCount: text.vocabulary.count) }
    public var vocabulary: Vocabulary? { text.vocabulary }
    public var carriesState: Bool { true }
    public var description: String { text.description }
    public var meaning: (any DataMeaning)? { text.vocabulary }
    public var fault: DatasetError? { text.fault }

    public var longestTimeCount: Int { chunkLength }

    public var fingerprint: UInt64 {
        var fingerprint = Fingerprint()
        fingerprint.add("text streams of \(chunkLength) steps, \(streamCount) side by side")
        if let randomLengths { fingerprint.add("random lengths of seed \(randomLengths.seed)") }
        fingerprint.add(text.fingerprint)
        return fingerprint.value
    }

    // The same for every epoch, and costs no draws.
    public func batchCount(of pass: DataPass) -> Int { streamBatches(of: pass, drawsLengths: false).batchCount }

    public func batches(of pass: DataPass) -> any BatchSequence { streamBatches(of: pass) }

    public func coverage(of part: DataPart) -> DataCoverage {
        text.coverage(of: part, targetCount: max(0, text.range(of: part).count - 1))
    }

    private func streamBatches(of pass: DataPass, drawsLengths: Bool = true) -> StreamBatches {
        let range = text.range(of: pass.part)
        switch pass {
        case .training(let epoch):
            let stepCount = max(0, range.count - 1) / (streamCount * chunkLength) * chunkLength
            let starts = (0..<streamCount).map { range.lowerBound + $0 * stepCount }
            let bounds = drawsLengths ? randomLengths?.bounds(chunkCount: stepCount / chunkLength, length: chunkLength, epoch: epoch) : nil
            return StreamBatches(
                text: text, streams: starts.map { .init(read: $0..<$0 + stepCount, firstAsked: $0) }, chunkLength: chunkLength, bounds: bounds)
        case .evaluation:
            let evaluated = EvaluationStreams(range)
            return StreamBatches(text: text, streams: evaluated.streams, chunkLength: evaluated.chunkLength)
        }
    }
}
