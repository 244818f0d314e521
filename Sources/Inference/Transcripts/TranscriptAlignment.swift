import Batches

/// The likeliest alignment of given symbols with the time steps (Viterbi 1967).
public struct TranscriptAlignment: Sendable, Equatable {
    /// The time step at which each symbol begins, from 0.
    public let firstSteps: [Int]

    /// Nil if no alignment with so few time steps says the symbols. Cost: time steps · symbols.
    /// - Parameter symbols: outputs, each at least 1.
    public init?(of symbols: [Int32], with logarithms: OutputLogarithms) {
        let (timeCount, stateCount) = (logarithms.timeCount, 2 * symbols.count + 1)
        guard CTC.leastStepCount(symbols) <= timeCount, timeCount > 0 else { return nil }
        // States are the symbols with a blank before each and after the last; how many states an alignment went on to reach each one.
        func output(_ state: Int) -> Int { state % 2 == 0 ? Int(CTC.blank) : Int(symbols[state / 2]) }
        var best = Array(repeating: -Double.infinity, count: stateCount)
        var advances = Array(repeating: UInt8(0), count: timeCount * stateCount)
        for time in 0..<timeCount {
            var next = Array(repeating: -Double.infinity, count: stateCount)
            for state in 0..<stateCount {
                var from = time == 0 ? (state < 2 ? 0 : -Double.infinity) : best[state]
                func tryAdvance(_ count: Int) {
                    guard time > 0, state >= count, best[state - count] > from else { return }
                    from = best[state - count]
                    advances[time * stateCount + state] = UInt8(count)
                }
                tryAdvance(1)
                if state % 2 == 1, state > 1, symbols[state / 2] != symbols[state / 2 - 1] { tryAdvance(2) }
                next[state] = from + logarithms[time, output(state)]
            }
            best = next
        }
        var state = stateCount - 1
        if stateCount > 1, best[stateCount - 2] > best[stateCount - 1] { state -= 1 }
        var steps = Array(repeating: 0, count: symbols.count)
        for time in stride(from: timeCount - 1, through: 0, by: -1) {
            if state % 2 == 1 { steps[state / 2] = time }
            state -= Int(advances[time * stateCount + state])
        }
        firstSteps = steps
    }
}
