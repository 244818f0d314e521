import Kernels
import Optimization
import PythonEnvironment
import ReferenceModel
import Testing

@Suite("Adam")
struct AdamTests {
    static let counts = [1, 7, 8, 9, 15, 16, 17, 1000]
    private static let stepCount = 10
    private static let learningRate = 0.01

    /// Parameters, first and second moments after some steps with gradients that follow from `seed`.
    private struct Trained: Equatable {
        var parameters: [Float], first: [Float], second: [Float]
    }

    private static func starts(count: Int, seed: UInt64) -> (parameters: [Float], gradients: [[Float]]) {
        var numbers = SeededNumbers(seed: seed)
        let parameters = numbers.uniform(count: count, within: 1).map(Float.init)
        return (parameters, (0..<stepCount).map { _ in numbers.floats(count: count, exponents: -12, 4) })
    }

    private static func train(
        _ adam: Adam, parameters: [Float], gradients: [[Float]], gradientScale: Float = 1, threadCount: Int = 1
    ) -> Trained {
        let buffers = Buffers(parameters)
        let state = adam.initialState(count: parameters.count)
        let team = team(threadCount)
        for gradient in gradients {
            buffers.gradient.copy(gradient)
            adam.update(
                buffers.parameters, gradient: buffers.gradient, gradientScale: gradientScale, learningRate: learningRate, state: state, team: team)
        }
        let isIntactBehind = buffers.isIntactBehind
        #expect(isIntactBehind, "something behind the last of \(parameters.count) parameters was overwritten")
        #expect(state.stepCount == gradients.count)
        return Trained(parameters: buffers.parameters.array(), first: state.buffers[0].array(), second: state.buffers[1].array())
    }

    /// Float rounds a parameter below 2 by at most 2⁻²⁴ a step, so ten steps by 6e-7; the update itself, at most about the rate of 0.01, has some ten
    /// roundings more, a hundredth of that. Moments have a few roundings a step, relative to the largest gradient.
    @Test("ten steps with bias correction are the reference's within 1e-6", arguments: counts)
    func matchesReference(count: Int) throws {
        let seed = UInt64(7100 + count)
        let (parameters, gradients) = Self.starts(count: count, seed: seed)
        let found = Self.train(Adam(), parameters: parameters, gradients: gradients)
        var wanted = ["w": parameters.map(Double.init)]
        var reference = ReferenceAdam(learningRate: Self.learningRate)
        for gradient in gradients { try reference.update(&wanted, with: ["w": gradient.map(Double.init)]) }
        #expect(largestDifference(found.parameters, try #require(wanted["w"])) < 1e-6, "seed \(seed)")
        #expect(largestDifference(found.first, try #require(reference.m["w"])) < 16 * 1e-6, "seed \(seed)")
        #expect(largestDifference(found.second, try #require(reference.v["w"])) < 256 * 1e-6, "seed \(seed)")
    }

    /// Where the slope is near 0 a rounding of it is large beside it, and Adam's first steps are of its sign: 0.01 a step.
    @Test("weight decay is torch.optim.Adam's", .enabled(if: Python.withLibraries != nil, Comment(rawValue: Python.missing)), arguments: [0.0, 0.01, 0.5])
    func weightDecay(decay: Double) throws {
        let (parameters, gradients) = Self.starts(count: 33, seed: 7150)
        let torch = try torchParameters("Adam", ["lr": Self.learningRate, "weight_decay": decay], parameters, gradients)
        #expect(largestDifference(Self.train(Adam(weightDecay: decay), parameters: parameters, gradients: gradients).parameters, torch) < 1e-5)
        var wanted = ["w": parameters.map(Double.init)]
        var reference = ReferenceAdam(learningRate: Self.learningRate, weightDecay: decay)
        for gradient in gradients { try reference.update(&wanted, with: ["w": gradient.map(Double.init)]) }
        #expect(zip(try #require(wanted["w"]), torch).allSatisfy { abs($0 - $1) < 1e-10 })
    }

