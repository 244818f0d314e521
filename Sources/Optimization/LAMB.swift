import CVector
public import Kernels
public import Threads

/// LAMB (You et al., "Large batch optimization for deep learning", ICLR 2020, algorithm 2): Adam's step, as long for each tensor as its weights are.
///
/// ```
/// m ← β₁·m + (1 - β₁)·gradient        v ← β₂·v + (1 - β₂)·gradient²
/// r ← m / (1 - β₁ᵗ) / (√v / √(1 - β₂ᵗ) + ε) + weightDecay·w
/// w ← w - rate · ‖w‖/‖r‖ · r                                        of each tensor its own norms
/// ```
///
/// The ratio ‖w‖/‖r‖ is 1 where either is 0, and for parameters that weight decay leaves out (biases), as in the authors' own program.
/// Both norms are summed in blocks of 4096 from the tensor's begin, so they don't depend on threads or vectors.
public struct LAMB: Optimizer, Equatable {
    public var beta1: Double
    public var beta2: Double
    public var epsilon: Double
    public var weightDecay: Double

    public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-6, weightDecay: Double = 0.01) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    /// The moving mean of gradients, and of their squares.
    public var stateNames: [String] { ["m", "v"] }
    public var isTensorwise: Bool { true }

    @discardableResult
    public func update(
        _ parameters: FloatView, gradient: FloatView, gradientScale: Float, gradientBound: Double = .infinity, learningRate: Double, state: OptimizerState,
        team: ThreadTeam
    ) -> Bool {
        var step = LAMBStep(self, state: state, learningRate: learningRate, gradientScale: gradientScale)
        guard step.measure(parameters, gradient: gradient, state, team: team) else { return false }
        return step.take(parameters, gradient: gradient, gradientBound: gradientBound * Double(gradientScale), state: state, team: team)
    }
}

/// One step's constants, as floats, and what is done with them to a vector of parameters.
private struct LAMBStep: ElementwiseStep {
    let factors: RangeFactors
    private let learningRate: Double
    private let means, squares: FloatView
    private let gradientScale, beta1, beta1Rest, beta2, beta2Rest, meanScale, rootScale, epsilon: Lane
    private let decay: Double
    /// ‖w‖/‖r‖ of each range, once `measure` has it.
    private var ratios: [Double] = []

    typealias State = (mean: Lane, square: Lane)

    init(_ lamb: LAMB, state: OptimizerState, learningRate: Double, gradientScale: Float) {
        func constant(_ value: Double) -> Lane { Lane(repeating: Float(value)) }
        let stepCount = state.stepCount + 1
        (means, squares) = (state.buffers[0], state.buffers[1])
        self.learningRate = learningRate
        factors = RangeFactors(decay: lamb.weightDecay, rate: -learningRate)
        self.gradientScale = Lane(repeating: gradientScale)
        beta1 = constant(lamb.beta1)
        beta1Rest = constant(1 - lamb.beta1)
        beta2 = constant(lamb.beta2)
        beta2Rest = constant(1 - lamb.beta2)
        meanScale = constant(1 / (1 - power(lamb.beta1, stepCount)))
        rootScale = constant(1 / (1 - power(lamb.beta2, stepCount)).squareRoot())
        epsilon = constant(lamb.epsilon)
        decay = lamb.beta1
    }

    /// Takes the norms of the weights and of their directions.
    /// - Returns: whether they are finite.
    mutating func measure(_ parameters: FloatView, gradient: FloatView, _ state: OptimizerState, team: ThreadTeam) -> Bool {
        let norms = state.lengthRatios ?? LengthRatios(state.ranges, threadCount: team.threadCount)
        state.lengthRatios = norms
        let step = self
        let ranges = state.ranges
        let isFinite = norms.measure(parameters, ranges, team: team) { block, range, directions in
            step.write(block, of: parameters, gradient, step.factors(isDecayed: ranges[range].isDecayed).decay, to: directions)
        }
        ratios = norms.ratios
        return isFinite
    }

    /// Writes a block's directions to the beginning of `directions`.
    private func write(_ block: Range<Int>, of parameters: FloatView, _ gradient: FloatView, _ decay: Lane, to directions: FloatView) {
        for index in stride(from: block.lowerBound, to: block.upperBound, by: laneCount) {
            let (direction, _) = direction(parameters.lane(at: index), gradient.lane(at: index), state { $0.lane(at: index) }, decay)
            directions.setLane(direction, at: index - block.lowerBound)
        }
    }

