import Batches
import Layers
import Models

/// Runs a network over time steps of several sequences in parallel, and keeps the state of each. It reads in pieces, so that memory doesn't grow with a
/// sequence's length.
final class StepReader<Step> {
    let network: Model
    /// A batch's input: step `time` of sequence `sequence` stands at `time · sequences + sequence`.
    private let input: ([Step]) -> Batch.Input
    /// The steps read of each sequence, if windows are read from a zero state; nil if the state is carried.
    private var windows: [[Step]]?
    private let windowLength: Int
    private let state: RecurrentState
    /// Output rows of the last forward pass after each sequence's last step; empty before the first.
    private(set) var lastRows: [Int] = []

    /// - Parameters:
    ///   - network: with loaded parameters, whose memory must outlive this object.
    ///   - windowLength: time steps per window; nil for a model that carries its state.
    init(_ network: Model, sequenceCount: Int, windowLength: Int?, input: @escaping ([Step]) -> Batch.Input) {
        (self.network, self.input) = (network, input)
        self.windowLength = windowLength ?? 0
        windows = windowLength.map { _ in Array(repeating: [], count: sequenceCount) }
        state = RecurrentState(network.plan.state, sequenceCount: sequenceCount)
    }

    /// Time steps per piece, of all sequences together; and at most of one.
    private var pieceLimits: (all: Int, one: Int) { (2048, 256) }

    /// Reads further steps of each sequence, the same number for each and at least one; a model of windows reads the last window again.
    func read(_ sequences: [[Step]]) {
        if let windows {
            let read = zip(windows, sequences).map { Array(($0 + $1).suffix(windowLength)) }
            self.windows = read
            forward(read, state: nil)
            return
        }
        let length = sequences.first?.count ?? 0
        let pieceLength = max(1, min(pieceLimits.one, pieceLimits.all / max(1, sequences.count)))
        for start in stride(from: 0, to: length, by: pieceLength) {
            forward(sequences.map { Array($0[start..<min(length, start + pieceLength)]) }, state: state)
        }
    }

    /// Discards all steps read so far.
    func reset() {
        windows = windows.map { $0.map { _ in [] } }
        state.reset()
        lastRows = []
    }

    private func forward(_ sequences: [[Step]], state: RecurrentState?) {
        let (timeCount, count) = (sequences[0].count, sequences.count)
        let steps = (0..<timeCount).flatMap { time in sequences.map { $0[time] } }
        let batch = Batch(
            timeCount: timeCount, lengths: Array(repeating: timeCount, count: count), input: input(steps), globalIndices: Array(0..<count))
        network.forward(batch, state: state)
        network.score(batch)
        if let state { network.advance(state, lengths: batch.lengths) }
        lastRows = (0..<count).map { network.shape.head == .everyStep ? (timeCount - 1) * count + $0 : $0 }
    }
}

/// A reader of texts, token by token.
typealias TokenReader = StepReader<Int32>

extension TokenReader {
    convenience init(_ network: Model, textCount: Int, windowLength: Int?) {
        self.init(network, sequenceCount: textCount, windowLength: windowLength) { .tokens($0) }
    }
}
