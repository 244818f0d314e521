import Kernels

// Chains whose scores lie so far apart that float32 doesn't hold the products of ``ChainLattice``: the same formulas in logarithms, which are Doubles.
extension ChainLattice {
    /// The distance of a time step's scores, and that of the transitions, which together float32 holds: a is at least e^-80 then, and b at most e^80.
    private static let largestDistance: Float = 80

    /// Whether a sequence's scores lie further apart, or aren't numbers.
    func isFarApart(_ scores: FloatView, timeCount: Int, start: (_ time: Int) -> Int) -> Bool {
        for time in 0..<timeCount {
            let row = scores.slice(from: start(time), count: weights.classCount)
            guard row.largest - row.least + weights.range < Self.largestDistance else { return true }
        }
        return false
    }

    /// ``replaceByProbabilities(_:timeCount:start:pairs:)`` of such scores.
    func replaceInLogarithms(_ scores: FloatView, timeCount: Int, start: (_ time: Int) -> Int, pairs: FloatView?) -> Double {
        let count = weights.classCount
        func transition(_ first: Int, _ second: Int) -> Double { Double(weights.transitions[first * count + second]) }
        func score(_ time: Int, _ index: Int) -> Double { Double(scores[start(time) + index]) }
        var alphas = (0..<count).map { Double(weights.starts[$0]) + score(0, $0) }
        for time in 1..<max(1, timeCount) {
            let first = alphas.count - count
            let next = (0..<count).map { second in
                score(time, second) + logarithmicSum(count) { alphas[first + $0] + transition($0, second) }
            }
            alphas += next
        }
        var beta = (0..<count).map { Double(weights.ends[$0]) }
        let last = alphas.count - count
        let logarithm = logarithmicSum(count) { alphas[last + $0] + beta[$0] }
        for time in stride(from: timeCount - 1, through: 0, by: -1) {
            let right = (0..<count).map { score(time, $0) + beta[$0] }
            let row = scores.slice(from: start(time), count: weights.width)
            for index in 0..<count { row[index] = Float(exponential(alphas[time * count + index] + beta[index] - logarithm)) }
            for index in count..<weights.width { row[index] = 0 }
            guard time > 0 else { break }
            let before = (time - 1) * count
            if let pairs {
                for first in 0..<count {
                    for second in 0..<count {
                        pairs[first * count + second] += Float(exponential(alphas[before + first] + transition(first, second) + right[second] - logarithm))
                    }
                }
            }
            beta = (0..<count).map { first in logarithmicSum(count) { transition(first, $0) + right[$0] } }
        }
        return logarithm
    }
}

/// ln Σ e^value.
private func logarithmicSum(_ count: Int, _ value: (Int) -> Double) -> Double {
    let largest = (1..<count).reduce(value(0)) { max($0, value($1)) }
    return largest + naturalLogarithm((0..<count).reduce(0) { $0 + exponential(value($1) - largest) })
}
