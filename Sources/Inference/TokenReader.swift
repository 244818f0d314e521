import Batches
import Network

/// Lets a network read tokens of several texts side by side, with what it remembers of each: in pieces, so that a text of any length takes the memory
/// of one.
final class TokenReader {
    /// Time steps of a piece.
    private static let pieceLength = 256

    let network: Network
    /// What was read of each text, where windows are read from a zero state; nil where the state is carried on.
    private var windows: [[Int32]]?
    private let windowLength: Int
    private let state: RecurrentState
    /// Of the last forward pass, the rows of outputs behind each text; none before something was read.
    private(set) var lastRows: [Int] = []

    /// - Parameters:
    ///   - network: loaded; what it reads from must outlive this.
    ///   - windowLength: symbols of a window; nil for a model that carries its state.
    init(_ network: Network, textCount: Int, windowLength: Int?) {
        self.network = network
        self.windowLength = windowLength ?? 0
        windows = windowLength.map { _ in Array(repeating: [], count: textCount) }
        state = RecurrentState(layers: network.shape.layers, hidden: network.shape.hidden, sequenceCount: textCount)
    }

    /// Reads further tokens of each text, equally many and at least one; of a model of windows the last ones are read anew.
    func read(_ texts: [[Int32]]) {
        if let windows {
            let read = zip(windows, texts).map { Array(($0 + $1).suffix(windowLength)) }
            self.windows = read
            forward(read, state: nil)
            return
        }
        let length = texts.first?.count ?? 0
        for start in stride(from: 0, to: length, by: Self.pieceLength) {
            forward(texts.map { Array($0[start..<min(length, start + Self.pieceLength)]) }, state: state)
        }
    }

    /// Forgets what was read.
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
            target: .classAtEnd(Array(repeating: 0, count: count)), globalIndices: Array(0..<count))
        network.forward(batch, state: state)
        network.score(batch)
        if let state { network.advance(state, lengths: batch.lengths) }
        lastRows = (0..<count).map { network.shape.head == .everyStep ? (timeCount - 1) * count + $0 : $0 }
    }
}
