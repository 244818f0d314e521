import CVector
public import Kernels
public import Threads

/// NAdam (Dozat, "Incorporating Nesterov momentum into Adam", ICLR workshop 2016), as `torch.optim.NAdam` with its momentum decay of 0.004.
///
/// ```
/// g  ← gradient + weightDecay·w
/// m  ← β₁·m + (1 - β₁)·g        v ← β₂·v + (1 - β₂)·g²
/// μₜ = β₁·(1 - ½·0.96^(0.004·t))        Pₜ = μ₁·μ₂·…·μₜ
/// w  ← w - rate · (μₜ₊₁·m / (1 - Pₜ₊₁) + (1 - μₜ)·g / (1 - Pₜ)) / (√v / √(1 - β₂ᵗ) + ε)
/// ```
public struct NAdam: Optimizer, Equatable {
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
        NAdamStep(self, state: state, learningRate: learningRate, gradientScale: gradientScale).take(
            parameters, gradient: gradient, gradientBound: gradientBound * Double(gradientScale), state: state, team: team)
    }

    /// The coefficients μ and their product. It is a function of the number of steps alone, so no checkpoint has it: after a resume it is computed again.
    struct Coefficients {
        /// 0.96^0.004.
        private static let base = 0.9998367253526752784
        private var stepCount = 0
        private var beta1 = 0.0
        private var product = 1.0

        static func coefficient(_ beta1: Double, _ step: Int) -> Double { beta1 * (1 - 0.5 * power(base, step)) }

        /// μ₁·…·μₛₜₑₚ.
        mutating func product(_ beta1: Double, _ step: Int) -> Double {
            if beta1 != self.beta1 || step < stepCount { (stepCount, self.beta1, product) = (0, beta1, 1) }
            while stepCount < step {
                stepCount += 1
                // Once it is 0 it stays so.
                if product > 0 { product *= Self.coefficient(beta1, stepCount) } else { stepCount = step }
            }
            return product
        }
    }
}

/// One step's constants, as floats, and what is done with them to a vector of parameters.
private struct NAdamStep: ElementwiseStep {
    let factors: RangeFactors
    private let means, squares: FloatView
    private let gradientScale, beta1, beta1Rest, beta2, beta2Rest, meanRate, slopeRate, rootScale, epsilon: Lane
    private let decay: Double

    typealias State = (mean: Lane, square: Lane)

    init(_ nadam: NAdam, state: OptimizerState, learningRate: Double, gradientScale: Float) {
        func constant(_ value: Double) -> Lane { Lane(repeating: Float(value)) }
        let step = state.stepCount + 1
        let (own, next) = (NAdam.Coefficients.coefficient(nadam.beta1, step), NAdam.Coefficients.coefficient(nadam.beta1, step + 1))
        let product = state.coefficients.product(nadam.beta1, step)
        (means, squares) = (state.buffers[0], state.buffers[1])
        factors = RangeFactors(decay: nadam.weightDecay, rate: -learningRate)
        meanRate = constant(next / (1 - product * next))
        slopeRate = constant((1 - own) / (1 - product))
        self.gradientScale = Lane(repeating: gradientScale)
        beta1 = constant(nadam.beta1)
        beta1Rest = constant(1 - nadam.beta1)
        beta2 = constant(nadam.beta2)
        beta2Rest = constant(1 - nadam.beta2)
        rootScale = constant(1 / (1 - power(nadam.beta2, step)).squareRoot())
        epsilon = constant(nadam.epsilon)
        decay = nadam.beta1
    }

    @inline(__always)
    func state(_ lane: (FloatView) -> Lane) -> State { (lane(means), lane(squares)) }

    @inline(__always)
    func store(_ state: State, _ store: (FloatView, Lane) -> Void) {
        store(means, state.mean)
        store(squares, state.square)
    }

    @inline(__always)
    func updated(_ parameter: Lane, _ gradient: Lane, _ state: State, _ factors: RangeFactors) -> (parameter: Lane, state: State) {
        // Adding 0 turns -0 to 0: whether a share without a token adds 0 or nothing must leave no trace.
        let slope = laneFMA(factors.decay, parameter, gradient * gradientScale) + Lane(repeating: 0)
        let mean = laneFMA(state.mean, beta1, slope * beta1Rest) + Lane(repeating: 0)
        let square = laneFMA(state.square, beta2, slope * slope * beta2Rest)
        let root = laneFMA(laneSquareRoot(square), rootScale, epsilon)
        return (laneFMA(factors.rate, laneFMA(meanRate, mean, slopeRate * slope) / root, parameter), (mean, square))
    }

    @inline(__always)
    func extend(_ extent: inout Extent, parameter: Lane, state: State) {
        extent.add(parameter: parameter, state: state.mean)
        extent.requireFinite(state.square)
    }

    func bounds(after bounds: UpdateBounds, gradientBound: Double) -> UpdateBounds {
        let slope = gradientBound + Double(factors.decay[0]) * bounds.parameter
        // The norm and the mean are rounded.
        let mean = 1.0001 * (decay * bounds.state + (1 - decay) * slope)
        let direction = (Double(meanRate[0]) * mean + Double(slopeRate[0]) * slope) / Double(epsilon[0])
        return UpdateBounds(
            state: mean, parameter: bounds.parameter + abs(Double(factors.rate[0])) * direction, intermediate: max(direction, slope * slope))
    }
}
