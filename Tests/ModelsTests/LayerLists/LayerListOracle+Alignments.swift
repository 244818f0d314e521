import Batches
import Foundation

extension LayerListOracle {
    /// -ln of the probability of the symbols: a sum over the places that an alignment can have reached, in plain probabilities.
    func alignmentLoss(_ scores: [[Double]], sequence: Int) -> Double {
        guard case .transcripts(let all)? = batch.target else { return .nan }
        let states = [0] + all[sequence].flatMap { [Int($0), 0] }
        var reached = states.map { _ in 0.0 }
        for (time, row) in scores.enumerated() {
            let total = row.reduce(0) { $0 + exp($1) }
            reached = states.indices.map { state in
                let before =
                    time == 0 ? (state < 2 ? 1 : 0)
                    : reached[state] + (state > 0 ? reached[state - 1] : 0)
                        + (state > 1 && states[state] != 0 && states[state] != states[state - 2] ? reached[state - 2] : 0)
                return before * exp(row[states[state]]) / total
            }
        }
        return -log(reached.suffix(2).reduce(0, +))
    }
}
