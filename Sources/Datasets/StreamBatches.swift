import Batches

/// Streams over a text, divided into chunks that form batches.
struct StreamBatches: BatchSequence {
    /// A range of the text, read in order, with the next symbol as each symbol's target.
    struct Stream: Equatable {
        let read: Range<Int>
        /// The first symbol with a target; the symbols before it are warm-up.
        let firstAsked: Int
    }

    let text: EncodedText
    /// Lengths differ by at most one.
    let streams: [Stream]
    let chunkLength: Int
    /// Where each batch's chunks begin in their streams, and the last end; nil for chunks of `chunkLength`.
    let bounds: [Int]?
    let batchCount: Int

    init(text: EncodedText, streams: [Stream], chunkLength: Int, bounds: [Int]? = nil) {
        self.text = text
        self.streams = streams
        self.chunkLength = chunkLength
        self.bounds = bounds
        let shortest = streams.map(\.read.count).min() ?? 0
        batchCount = (shortest + chunkLength - 1) / chunkLength
    }

    func sequenceCount(ofBatch batch: Int) -> Int {
        precondition(batch >= 0 && batch < batchCount, "batch \(batch) of \(batchCount)")
        return streams.count
    }

    func relativeLength(ofBatch batch: Int) -> Double {
        bounds.map { Double($0[batch + 1] - $0[batch]) / Double(chunkLength) } ?? 1
    }

    func targetCount(ofBatch batch: Int) -> Int {
        (0..<sequenceCount(ofBatch: batch)).reduce(0) { $0 + asked(chunk(batch, ofStream: $1), ofStream: $1).count }
    }

    func sequences(at places: Range<Int>, ofBatch batch: Int) -> Batch {
        let count = sequenceCount(ofBatch: batch)
        precondition(places.lowerBound >= 0 && places.upperBound <= count, "places \(places) of \(count) sequences")
        let chunks = places.map { chunk(batch, ofStream: $0) }
        let timeCount = chunks.map(\.count).max() ?? 0
        var input = Array(repeating: Batch.padding, count: timeCount * chunks.count)
        var target = input
        for (column, chunk) in chunks.enumerated() {
            let asked = asked(chunk, ofStream: places.lowerBound + column)
            text.copy(chunk, into: &input, first: column, step: chunks.count)
            text.copy(
                asked.lowerBound + 1..<asked.upperBound + 1, into: &target, first: (asked.lowerBound - chunk.lowerBound) * chunks.count + column,
                step: chunks.count)
        }
        return Batch(
            timeCount: timeCount, lengths: chunks.map(\.count), input: .tokens(input), target: .tokenEveryStep(target),
            globalIndices: Array(places))
    }

    /// The symbols of a stream in a batch: a chunk, or in the last batch the rest.
    private func chunk(_ batch: Int, ofStream stream: Int) -> Range<Int> {
        let read = streams[stream].read
        if let bounds { return read.lowerBound + bounds[batch]..<read.lowerBound + bounds[batch + 1] }
        let first = read.lowerBound + batch * chunkLength
        return first..<(batch == batchCount - 1 ? read.upperBound : first + chunkLength)
    }

    /// The symbols of a chunk that have targets.
    private func asked(_ chunk: Range<Int>, ofStream stream: Int) -> Range<Int> {
        min(chunk.upperBound, max(chunk.lowerBound, streams[stream].firstAsked))..<chunk.upperBound
    }
}
