import CVector
public import Kernels
public import Scheduling

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

    /// One step: overwrites the parameters and the state. One pass over four buffers, shared out over the team.
    /// - Parameter gradientScale: the gradient counts times this (clipping).
    public func update(
        _ parameters: FloatView, gradient: FloatView, gradientScale: Float, learningRate: Double, state: AdamState, team: GateTeam
    ) {
        state.stepCount += 1
        let step = AdamStep(adam: self, stepCount: state.stepCount, learningRate: learningRate, gradientScale: gradientScale)
        let (first, second) = (state.firstMoment, state.secondMoment)
        let vectors = (parameters.count + laneCount - 1) / laneCount
        team.run(taskCount: team.threadCount) { block in
            let range = team.tasks(ofShare: block, taskCount: vectors)
            for vector in range {
                let index = vector * laneCount
                if index + laneCount <= parameters.count {
                    step.update(parameters, gradient, first, second, at: index)
                } else {
                    step.updateTail(parameters, gradient, first, second, from: index)
                }
            }
        }
    }
}

/// Adam's memory: two moments in the layout of the parameters, and the steps taken.
public final class AdamState {
    private let firstMemory: FloatMemory
    private let secondMemory: FloatMemory
    public var stepCount = 0

    init(count: Int) {
        firstMemory = FloatMemory(count: count)
        secondMemory = FloatMemory(count: count)
    }

    /// m: the gradients' moving mean.
    public var firstMoment: FloatView { firstMemory.view }
    /// v: the moving mean of their squares.
    public var secondMoment: FloatView { secondMemory.view }
}

/// One step's constants, as floats, and what is done with them to a vector of parameters.
private struct AdamStep {
    private let gradientScale, beta1, beta1Rest, beta2, beta2Rest, rate, rootScale, epsilon: Lane

    init(adam: Adam, stepCount: Int, learningRate: Double, gradientScale: Float) {
        func constant(_ value: Double) -> Lane { Lane(repeating: Float(value)) }
        self.gradientScale = Lane(repeating: gradientScale)
        beta1 = constant(adam.beta1)
        beta1Rest = constant(1 - adam.beta1)
        beta2 = constant(adam.beta2)
        beta2Rest = constant(1 - adam.beta2)
        rate = constant(-learningRate / (1 - power(adam.beta1, stepCount)))
        rootScale = constant(1 / (1 - power(adam.beta2, stepCount)).squareRoot())
        epsilon = constant(adam.epsilon)
    }

    @inline(__always)
    private func updated(_ parameter: Lane, _ gradient: Lane, _ first: Lane, _ second: Lane) -> (Lane, Lane, Lane) {
        let scaled = gradient * gradientScale
        // Adding 0 turns -0 to 0: whether a share without a token adds 0 or nothing must leave no trace.
        let mean = laneFMA(first, beta1, scaled * beta1Rest) + Lane(repeating: 0)
        let square = laneFMA(second, beta2, scaled * scaled * beta2Rest)
        let root = laneFMA(laneSquareRoot(square), rootScale, epsilon)
        return (laneFMA(rate, mean / root, parameter), mean, square)
    }

    @inline(__always)
    func update(_ parameters: FloatView, _ gradient: FloatView, _ first: FloatView, _ second: FloatView, at index: Int) {
        let (parameter, mean, square) = updated(
            parameters.lane(at: index), gradient.lane(at: index), first.lane(at: index), second.lane(at: index))
        parameters.setLane(parameter, at: index)
        first.setLane(mean, at: index)
        second.setLane(square, at: index)
    }

    /// The last parameters, fewer than a vector.
    func updateTail(_ parameters: FloatView, _ gradient: FloatView, _ first: FloatView, _ second: FloatView, from start: Int) {
        func tail(_ floats: FloatView) -> Lane {
            var lane = Lane(repeating: 0)
            for index in start..<floats.count { lane[index - start] = floats[index] }
            return lane
        }
        let (parameter, mean, square) = updated(tail(parameters), tail(gradient), tail(first), tail(second))
        for index in start..<parameters.count {
            parameters[index] = parameter[index - start]
            first[index] = mean[index - start]
            second[index] = square[index - start]
        }
    }
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
