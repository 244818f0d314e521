/// Probabilities of the symbol after others, from counts in sequences, interpolated by Witten & Bell (1991).
///
/// ```
/// P(w | h) = (c(h w) + T(h) · P(w | h')) / (c(h) + T(h))      h' is h without its first symbol
/// ```
/// c(h) is how often h was followed by anything, and T(h) by how many different outcomes; a history that never occurred has the probabilities of the shorter one. Below
/// all histories is 1 / outcomes, so every outcome has a probability above 0, and they sum to 1.
public struct NGram: Sendable {
    /// Symbols that count together: the outcome, and up to order - 1 before it.
    public let order: Int
    /// Outcomes are 0..<outcomeCount; 0 is the end of a sequence.
    public let outcomeCount: Int
    private var contexts: [[Int32]: Context] = [:]

    private struct Context {
        var total = 0
        var counts: [Int32: Int] = [:]
    }

    /// The outcome of a sequence's end.
    public static let end: Int32 = 0
    /// What stands before a sequence's first symbol; never an outcome.
    private static let begin: Int32 = -1

    /// - Parameters:
    ///   - order: at least 1.
    ///   - sequences: symbols of 1..<outcomeCount, and how often each sequence is counted.
    public init(order: Int, outcomeCount: Int, sequences: some Sequence<(symbols: [Int32], count: Int)>) {
        precondition(order > 0 && outcomeCount > 0, "an n-gram has an order and outcomes")
        (self.order, self.outcomeCount) = (order, outcomeCount)
        for (symbols, count) in sequences {
            var history = beginning
            for outcome in symbols + [Self.end] {
                precondition(outcome >= 0 && outcome < outcomeCount, "an outcome \(outcome) of \(outcomeCount)")
                for start in 0...history.count {
                    contexts[Array(history[start...]), default: Context()].total += count
                    contexts[Array(history[start...]), default: Context()].counts[outcome, default: 0] += count
                }
                history = self.history(history, outcome)
            }
        }
    }

    /// The history at a sequence's begin.
    public var beginning: [Int32] { order > 1 ? [Self.begin] : [] }

    /// `history` and a symbol after it, as far as it counts.
    public func history(_ history: [Int32], _ symbol: Int32) -> [Int32] { Array((history + [symbol]).suffix(order - 1)) }

    /// P(outcome | history). Cost: a look-up for each symbol of the history.
    public func probability(of outcome: Int32, after history: [Int32]) -> Double {
        var probability = 1 / Double(outcomeCount)
        visit(history) { context in
            let kinds = Double(context.counts.count)
            probability = (Double(context.counts[outcome] ?? 0) + kinds * probability) / (Double(context.total) + kinds)
        }
        return probability
    }

    /// The same of all outcomes.
    public func probabilities(after history: [Int32]) -> [Double] {
        var probabilities = Array(repeating: 1 / Double(outcomeCount), count: outcomeCount)
        visit(history) { context in
            let kinds = Double(context.counts.count)
            for place in probabilities.indices {
                let count = Double(context.counts[Int32(place)] ?? 0)
                probabilities[place] = (count + kinds * probabilities[place]) / (Double(context.total) + kinds)
            }
        }
        return probabilities
    }

    /// The known ones among the ends of a history, the shortest first.
    private func visit(_ history: [Int32], _ body: (Context) -> Void) {
        for length in 0...history.count {
            guard let context = contexts[Array(history.suffix(length))] else { return }
            body(context)
        }
    }
}
