import CVector
import Kernels

/// A sequence's probabilities under a linear-chain CRF (Lafferty, McCallum & Pereira 2001), whose score of classes y is
///
/// ```
/// S(y) = start[y_1] + Σ_t s_t[y_t] + Σ_t A[y_t, y_t+1] + end[y_T]          P(y) = e^S(y) / Z
/// forward:   a_1 = e^start ∘ e^s_1            a_t+1[j] = Σ_i a_t[i]·e^A[i, j] · e^s_t+1[j]           Z = Σ_j a_T[j]·e^end[j]
/// backward:  b_T = e^end                      b_t[i] = Σ_j e^A[i, j]·e^s_t+1[j]·b_t+1[j]
/// ∂(ln Z)/∂s_t[j] = a_t[j]·b_t[j] / Z         ∂(ln Z)/∂A[i, j] = Σ_t a_t[i]·e^A[i, j]·e^s_t+1[j]·b_t+1[j] / Z
/// ```
///
/// Each a_t is divided by its sum c_t, and b_t with it, so that a_t[j]·b_t[j] sums to 1 (Rabiner 1989); exponentials are of distances from the greatest score.
/// Scores that lie too far apart for that are in logarithms: see ``isFarApart(_:timeCount:start:)``.
///
/// Sums over classes are one chain for each element, or 16 chains and a tree: the bits don't depend on the width of vectors.
struct ChainLattice {
    let weights: ChainWeights
    /// Memory for `[time, width]` each: a, and one row of scratch behind it.
    let alphas: FloatView

    private var width: Int { weights.width }

    /// Floats of `alphas` for so many time steps.
    static func floatCount(timeCount: Int, width: Int) -> Int { (timeCount + 3) * width }

    /// Σ_t and the rest of S(y), of scores that begin at `start(time)`.
    func score(of classes: (_ time: Int) -> Int, timeCount: Int, _ scores: FloatView, start: (_ time: Int) -> Int) -> Double {
        var sum = Double(weights.starts[classes(0)]) + Double(weights.ends[classes(timeCount - 1)])
        for time in 0..<timeCount {
            sum += Double(scores[start(time) + classes(time)])
            if time > 0 { sum += Double(weights.transitions[classes(time - 1) * weights.classCount + classes(time)]) }
        }
        return sum
    }

    /// Replaces the scores by the probability of each class at each time step.
    /// - Parameters:
    ///   - start: where a time step's scores begin, `[width]`; columns behind the last class are undefined, and set to 0.
    ///   - pairs: to which the probability of class i followed by j is added over time: `[i, j]`, rows of `classCount`; nil if it isn't needed.
    /// - Returns: ln Z.
    func replaceByProbabilities(_ scores: FloatView, timeCount: Int, start: (_ time: Int) -> Int, pairs: FloatView?) -> Double {
        guard !isFarApart(scores, timeCount: timeCount, start: start) else {
            return replaceInLogarithms(scores, timeCount: timeCount, start: start, pairs: pairs)
        }
        let logarithm = forward(scores, timeCount: timeCount, start: start)
        // In the scores' place stand e^s / c; b is made from the end to the beginning in two rows of scratch.
        var (beta, next) = (alphas.slice(from: timeCount * width, count: width), alphas.slice(from: (timeCount + 1) * width, count: width))
        let right = alphas.slice(from: (timeCount + 2) * width, count: width)
        let last = alphas.slice(from: (timeCount - 1) * width, count: width)
        beta.copy(weights.endExponentials)
        beta.scale(by: 1 / dot(last, weights.endExponentials))
        for time in stride(from: timeCount - 1, through: 0, by: -1) {
            let (alpha, row) = (alphas.slice(from: time * width, count: width), scores.slice(from: start(time), count: width))
            if time > 0 {
                multiply(row, beta, into: right)
                if let pairs { addPairs(alphas.slice(from: (time - 1) * width, count: width), right, to: pairs) }
                product(right, weights.backward, into: next)
            }
            multiply(alpha, beta, into: row)
            swap(&beta, &next)
        }
        return logarithm
    }

    /// Fills `alphas`, and replaces each score by e^(s - the step's greatest) / c.
    private func forward(_ scores: FloatView, timeCount: Int, start: (_ time: Int) -> Int) -> Double {
        var logarithm = Double(weights.greatestStart) + Double(weights.greatestEnd) + Double(timeCount - 1) * Double(weights.greatest)
        for time in 0..<timeCount {
            let (alpha, row) = (alphas.slice(from: time * width, count: width), scores.slice(from: start(time), count: width))
            let largest = row.slice(from: 0, count: weights.classCount).largest
            for index in stride(from: 0, to: width, by: laneCount) { row.setLane(exponential(row.lane(at: index) - Lane(repeating: largest)), at: index) }
            for index in weights.classCount..<width { row[index] = 0 }
            if time == 0 {
                multiply(weights.startExponentials, row, into: alpha)
            } else {
                product(alphas.slice(from: (time - 1) * width, count: width), weights.forward, into: alpha)
                multiply(alpha, row, into: alpha)
            }
            let sum = total(alpha)
            alpha.scale(by: 1 / sum)
            row.scale(by: 1 / sum)
            logarithm += Double(largest) + naturalLogarithm(Double(sum))
        }
        return logarithm + naturalLogarithm(Double(dot(alphas.slice(from: (timeCount - 1) * width, count: width), weights.endExponentials)))
    }

    /// target[j] = Σ_i left[i]·matrix[i, j].
    private func product(_ left: FloatView, _ matrix: FloatView, into target: FloatView) {
        for column in stride(from: 0, to: width, by: laneCount) {
            var sum = Lane(repeating: 0)
            for index in 0..<weights.classCount { sum = laneFMA(Lane(repeating: left[index]), matrix.lane(at: index * width + column), sum) }
            target.setLane(sum, at: column)
        }
    }

    private func multiply(_ left: FloatView, _ right: FloatView, into target: FloatView) {
        for index in stride(from: 0, to: width, by: laneCount) { target.setLane(left.lane(at: index) * right.lane(at: index), at: index) }
    }

    /// pairs[i, j] += left[i] · e^A[i, j] · right[j].
    private func addPairs(_ left: FloatView, _ right: FloatView, to pairs: FloatView) {
        let count = weights.classCount
        for first in 0..<count {
            for second in 0..<count { pairs[first * count + second] += left[first] * weights.forward[first * width + second] * right[second] }
        }
    }

    private func total(_ row: FloatView) -> Float {
        var chains = SIMD16<Float>(repeating: 0)
        for index in stride(from: 0, to: width, by: 16) { chains += row.sixteen(at: index) }
        return treeSum(chains)
    }

    private func dot(_ left: FloatView, _ right: FloatView) -> Float {
        var chains = SIMD16<Float>(repeating: 0)
        for index in stride(from: 0, to: width, by: 16) { chains += left.sixteen(at: index) * right.sixteen(at: index) }
        return treeSum(chains)
    }
}
