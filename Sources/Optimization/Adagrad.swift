import CVector
public import Kernels
public import Threads

/// Adagrad (Duchi, Hazan & Singer, "Adaptive subgradient methods", JMLR 2011), as `torch.optim.Adagrad` without a decay of the rate of its own.
///
/// ```
/// g ← gradient + weightDecay·w
/// s ← s + g²
/// w ← w - rate · g / (√s + ε)
/// ```
public struct Adagrad: Optimizer, Equatable {
    public var epsilon: Double
    public var weightDecay: Double

    public init(epsilon: Double = 1e-10, weightDecay: Double = 0) {
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    /// The sum of squared gradients.
    public var stateNames: [String] { ["sum"] }

    @discardableResult
    public func update(
        _ parameters: FloatView, gradient: FloatView, gradientScale: Float, gradientBound: Double = .infinity, learningRate: Double, state: OptimizerState,
        team: ThreadTeam
    ) -> Bool {
        AdagradStep(self, state: state, learningRate: learningRate, gradientScale: gradientScale).take(
            parameters, gradient: gradient, gradientBound: gradientBound * Double(gradientScale), state: state, team: team)
    }
}

/// One step's constants, as floats, and what is done with them to a vector of parameters.
private struct AdagradStep: ElementwiseStep {
    let factors: RangeFactors
    private let sums: FloatView
    private let gradientScale, epsilon: Lane

    init(_ adagrad: Adagrad, state: OptimizerState, learningRate: Double, gradientScale: Float) {
        factors = RangeFactors(decay: adagrad.weightDecay, rate: -learningRate)
        sums = state.buffers[0]
        self.gradientScale = Lane(repeating: gradientScale)
        epsilon = Lane(repeating: Float(adagrad.epsilon))
    }

    @inline(__always)
    func state(_ lane: (FloatView) -> Lane) -> Lane { lane(sums) }

    @inline(__always)
    func store(_ state: Lane, _ store: (FloatView, Lane) -> Void) { store(sums, state) }

    @inline(__always)
    func updated(_ parameter: Lane, _ gradient: Lane, _ state: Lane, _ factors: RangeFactors) -> (parameter: Lane, state: Lane) {
        // Adding 0 turns -0 to 0: whether a share without a token adds 0 or nothing must leave no trace.
        let slope = laneFMA(factors.decay, parameter, gradient * gradientScale) + Lane(repeating: 0)
        let sum = laneFMA(slope, slope, state)
        return (laneFMA(factors.rate, slope / (laneSquareRoot(sum) + epsilon), parameter), sum)
    }

    @inline(__always)
    func extend(_ extent: inout Extent, parameter: Lane, state: Lane) { extent.add(parameter: parameter, state: state) }

    func bounds(after bounds: UpdateBounds, gradientBound: Double) -> UpdateBounds {
        let slope = gradientBound + Double(factors.decay[0]) * bounds.parameter
        let direction = slope / Double(epsilon[0])
        // The norm, the slope and the sum are rounded.
        let sum = 1.0001 * (bounds.state + slope * slope)
        return UpdateBounds(state: sum, parameter: bounds.parameter + abs(Double(factors.rate[0])) * direction, intermediate: max(sum, direction))
    }
}