    func factors(ofRange index: Int, isDecayed: Bool) -> RangeFactors {
        var factors = factors(isDecayed: isDecayed)
        if isDecayed { factors.rate = Lane(repeating: Float(-learningRate * ratios[index])) }
        return factors
    }

    @inline(__always)
    func state(_ lane: (FloatView) -> Lane) -> State { (lane(means), lane(squares)) }

    @inline(__always)
    func store(_ state: State, _ store: (FloatView, Lane) -> Void) {
        store(means, state.mean)
        store(squares, state.square)
    }

    @inline(__always)
    private func direction(_ parameter: Lane, _ gradient: Lane, _ state: State, _ decay: Lane) -> (direction: Lane, state: State) {
        let slope = gradient * gradientScale
        // Adding 0 turns -0 to 0: whether a share without a token adds 0 or nothing must leave no trace.
        let mean = laneFMA(state.mean, beta1, slope * beta1Rest) + Lane(repeating: 0)
        let square = laneFMA(state.square, beta2, slope * slope * beta2Rest)
        let root = laneFMA(laneSquareRoot(square), rootScale, epsilon)
        return (laneFMA(decay, parameter, mean * meanScale / root), (mean, square))
    }

    @inline(__always)
    func updated(_ parameter: Lane, _ gradient: Lane, _ state: State, _ factors: RangeFactors) -> (parameter: Lane, state: State) {
        let (direction, state) = direction(parameter, gradient, state, factors.decay)
        return (laneFMA(factors.rate, direction, parameter), state)
    }

    @inline(__always)
    func extend(_ extent: inout Extent, parameter: Lane, state: State) {
        extent.add(parameter: parameter, state: state.mean)
        extent.requireFinite(state.square)
    }

    func bounds(after bounds: UpdateBounds, gradientBound: Double) -> UpdateBounds {
        // The norm and the mean are rounded.
        let mean = 1.0001 * (decay * bounds.state + (1 - decay) * gradientBound)
        let direction = mean * max(1, Double(meanScale[0])) / Double(epsilon[0]) + Double(factors.decay[0]) * bounds.parameter
        let rate = abs(learningRate) * max(1, ratios.max() ?? 1)
        return UpdateBounds(
            state: mean, parameter: bounds.parameter + rate * direction, intermediate: max(direction, rate, gradientBound * gradientBound))
    }
}

/// Of each range the ratio of two norms, that of its weights and that of its directions; with the memory that they are taken in.
final class LengthRatios {
    /// 1 where a norm is 0, and of ranges that weight decay leaves out.
    private(set) var ratios: [Double]
    private let weights, directions: RangeNorms
    private let threadCount: Int
    /// A block of directions a thread.
    private let scratch: FloatMemory

    init(_ ranges: [ParameterRange], threadCount: Int) {
        ratios = Array(repeating: 1, count: ranges.count)
        weights = RangeNorms(ranges.map(\.elements))
        directions = RangeNorms(ranges.map(\.elements))
        self.threadCount = threadCount
        scratch = FloatMemory(count: threadCount * RangeNorms.blockSize)
    }

    /// Sets ``ratios``.
    /// - Parameter write: writes a block's directions to the view, on the thread that has the block.
    /// - Returns: whether all are finite.
    func measure(
        _ parameters: FloatView, _ ranges: [ParameterRange], team: ThreadTeam, write: @Sendable (_ block: Range<Int>, _ range: Int, _ directions: FloatView) -> Void
    ) -> Bool {
        let scratch = scratch.view
        weights.measure(parameters, team: team)
        directions.measure(team) { block, range, share in
            let own = scratch.slice(from: share * RangeNorms.blockSize, count: RangeNorms.blockSize)
            write(block, range, own)
            return own.slice(from: 0, count: block.count).sumOfSquares()
        }
        for (index, range) in ranges.enumerated() where range.isDecayed {
            let (weight, direction) = (weights.norms[index], directions.norms[index])
            guard weight.isFinite && direction.isFinite else { return false }
            ratios[index] = weight > 0 && direction > 0 ? weight / direction : 1
        }
        return true
    }
}
