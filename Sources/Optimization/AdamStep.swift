import CVector
import Kernels

/// One step of ``Adam`` or ``AdamW``: its constants, as floats, and what is done with them to a vector of parameters.
struct AdamStep: ElementwiseStep {
    let factors: RangeFactors
    private let means, squares: FloatView
    /// AMSGrad's.
    private let largestSquares: FloatView?
    private let isDecoupled: Bool
    private let gradientScale, beta1, beta1Rest, beta2, beta2Rest, rootScale, epsilon: Lane
    private let decay: Double
    /// The most that a mean of size 1 can change a parameter, or m / ε, before the rate is multiplied.
    private let greatestChange: Double

    typealias State = (mean: Lane, square: Lane, largest: Lane)

    /// - Parameter isDecoupled: whether weight decay passes by the moments.
    init(_ adam: Adam, isDecoupled: Bool, state: OptimizerState, learningRate: Double, gradientScale: Float) {
        func constant(_ value: Double) -> Lane { Lane(repeating: Float(value)) }
        let stepCount = state.stepCount + 1
        (means, squares, largestSquares) = (state.buffers[0], state.buffers[1], adam.isAMSGrad ? state.buffers[2] : nil)
        self.isDecoupled = isDecoupled
        factors = RangeFactors(
            decay: isDecoupled ? -learningRate * adam.weightDecay : adam.weightDecay, rate: -learningRate / (1 - power(adam.beta1, stepCount)))
        self.gradientScale = Lane(repeating: gradientScale)
        beta1 = constant(adam.beta1)
        beta1Rest = constant(1 - adam.beta1)
        beta2 = constant(adam.beta2)
        beta2Rest = constant(1 - adam.beta2)
        rootScale = constant(1 / (1 - power(adam.beta2, stepCount)).squareRoot())
        epsilon = constant(adam.epsilon)
        decay = adam.beta1
        greatestChange = max(1, abs(Double(factors.rate[0]))) / Double(epsilon[0])
    }

    @inline(__always)
    func state(_ lane: (FloatView) -> Lane) -> State { (lane(means), lane(squares), largestSquares.map(lane) ?? Lane(repeating: 0)) }

    @inline(__always)
    func store(_ state: State, _ store: (FloatView, Lane) -> Void) {
        store(means, state.mean)
        store(squares, state.square)
        if let largestSquares { store(largestSquares, state.largest) }
    }

    @inline(__always)
    func updated(_ parameter: Lane, _ gradient: Lane, _ state: State, _ factors: RangeFactors) -> (parameter: Lane, state: State) {
        let slope = isDecoupled ? gradient * gradientScale : laneFMA(factors.decay, parameter, gradient * gradientScale)
        let kept = isDecoupled ? laneFMA(factors.decay, parameter, parameter) : parameter
        // Adding 0 turns -0 to 0: whether a share without a token adds 0 or nothing must leave no trace.
        let mean = laneFMA(state.mean, beta1, slope * beta1Rest) + Lane(repeating: 0)
        let square = laneFMA(state.square, beta2, slope * slope * beta2Rest)
        let largest = laneMaximum(square, state.largest)
        let root = laneFMA(laneSquareRoot(largestSquares == nil ? square : largest), rootScale, epsilon)
        return (laneFMA(factors.rate, mean / root, kept), (mean, square, largest))
    }

    @inline(__always)
    func extend(_ extent: inout Extent, parameter: Lane, state: State) {
        extent.add(parameter: parameter, state: state.mean)
        extent.requireFinite(state.square)
    }

    func bounds(after bounds: UpdateBounds, gradientBound: Double) -> UpdateBounds {
        let decayed = abs(Double(factors.decay[0])) * bounds.parameter
        let slope = isDecoupled ? gradientBound : gradientBound + decayed
        // The norm and the mean are rounded.
        let mean = 1.0001 * (decay * bounds.state + (1 - decay) * slope)
        let change = mean * greatestChange + (isDecoupled ? decayed : 0)
        return UpdateBounds(state: mean, parameter: bounds.parameter + change, intermediate: max(change, slope * slope))
    }
}
