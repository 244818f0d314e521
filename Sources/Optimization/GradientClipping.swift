import CVector
public import Kernels
public import Threads

/// Clipping of the gradient, after it was summed over ranks and its norm was taken.
public final class GradientClipping {
    public enum Rule: Sendable, Equatable {
        case none
        /// The whole gradient, scaled down to a norm of at most `limit`: `torch.nn.utils.clip_grad_norm_`.
        case norm(limit: Double)
        /// Each range by itself: with a range a tensor Keras's `clipnorm`.
        case rangeNorms(limit: Double, ranges: [Range<Int>])
        /// Each element, to at most `limit` and at least -`limit`: `torch.nn.utils.clip_grad_value_`.
        case value(limit: Double)
    }

    /// What an optimizer is to do with a gradient that was clipped.
    public struct Result: Sendable, Equatable {
        /// The gradient counts times this.
        public let scale: Float
        /// No element's size is above it, before `scale`.
        public let bound: Double
    }

    private let rule: Rule
    private let team: ThreadTeam
    private let norms: RangeNorms?

    public init(_ rule: Rule, team: ThreadTeam) {
        self.rule = rule
        self.team = team
        norms = if case .rangeNorms(_, let ranges) = rule { RangeNorms(ranges) } else { nil }
    }

    /// Clips a gradient that is finite and has `norm`, as ``GradientNorm`` takes it.
    /// By value or by ranges it overwrites the gradient, in one more pass; by the whole norm it leaves the factor to the optimizer.
    public func clip(_ gradient: FloatView, norm: Double) -> Result {
        switch rule {
        case .none:
            return Result(scale: 1, bound: norm)
        case .norm(let limit):
            return Result(scale: GradientNorm.scale(norm: norm, limit: limit), bound: norm)
        case .rangeNorms(let limit, _):
            norms?.measure(gradient, team: team)
            norms?.forEachBlock(team) { block, rangeNorm in
                let scale = GradientNorm.scale(norm: rangeNorm, limit: limit)
                if scale < 1 { gradient.slice(from: block.lowerBound, count: block.count).scale(by: scale) }
            }
            return Result(scale: 1, bound: norm)
        case .value(let limit):
            clamp(gradient, Float(limit))
            return Result(scale: 1, bound: min(norm, Double(Float(limit))))
        }
    }

    private func clamp(_ gradient: FloatView, _ limit: Float) {
        team.run(taskCount: team.threadCount) { [team] share in
            let vectors = team.tasks(ofShare: share, taskCount: gradient.count / laneCount)
            for vector in vectors { gradient.setLane(laneClamped(gradient.lane(at: vector * laneCount), limit), at: vector * laneCount) }
        }
        for index in gradient.count / laneCount * laneCount..<gradient.count { gradient[index] = min(max(gradient[index], -limit), limit) }
    }
}
