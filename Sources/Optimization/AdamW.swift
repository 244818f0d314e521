public import Kernels
public import Threads

/// AdamW (Loshchilov & Hutter, "Decoupled weight decay regularization", ICLR 2019, algorithm 2), as `torch.optim.AdamW`: Adam, whose weight decay passes by
/// the moments.
///
/// ```
/// m ← β₁·m + (1 - β₁)·gradient        v ← β₂·v + (1 - β₂)·gradient²
/// w ← w - rate·weightDecay·w
/// w ← w - rate / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)
/// ```
///
/// With AMSGrad the largest v so far stands in place of v.
public struct AdamW: Optimizer, Equatable {
    /// Its moments' decays, ε, weight decay and AMSGrad.
    public var adam: Adam

    public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01, isAMSGrad: Bool = false) {
        adam = Adam(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay, isAMSGrad: isAMSGrad)
    }

    public var stateNames: [String] { adam.stateNames }

    @discardableResult
    public func update(
        _ parameters: FloatView, gradient: FloatView, gradientScale: Float, gradientBound: Double = .infinity, learningRate: Double, state: OptimizerState,
        team: ThreadTeam
    ) -> Bool {
        AdamStep(adam, isDecoupled: true, state: state, learningRate: learningRate, gradientScale: gradientScale).take(
            parameters, gradient: gradient, gradientBound: gradientBound * Double(gradientScale), state: state, team: team)
    }
}
