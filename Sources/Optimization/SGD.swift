import CVector
public import Kernels
public import Threads

/// Stochastic gradient descent with momentum (Polyak 1964), Nesterov's as Sutskever, Martens, Dahl & Hinton (ICML 2013) have it, and weight decay.
/// The formula is that of `torch.optim.SGD` with dampening 0:
///
/// ```
/// g ← gradient + weightDecay·w
/// b ← momentum·b + g                 (g in the first step)
/// w ← w - rate·b                     (w - rate·(g + momentum·b) with Nesterov's)
/// ```
///
/// Without momentum b is g, and nothing is remembered.
public struct SGD: Optimizer, Equatable {
    public var momentum: Double
    public var isNesterov: Bool
    public var weightDecay: Double

    public init(momentum: Double = 0, isNesterov: Bool = false, weightDecay: Double = 0) {
        self.momentum = momentum
        self.isNesterov = isNesterov
        self.weightDecay = weightDecay
    }

    /// b, where there is momentum.
    public var stateNames: [String] { momentum > 0 ? ["momentum"] : [] }

    @discardableResult
    public func update(
        _ parameters: FloatView, gradient: FloatView, gradientScale: Float, gradientBound: Double = .infinity, learningRate: Double, state: OptimizerState,
        team: ThreadTeam
    ) -> Bool {
        SGDStep(sgd: self, state: state, learningRate: learningRate, gradientScale: gradientScale).take(
            parameters, gradient: gradient, gradientBound: gradientBound * Double(gradientScale), state: state, team: team)
    }
}

/// One step's constants, as floats, and what is done with them to a vector of parameters.
private struct SGDStep: ElementwiseStep {
    let factors: RangeFactors
    private let buffer: FloatView?
    private let isNesterov: Bool
    private let gradientScale, momentum: Lane

    init(sgd: SGD, state: OptimizerState, learningRate: Double, gradientScale: Float) {
        factors = RangeFactors(decay: sgd.weightDecay, rate: -learningRate)
        buffer = state.buffers.first
        isNesterov = sgd.isNesterov
        self.gradientScale = Lane(repeating: gradientScale)
        momentum = Lane(repeating: Float(sgd.momentum))
    }

    @inline(__always)
    func state(_ lane: (FloatView) -> Lane) -> Lane { buffer.map(lane) ?? Lane(repeating: 0) }

    @inline(__always)
    func store(_ state: Lane, _ store: (FloatView, Lane) -> Void) {
        if let buffer { store(buffer, state) }
    }

    @inline(__always)
    func updated(_ parameter: Lane, _ gradient: Lane, _ state: Lane, _ factors: RangeFactors) -> (parameter: Lane, state: Lane) {
        // Adding 0 turns -0 to 0: whether a share without a token adds 0 or nothing must leave no trace.
        let slope = laneFMA(factors.decay, parameter, gradient * gradientScale) + Lane(repeating: 0)
        // Of the zeros before the first step, or without momentum, this is the slope to the bit.
        let velocity = laneFMA(momentum, state, slope)
        let direction = isNesterov ? laneFMA(momentum, velocity, slope) : velocity
        return (laneFMA(factors.rate, direction, parameter), velocity)
    }

    @inline(__always)
    func extend(_ extent: inout Extent, parameter: Lane, state: Lane) { extent.add(parameter: parameter, state: state) }

    func bounds(after bounds: UpdateBounds, gradientBound: Double) -> UpdateBounds {
        let (weightDecay, momentum, rate) = (Double(factors.decay[0]), Double(momentum[0]), abs(Double(factors.rate[0])))
        let slope = gradientBound + weightDecay * bounds.parameter
        // The norm, the slope and the velocity are rounded.
        let velocity = 1.0001 * (momentum * bounds.state + slope)
        let direction = isNesterov ? slope + momentum * velocity : velocity
        return UpdateBounds(state: velocity, parameter: bounds.parameter + rate * direction, intermediate: direction)
    }
}
