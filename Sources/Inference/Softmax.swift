import Kernels

/// Softmax of scores: of the next token, or of the classes.
struct Softmax {
    /// The highest score's index; the first one on a tie.
    let likeliest: Int
    /// exp((score − highest score) / temperature), not divided by their sum; empty at temperature 0. `[scores]`.
    let weights: [Float]

    /// - Parameter temperature: divides the scores; at least 0.
    init(_ scores: FloatView, temperature: Float = 1) { self.init((0..<scores.count).map { scores[$0] }, temperature: temperature) }

    /// - Parameter temperature: divides the scores; at least 0.
    init(_ scores: [Float], temperature: Float) {
        var best = 0
        for index in 1..<max(1, scores.count) where scores[index] > scores[best] { best = index }
        likeliest = best
        weights = temperature > 0 ? (0..<scores.count).map { exponential((scores[$0] - scores[best]) / temperature) } : []
    }

    /// The probabilities, summed and divided in float64.
    var probabilities: [Double] {
        let total = weights.reduce(0) { $0 + Double($1) }
        return weights.map { Double($0) / total }
    }
}
