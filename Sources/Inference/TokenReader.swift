import Batches
import Layers
import Models

/// Runs a network over tokens of several texts in parallel and keeps the state of each. It reads in pieces, so that memory doesn't grow with a text's
/// length.
final class TokenReader {
    /// Time steps per piece, of all texts together; and at most of one.
    private static let stepsPerPiece = 2048, largestPieceLength = 256

    let network: Model
    /// The tokens read of each text, if windows are read from a zero state; nil if the state is carried.
    private var windows: [[Int32]]?
    private let windowLength: Int
    private let state: RecurrentState
    /// Output rows of the last forward pass after each text's last token; empty before the first.
    private(set) var lastRows: [Int] = []

    /// - Parameters:
    ///   - network: with loaded parameters, whose memory must outlive this object.
    ///   - windowLength: symbols per window; nil for a model that carries its state.
    init(_ network: Model, textCount: Int, windowLength: Int?) {
        self.network = network
        self.windowLength = windowLength ?? 0
        windows = windowLength.map { _ in Array(repeating: [], count: textCount) }
        state = RecurrentState(network.plan.state, sequenceCount: textCount)
    }

    /// Reads further tokens of each text, the same number for each and at least one; a model of windows reads the last window again.
    func read(_ texts: [[Int32]]) {
        if let windows {
            let read = zip(windows, texts).map { Array(($0 + $1).suffix(windowLength)) }
            self.windows = read
            forward(read, state: nil)
            return
        }
        let length = texts.first?.count ?? 0
        let pieceLength = max(1, min(Self.largestPieceLength, Self.stepsPerPiece / max(1, texts.count)))
        for start in stride(from: 0, to: length, by: pieceLength) {
            forward(texts.map { Array($0[start..<min(length, start + pieceLength)]) }, state: state)
        }
    }

    /// Discards all tokens read so far.
    func reset() {
        windows = windows.map { $0.map { _ in [] } }
        state.reset()
        lastRows = []
    }

    private func forward(_ texts: [[Int32]], state: RecurrentState?) {
        let (timeCount, count) = (texts[0].count, texts.count)
        let tokens = (0..<timeCount).flatMap { time in texts.map { $0[time] } }
        let batch = Batch(
            timeCount: timeCount, lengths: Array(repeating: timeCount, count: count), input: .tokens(tokens),
            globalIndices: Array(0..<count))
        network.forward(batch, state: state)
        network.score(batch)
        if let state { network.advance(state, lengths: batch.lengths) }
        lastRows = (0..<count).map { network.shape.head == .everyStep ? (timeCount - 1) * count + $0 : $0 }
    }
}
