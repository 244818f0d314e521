import Kernels
import Threads

/// DropConnect on the hidden-to-hidden weights (Wan et al. 2013; for the LSTM Merity, Keskar & Socher 2018), as torch's `F.dropout` of `weight_hh`: for a
/// training step each weight is 0 with probability p, and otherwise multiplied by 1/(1 - p).
///
/// ```
/// W̃ = W ∘ m      m ∈ {0, 1/(1 - p)}, one mask for the whole batch and all its time steps
/// ∂L/∂W = ∂L/∂W̃ ∘ m
/// ```
///
/// m is a function of (seed, step, layer, element): ``RandomMask`` with a row for each 4096 elements of the matrix. The gradient is masked once it is summed
/// over all ranks, since a factor other than 0 and 1 rounds.
///
/// Sendable: tasks write disjoint blocks of its memory.
final class WeightDrop: @unchecked Sendable {
    private static let blockCount = 4096

    private let rate: Double
    private let number: Int
    private let memory: FloatMemory

    /// Nil for a rate of 0.
    /// - Parameters:
    ///   - number: distinguishes the mask from others of the step.
    ///   - count: weights.
    init?(rate: Double, number: Int, count: Int) {
        guard rate > 0 else { return nil }
        (self.rate, self.number) = (rate, number)
        memory = FloatMemory(count: count)
    }

    /// The weights as a pass reads them: themselves, or in training a masked copy that lives until the next call.
    func dropped(_ weight: FloatView, for purpose: Purpose, team: ThreadTeam) -> FloatView {
        guard let mask = mask(purpose) else { return weight }
        let target = memory.view
        precondition(weight.count == target.count)
        forEachBlock(team) { block, range in
            let floats = target.slice(from: range.lowerBound, count: range.count)
            floats.copy(weight.slice(from: range.lowerBound, count: range.count))
            mask.apply(to: floats, sequence: block, time: 0)
        }
        return target
    }

    /// Masks the summed gradient in place.
    func maskGradient(_ gradient: FloatView, for purpose: Purpose, team: ThreadTeam) {
        guard let mask = mask(purpose) else { return }
        forEachBlock(team) { block, range in
            mask.apply(to: gradient.slice(from: range.lowerBound, count: range.count), sequence: block, time: 0)
        }
    }

    private func mask(_ purpose: Purpose) -> RandomMask? {
        guard case .training(let seed, let step) = purpose else { return nil }
        return RandomMask(probability: rate, seed: seed, step: step, layer: number)
    }

    private func forEachBlock(_ team: ThreadTeam, _ body: @Sendable (_ block: Int, _ range: Range<Int>) -> Void) {
        let count = memory.count
        team.run(taskCount: (count + Self.blockCount - 1) / Self.blockCount) { block in
            body(block, block * Self.blockCount..<min(count, (block + 1) * Self.blockCount))
        }
    }
}
