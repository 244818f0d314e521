/// How a part of a text is read to be judged: each symbol but the first is predicted once, from the state after all symbols before it.
///
/// That is one stream. One stream is slow, since its steps can't share a product, so a long part is cut into up to 64 streams, and each but the
/// first begins 256 symbols before its own, from a zero state: their predictions don't count, and the state is then practically the one stream's.
/// The cut follows from the part's length alone, so the loss doesn't depend on batch, chunk length, ranks or threads. A part below 4,096 symbols is
/// one stream. Cost: at most 1/8 more steps than symbols.
struct EvaluationStreams {
    /// Symbols that a stream reads before its own.
    static let warmUpLength = 256
    private static let shortestStream = 8 * warmUpLength
    private static let mostStreams = 64
    /// Time steps of all streams that are computed at once.
    private static let rowCount = 2048

    let streams: [StreamBatches.Stream]
    let chunkLength: Int

    /// - Parameter range: the part's symbols; without two of them there is nothing to predict, and no stream.
    init(_ range: Range<Int>) {
        let targetCount = max(0, range.count - 1)
        let count = targetCount == 0 ? 0 : min(Self.mostStreams, max(1, targetCount / Self.shortestStream))
        // Of several streams the first has no warm-up, and asks for as many symbols more: all have the same length, or one more.
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
