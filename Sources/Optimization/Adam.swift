import CVector
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
public struct Adam: Optimizer, Equatable {
    public var beta1: Double
    public var beta2: Double
    public var epsilon: Double
    public var weightDecay: Double

    public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    /// The moving mean of gradients, and of their squares.
    public var stateNames: [String] { ["m", "v"] }

    @discardableResult
    public func update(
        _ parameters: FloatView, gradient: FloatView, gradientScale: Float, gradientBound: Double = .infinity, learningRate: Double, state: OptimizerState,
        team: ThreadTeam
    ) -> Bool {
        AdamStep(adam: self, state: state, learningRate: learningRate, gradientScale: gradientScale).take(
            parameters, gradient: gradient, gradientBound: gradientBound * Double(gradientScale), state: state, team: team)
    }
}

/// One step's constants, as floats, and what is done with them to a vector of parameters.
private struct AdamStep: ElementwiseStep {
    private let means, squares: FloatView
    private let gradientScale, weightDecay, beta1, beta1Rest, beta2, beta2Rest, rate, rootScale, epsilon: Lane
    private let decay: Double
    /// The most that a mean of size 1 can change a parameter, or m / ε, before the rate is multiplied.
    private let greatestChange: Double

    init(adam: Adam, state: OptimizerState, learningRate: Double, gradientScale: Float) {
        func constant(_ value: Double) -> Lane { Lane(repeating: Float(value)) }
        let stepCount = state.stepCount + 1
        (means, squares) = (state.buffers[0], state.buffers[1])
        self.gradientScale = Lane(repeating: gradientScale)
        weightDecay = constant(adam.weightDecay)
        beta1 = constant(adam.beta1)
        beta1Rest = constant(1 - adam.beta1)
        beta2 = constant(adam.beta2)
        beta2Rest = constant(1 - adam.beta2)
        rate = constant(-learningRate / (1 - power(adam.beta1, stepCount)))
        rootScale = constant(1 / (1 - power(adam.beta2, stepCount)).squareRoot())
        epsilon = constant(adam.epsilon)
        decay = adam.beta1
        greatestChange = max(1, abs(Double(rate[0]))) / Double(epsilon[0])
    }

    @inline(__always)
    func state(_ lane: (FloatView) -> Lane) -> (mean: Lane, square: Lane) { (lane(means), lane(squares)) }

    @inline(__always)
    func store(_ state: (mean: Lane, square: Lane), _ store: (FloatView, Lane) -> Void) {
        store(means, state.mean)
        store(squares, state.square)
    }

    @inline(__always)
    func updated(_ parameter: Lane, _ gradient: Lane, _ state: (mean: Lane, square: Lane)) -> (parameter: Lane, state: (mean: Lane, square: Lane)) {
        let slope = laneFMA(weightDecay, parameter, gradient * gradientScale)
        // Adding 0 turns -0 to 0: whether a share without a token adds 0 or nothing must leave no trace.
        let mean = laneFMA(state.mean, beta1, slope * beta1Rest) + Lane(repeating: 0)
        let square = laneFMA(state.square, beta2, slope * slope * beta2Rest)
        let root = laneFMA(laneSquareRoot(square), rootScale, epsilon)
        return (laneFMA(rate, mean / root, parameter), (mean, square))
    }

    @inline(__always)
    func extend(_ extent: inout Extent, parameter: Lane, state: (mean: Lane, square: Lane)) {
        extent.add(parameter: parameter, state: state.mean)
        extent.requireFinite(state.square)
    }

    func bounds(after bounds: UpdateBounds, gradientBound: Double) -> UpdateBounds {
        let slope = gradientBound + Double(weightDecay[0]) * bounds.parameter
        // The norm and the mean are rounded.
        let mean = 1.0001 * (decay * bounds.state + (1 - decay) * slope)
        let change = mean * greatestChange
        return UpdateBounds(state: mean, parameter: bounds.parameter + change, intermediate: max(change, slope * slope))
    }
}
