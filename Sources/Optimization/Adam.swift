public import Kernels
public import Threads

/// Adam (Kingma & Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1), with bias correction.
///
/// ```
/// m ← β₁·m + (1 - β₁)·g        v ← β₂·v + (1 - β₂)·g²
/// w ← w - rate / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε)
/// ```
///
/// ε stands beside the corrected root, as in the paper's algorithm and in PyTorch.
public struct Adam: Sendable, Equatable {
    public var beta1: Double
    public var beta2: Double
    public var epsilon: Double

    public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
    }

    /// Moments of nothing seen yet, for a flat buffer of `count` parameters.
    public func initialState(count: Int) -> AdamState { AdamState(count: count) }

    /// One step: overwrites the parameters and the state; or leaves all as it is where a parameter or a moment would become infinite or NaN.
    /// One pass over four buffers, shared out over the team; a second one before it where the bounds don't show that all stays finite.
    /// - Parameters:
    ///   - gradientScale: the gradient counts times this (clipping).
    ///   - gradientBound: no element's size is above it: the gradient's norm. With infinity each step looks first.
    /// - Returns: whether the step was taken.
    @discardableResult
    public func update(
        _ parameters: FloatView, gradient: FloatView, gradientScale: Float, gradientBound: Double = .infinity, learningRate: Double, state: AdamState,
        team: ThreadTeam
    ) -> Bool {
        let step = AdamStep(adam: self, stepCount: state.stepCount + 1, learningRate: learningRate, gradientScale: gradientScale)
        let buffers = AdamBuffers(parameters: parameters, gradient: gradient, first: state.firstMoment, second: state.secondMoment)
        var bounds = state.bounds.following(step, gradientBound: gradientBound * Double(gradientScale))
        if !bounds.areSafe {
            guard let found = step.outcome(of: buffers, extents: &state.extents, team: team) else { return false }
            bounds = found
        }
        step.update(buffers, team: team)
        state.bounds = bounds
        state.stepCount += 1
        return true
    }
}

/// Adam's memory: two moments in the layout of the parameters, and the steps taken.
public final class AdamState {
    private let firstMemory: FloatMemory
    private let secondMemory: FloatMemory
    public var stepCount = 0
    /// Unknown until the first step: moments and parameters may come from anywhere.
    fileprivate(set) var bounds = AdamBounds.unknown
    fileprivate var extents: [AdamStep.Extent] = []

    init(count: Int) {
        firstMemory = FloatMemory(count: count)
        secondMemory = FloatMemory(count: count)
    }

    /// m: the gradients' moving mean.
    public var firstMoment: FloatView { firstMemory.view }
    /// v: the moving mean of their squares.
    public var secondMoment: FloatView { secondMemory.view }
}

/// base to the power `exponent`, by repeated squaring: products round alike on every machine, libm's `pow` does not.
func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, base, exponent)
    while rest > 0 {
        if rest & 1 == 1 { result *= square }
        square *= square
        rest >>= 1
    }
    return result
}
