import CVector
import Kernels
import Threads

/// One step's constants, as floats, and what is done with them to a vector of parameters.
struct AdamStep {
    private let gradientScale, beta1, beta1Rest, beta2, beta2Rest, rate, rootScale, epsilon: Lane
    let decay: Double
    /// The most that a mean of size 1 can change a parameter.
    let greatestChange: Double

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
        decay = adam.beta1
        greatestChange = max(1, abs(Double(rate[0]))) / Double(epsilon[0])
    }

    @inline(__always)
    func updated(_ parameter: Lane, _ gradient: Lane, _ first: Lane, _ second: Lane) -> (Lane, Lane, Lane) {
        let scaled = gradient * gradientScale
        // Adding 0 turns -0 to 0: whether a share without a token adds 0 or nothing must leave no trace.
        let mean = laneFMA(first, beta1, scaled * beta1Rest) + Lane(repeating: 0)
        let square = laneFMA(second, beta2, scaled * scaled * beta2Rest)
        let root = laneFMA(laneSquareRoot(square), rootScale, epsilon)
        return (laneFMA(rate, mean / root, parameter), mean, square)
    }

    @inline(__always)
    private func update(_ parameters: FloatView, _ gradient: FloatView, _ first: FloatView, _ second: FloatView, at index: Int) {
        let (parameter, mean, square) = updated(
            parameters.lane(at: index), gradient.lane(at: index), first.lane(at: index), second.lane(at: index))
        parameters.setLane(parameter, at: index)
        first.setLane(mean, at: index)
        second.setLane(square, at: index)
    }

    /// The last elements, fewer than a vector, with zeros behind them.
    func tail(_ floats: FloatView, _ start: Int) -> Lane {
        var lane = Lane(repeating: 0)
        for index in start..<floats.count { lane[index - start] = floats[index] }
        return lane
    }

    /// The last parameters, fewer than a vector.
    private func updateTail(_ parameters: FloatView, _ gradient: FloatView, _ first: FloatView, _ second: FloatView, from start: Int) {
        let (parameter, mean, square) = updated(tail(parameters, start), tail(gradient, start), tail(first, start), tail(second, start))
        for index in start..<parameters.count {
            parameters[index] = parameter[index - start]
            first[index] = mean[index - start]
            second[index] = square[index - start]
        }
    }
}

/// What a step reads and writes.
struct AdamBuffers {
    let parameters, gradient, first, second: FloatView
}

extension AdamStep {
    func update(_ buffers: AdamBuffers, team: ThreadTeam) {
        let (parameters, gradient, first, second) = (buffers.parameters, buffers.gradient, buffers.first, buffers.second)
        let vectors = (parameters.count + laneCount - 1) / laneCount
        team.run(taskCount: team.threadCount) { block in
            for vector in team.tasks(ofShare: block, taskCount: vectors) {
                let index = vector * laneCount
                if index + laneCount <= parameters.count {
                    update(parameters, gradient, first, second, at: index)
                } else {
                    updateTail(parameters, gradient, first, second, from: index)
                }
            }
        }
    }
}
