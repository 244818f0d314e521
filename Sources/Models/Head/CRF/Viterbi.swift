import Batches
import Kernels

/// The most likely classes of a sequence under a linear-chain CRF (Viterbi 1967), among those that the scheme of tags allows.
struct Viterbi {
    let weights: ChainWeights
    /// Nil: any class may follow any other.
    let rules: LabelRules?

    /// The classes with the greatest S(y), see ``ChainLattice``; the first ones on a tie. `[time]`.
    /// - Parameter start: where a time step's scores begin.
    func classes(_ scores: FloatView, timeCount: Int, start: (_ time: Int) -> Int) -> [Int32] {
        let count = weights.classCount
        var best = (0..<count).map { index in
            rules?.starts[index] == false ? -Double.infinity : Double(weights.starts[index]) + Double(scores[start(0) + index])
        }
        var earlier: [Int32] = []
        earlier.reserveCapacity(timeCount * count)
        for time in 1..<max(1, timeCount) {
            var next = Array(repeating: -Double.infinity, count: count)
            for second in 0..<count {
                var from = 0
                for first in 0..<count where rules?.allows(second, after: first) != false {
                    let sum = best[first] + Double(weights.transitions[first * count + second])
                    if sum > next[second] { (next[second], from) = (sum, first) }
                }
                earlier.append(Int32(from))
                next[second] += Double(scores[start(time) + second])
            }
            best = next
        }
        for index in 0..<count { best[index] = rules?.ends[index] == false ? -.infinity : best[index] + Double(weights.ends[index]) }
        var last = best.indices.reduce(0) { best[$1] > best[$0] ? $1 : $0 }
        var classes = [Int32(last)]
        for time in stride(from: timeCount - 2, through: 0, by: -1) {
            last = Int(earlier[time * count + last])
            classes.append(Int32(last))
        }
        return classes.reversed()
    }
}
