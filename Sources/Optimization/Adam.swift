public import Kernels
public import Threads

/// Adam (Kingma & Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1), with bias correction.
///
/// ```
/// g ← gradient + weightDecay·w
/// m ← β₁·m + (1 - β₁)·g        v ← β₂·v + (1 - β₂)·g²
/// w ← w - rate / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)
/// ```
///
/// ε stands beside the corrected root, as in the paper's algorithm and in PyTorch. The weight decay is that of `torch.optim.Adam`: it passes through the moments.
/// With AMSGrad (Reddi, Kale & Kumar, ICLR 2018) the largest v so far stands in place of v, as with `amsgrad=True` there.
public struct Adam: Optimizer, Equatable {
    public var beta1: Double
    public var beta2: Double
    public var epsilon: Double
    public var weightDecay: Double
    public var isAMSGrad: Bool

    public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0, isAMSGrad: Bool = false) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        self.isAMSGrad = isAMSGrad
    }

    /// The moving mean of gradients, and of their squares; with AMSGrad also the largest of the latter.
    public var stateNames: [String] { ["m", "v"] + (isAMSGrad ? ["vmax"] : []) }

    @discardableResult
    public func update(
        _ parameters: FloatView, gradient: FloatView, gradientScale: Float, gradientBound: Double = .infinity, learningRate: Double, state: OptimizerState,
        team: ThreadTeam
    ) -> Bool {
        AdamStep(self, isDecoupled: false, state: state, learningRate: learningRate, gradientScale: gradientScale).take(
            parameters, gradient: gradient, gradientBound: gradientBound * Double(gradientScale), state: state, team: team)
    }
}
