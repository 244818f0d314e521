import CVector
public import Kernels
public import Threads

/// RMSprop (Hinton, lecture 6e of "Neural networks for machine learning", 2012), as `torch.optim.RMSprop` or as Keras has it.
///
/// ```
/// g ← gradient + weightDecay·w
/// v ← α·v + (1 - α)·g²           a ← α·a + (1 - α)·g     (a where it is centered: Graves 2013; else a = 0)
///
/// PyTorch                        Keras
/// d ← g / (√(v - a²) + ε)        d ← rate·g / √(v - a² + ε)
/// b ← momentum·b + d             b ← momentum·b + d
/// w ← w - rate·b                 w ← w - b
/// ```
///
/// Where rounding makes v - a² negative it counts as 0; PyTorch's parameters become NaN there.
public struct RMSprop: Optimizer, Equatable {
    /// Where ε and the rate stand.
    public enum Form: String, Sendable, CaseIterable {
        case pytorch
        case keras
    }

    public var alpha: Double
    public var epsilon: Double
    public var momentum: Double
    public var isCentered: Bool
    public var weightDecay: Double
    public var form: Form

    public init(
        alpha: Double = 0.99, epsilon: Double = 1e-8, momentum: Double = 0, isCentered: Bool = false, weightDecay: Double = 0, form: Form = .pytorch
    ) {
        self.alpha = alpha
        self.epsilon = epsilon
        self.momentum = momentum
        self.isCentered = isCentered
        self.weightDecay = weightDecay
        self.form = form
    }

    /// v; a if it is centered; b if there is momentum, under a name of its own where the rate is in it.
    public var stateNames: [String] { ["v"] + (isCentered ? ["mean"] : []) + (momentum > 0 ? [form == .keras ? "increment" : "momentum"] : []) }

    @discardableResult
    public func update(
        _ parameters: FloatView, gradient: FloatView, gradientScale: Float, gradientBound: Double = .infinity, learningRate: Double, state: OptimizerState,
        team: ThreadTeam
    ) -> Bool {
        RMSpropStep(self, state: state, learningRate: learningRate, gradientScale: gradientScale).take(
            parameters, gradient: gradient, gradientBound: gradientBound * Double(gradientScale), state: state, team: team)
    }
}

/// One step's constants, as floats, and what is done with them to a vector of parameters.
private struct RMSpropStep: ElementwiseStep {
    let factors: RangeFactors
    private let squares: FloatView
    private let means, buffer: FloatView?
    private let isKeras: Bool
    private let gradientScale, alpha, alphaRest, epsilon, momentum, directionScale: Lane

    typealias State = (square: Lane, mean: Lane, velocity: Lane)

    init(_ rmsprop: RMSprop, state: OptimizerState, learningRate: Double, gradientScale: Float) {
        func constant(_ value: Double) -> Lane { Lane(repeating: Float(value)) }
        isKeras = rmsprop.form == .keras
        // With momentum the rate is either in the velocity or times it.
        let isRateInVelocity = isKeras && rmsprop.momentum > 0
        factors = RangeFactors(decay: rmsprop.weightDecay, rate: isRateInVelocity ? -1 : -learningRate)
        directionScale = constant(isRateInVelocity ? learningRate : 1)
        squares = state.buffers[0]
        means = rmsprop.isCentered ? state.buffers[1] : nil
        buffer = rmsprop.momentum > 0 ? state.buffers.last : nil
        self.gradientScale = Lane(repeating: gradientScale)
        alpha = constant(rmsprop.alpha)
        alphaRest = constant(1 - rmsprop.alpha)
        epsilon = constant(rmsprop.epsilon)
        momentum = constant(rmsprop.momentum)
    }

    @inline(__always)
    func state(_ lane: (FloatView) -> Lane) -> State {
        (lane(squares), means.map(lane) ?? Lane(repeating: 0), buffer.map(lane) ?? Lane(repeating: 0))
    }

    @inline(__always)
    func store(_ state: State, _ store: (FloatView, Lane) -> Void) {
        store(squares, state.square)
        if let means { store(means, state.mean) }
        if let buffer { store(buffer, state.velocity) }
    }

    @inline(__always)
    func updated(_ parameter: Lane, _ gradient: Lane, _ state: State, _ factors: RangeFactors) -> (parameter: Lane, state: State) {
        let zero = Lane(repeating: 0)
        // Adding 0 turns -0 to 0: whether a share without a token adds 0 or nothing must leave no trace.
        let slope = laneFMA(factors.decay, parameter, gradient * gradientScale) + zero
        let square = laneFMA(state.square, alpha, slope * slope * alphaRest)
        let mean = means == nil ? zero : laneFMA(state.mean, alpha, slope * alphaRest)
        let variance = laneMaximum(zero, laneFMA(-mean, mean, square))
        let root = isKeras ? laneSquareRoot(variance + epsilon) : laneSquareRoot(variance) + epsilon
        let velocity = laneFMA(momentum, state.velocity, slope / root * directionScale)
        return (laneFMA(factors.rate, velocity, parameter), (square, mean, velocity))
    }

    @inline(__always)
    func extend(_ extent: inout Extent, parameter: Lane, state: State) {
        extent.add(parameter: parameter, state: state.velocity)
        extent.requireFinite(state.square)
        extent.requireFinite(state.mean)
    }

    func bounds(after bounds: UpdateBounds, gradientBound: Double) -> UpdateBounds {
        let slope = gradientBound + Double(factors.decay[0]) * bounds.parameter
        let epsilon = Double(epsilon[0])
        let direction = slope / (isKeras ? epsilon.squareRoot() : epsilon) * max(1, Double(directionScale[0]))
        // The norm, the slope and the velocity are rounded.
        let velocity = 1.0001 * ((buffer == nil ? 0 : Double(momentum[0]) * bounds.state) + direction)
        return UpdateBounds(
            state: velocity, parameter: bounds.parameter + abs(Double(factors.rate[0])) * velocity, intermediate: max(slope * slope, velocity))
    }
}
