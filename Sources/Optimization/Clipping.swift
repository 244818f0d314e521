public import Kernels
public import Threads

/// The global norm of the gradient, and clipping by it (Pascanu, Mikolov & Bengio 2013). Taken after the sum over ranks.
public final class GradientNorm {
    private let team: ThreadTeam
    private let norms: RangeNorms

    public init(count: Int, team: ThreadTeam) {
        self.team = team
        norms = RangeNorms([0..<count])
    }

    /// √Σ g², in an order that depends on the count alone. Infinite or NaN if an element is.
    public func norm(of gradient: FloatView) -> Double {
        norms.measure(gradient, team: team)
        return norms.norms[0]
    }

    /// The factor that brings a gradient of `norm` down to `limit`: min(1, limit / (norm + 10⁻⁶)), as in PyTorch. 1 if `limit` is 0.
    public static func scale(norm: Double, limit: Double) -> Float {
        limit > 0 ? Float(min(1, limit / (norm + 1e-6))) : 1
    }
}
