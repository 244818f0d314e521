/// Streams for evaluating a part of a text: each symbol except the first is predicted once, from the state after all previous symbols.
///
/// In principle that is one stream. One stream is slow, since its steps can't share a matrix product, so a long part is divided into up to 64 streams.
/// Each except the first starts 256 symbols early, from a zero state: predictions of this warm-up don't count, and afterwards the state is practically
/// that of a single stream. The division depends only on the part's length, so the loss doesn't depend on batch, chunk length, ranks or threads.
/// A part of at most 4,096 symbols is one stream. Cost: at most 1/8 more steps than symbols.
struct EvaluationStreams {
    /// Warm-up symbols of a stream.
    static let warmUpLength = 256
    private static let shortestStream = 8 * warmUpLength
    private static let mostStreams = 64
    /// Maximum number of time steps of all streams per batch.
    private static let rowCount = 2048

    let streams: [StreamBatches.Stream]
    let chunkLength: Int

    /// - Parameter range: the part's symbols; fewer than two give no stream, since there is nothing to predict.
    init(_ range: Range<Int>) {
        let targetCount = max(0, range.count - 1)
        let count = targetCount == 0 ? 0 : min(Self.mostStreams, max(1, targetCount / Self.shortestStream))
        // If there are several streams, the first has no warm-up but as many more predicted symbols, so lengths differ by at most one.
        let warmUp = count > 1 ? Self.warmUpLength : 0
        let (least, longer) = count == 0 ? (0, 0) : (targetCount - warmUp).quotientAndRemainder(dividingBy: count)
        func start(_ stream: Int) -> Int { range.lowerBound + stream * least + min(stream, longer) }
        streams = (0..<count).map { stream in
            let read = start(stream)..<start(stream + 1) + warmUp
            return StreamBatches.Stream(read: read, firstAsked: stream == 0 ? read.lowerBound : read.lowerBound + warmUp)
        }
        chunkLength = max(1, Self.rowCount / max(1, count))
    }
}
