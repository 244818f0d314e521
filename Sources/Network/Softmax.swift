import CVector
import Kernels

/// Softmax and categorical cross-entropy of one row of scores.
enum Softmax {
    struct Result {
        /// -ln p(target), nats.
        let loss: Double
        /// Whether the target has the highest score (the first of equals).
        let isRight: Bool
    }

    /// Replaces `scores` by the loss's derivatives, (softmax(scores) - onehot(target)) · scale, and returns the loss.
    ///
    /// ln Σ e^(s - max) + max - s[target]. The sum has 16 chains, element i in chain i mod 16, added in a tree: a row's result depends on nothing else.
    /// - Parameters:
    ///   - scores: `[count]` with room for 16 more floats behind a multiple of 16; those behind `count` are overwritten.
    static func loss(scores: FloatView, count: Int, target: Int, scale: Float) -> Result {
        for index in count..<(count + 15) / 16 * 16 { scores[index] = -.infinity }
        let (best, largest) = maximum(scores, count: count)
        let targetScore = scores[target]
        let sum = exponentiate(scores, count: count, lessMaximum: largest)
        let factor = scale / sum
        for index in stride(from: 0, to: count, by: laneCount) {
            scores.setLane(scores.lane(at: index) * Lane(repeating: factor), at: index)
        }
        scores[target] -= scale
        return Result(loss: naturalLogarithm(Double(sum)) + Double(largest) - Double(targetScore), isRight: best == target)
    }

    private static func maximum(_ scores: FloatView, count: Int) -> (index: Int, value: Float) {
        var best = 0
        for index in 1..<max(1, count) where scores[index] > scores[best] { best = index }
        return (best, scores[best])
    }

    /// Replaces each score by e^(score - largest) and returns the sum.
    private static func exponentiate(_ scores: FloatView, count: Int, lessMaximum largest: Float) -> Float {
        var chains = SIMD16<Float>(repeating: 0)
        let shift = Lane(repeating: largest)
        for block in stride(from: 0, to: count, by: 16) {
            for part in stride(from: 0, to: 16, by: laneCount) {
                scores.setLane(exponential(scores.lane(at: block + part) - shift), at: block + part)
            }
            chains += scores.sixteen(at: block)
        }
        return treeSum(chains)
    }
}