    @Test("one thread, two and three give the same bits", arguments: counts)
    func threadsLeaveNoTrace(count: Int) {
        let (parameters, gradients) = Self.starts(count: count, seed: 7200)
        let one = Self.train(Adam(), parameters: parameters, gradients: gradients)
        for threadCount in [2, 3] {
            let several = Self.train(Adam(), parameters: parameters, gradients: gradients, threadCount: threadCount)
            #expect(several == one, "\(threadCount) threads")
        }
    }

    @Test("a parameter's bits don't depend on its place: in a vector, in the tail or alone")
    func placeLeavesNoTrace() {
        let (parameters, gradients) = Self.starts(count: 37, seed: 7300)
        let together = Self.train(Adam(), parameters: parameters, gradients: gradients)
        for index in parameters.indices {
            let alone = Self.train(Adam(), parameters: [parameters[index]], gradients: gradients.map { [$0[index]] })
            #expect(alone.parameters == [together.parameters[index]], "parameter \(index)")
            #expect(alone.first == [together.first[index]] && alone.second == [together.second[index]], "moments of parameter \(index)")
        }
    }

    @Test("the first step is the rate against the gradient's sign, whatever its size, and nothing where the gradient is 0")
    func firstStepIsTheRate() {
        let found = Self.train(Adam(), parameters: [1, 2, 3, 4], gradients: [[1000, -0.01, 0, 1e-3]])
        #expect(largestDifference(found.parameters, [0.99, 2.01, 3, 3.99]) < 1e-6)
        #expect(found.parameters[2] == 3)
    }

    @Test("a gradient of -0 leaves the same bits as one of 0")
    func negativeZeroLeavesNoTrace() {
        let positive = Self.train(Adam(), parameters: [1, -1], gradients: [[0, 0], [0.5, 0]])
        let negative = Self.train(Adam(), parameters: [1, -1], gradients: [[-0.0, -0.0], [0.5, -0.0]])
        #expect(bits(positive.parameters) == bits(negative.parameters))
        #expect(bits(positive.first) == bits(negative.first) && bits(positive.second) == bits(negative.second))
    }

    @Test("a gradient that is scaled by a power of two on the way is the scaled gradient, to the bit", arguments: [0.5, 0.125] as [Float])
    func scaleCounts(scale: Float) {
        let (parameters, gradients) = Self.starts(count: 19, seed: 7400)
        let onTheWay = Self.train(Adam(), parameters: parameters, gradients: gradients, gradientScale: scale)
        let before = Self.train(Adam(), parameters: parameters, gradients: gradients.map { $0.map { $0 * scale } })
        #expect(onTheWay == before)
    }

    @Test("a state goes on from its step: four steps and six are ten")
    func stateGoesOn() {
        let (parameters, gradients) = Self.starts(count: 33, seed: 7500)
        let adam = Adam(beta1: 0.8, beta2: 0.95, epsilon: 1e-6)
        let whole = Self.train(adam, parameters: parameters, gradients: gradients)
        let early = Self.train(adam, parameters: parameters, gradients: Array(gradients[..<4]))
        let buffers = Buffers(early.parameters)
        let state = adam.initialState(count: early.parameters.count)
        state.buffers[0].copy(early.first)
        state.buffers[1].copy(early.second)
        state.stepCount = 4
        for gradient in gradients[4...] {
            buffers.gradient.copy(gradient)
            adam.update(buffers.parameters, gradient: buffers.gradient, gradientScale: 1, learningRate: Self.learningRate, state: state, team: team(2))
        }
        let found = buffers.parameters.array()
        #expect(bits(found) == bits(whole.parameters))
    }
}

/// The largest difference of two lists; infinite if their lengths differ or a number is NaN.
func largestDifference(_ found: [Float], _ wanted: [Double]) -> Double {
    guard found.count == wanted.count else { return .infinity }
    return zip(found, wanted).reduce(0) { largest, pair in
        let difference = abs(Double(pair.0) - pair.1)
        return difference.isNaN ? .infinity : max(largest, difference)
    }
}
