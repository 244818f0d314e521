import Kernels
import Optimization
import PythonEnvironment
import ReferenceModel
import Testing

@Suite("SGD")
struct SGDTests {
    static let variants = [
        SGD(), SGD(weightDecay: 0.01), SGD(momentum: 0.9), SGD(momentum: 0.5, weightDecay: 0.1), SGD(momentum: 0.9, isNesterov: true),
        SGD(momentum: 0.75, isNesterov: true, weightDecay: 1e-4),
    ]
    private static let stepCount = 10
    private static let learningRate = 0.01

    private static func starts(count: Int) -> (parameters: [Float], gradients: [[Float]]) {
        var numbers = SeededNumbers(seed: UInt64(9100 + count))
        let parameters = numbers.uniform(count: count, within: 1).map(Float.init)
        return (parameters, (0..<stepCount).map { _ in numbers.floats(count: count, exponents: -12, 1) })
    }

    private static func trained(_ sgd: SGD, _ parameters: [Float], _ gradients: [[Float]]) -> (parameters: [Float], state: [[Float]]) {
        let buffers = Buffers(parameters)
        let state = sgd.initialState(count: parameters.count)
        for gradient in gradients {
            buffers.gradient.copy(gradient)
            sgd.update(buffers.parameters, gradient: buffers.gradient, gradientScale: 1, learningRate: learningRate, state: state, team: team(2))
        }
        return (buffers.parameters.array(), state.buffers.map { $0.array() })
    }

    private static func reference(_ sgd: SGD, _ parameters: [Float], _ gradients: [[Float]]) throws -> (parameters: [Double], buffer: [Double]?) {
        var wanted = ["w": parameters.map(Double.init)]
        var reference = ReferenceSGD(learningRate: learningRate, momentum: sgd.momentum, isNesterov: sgd.isNesterov, weightDecay: sgd.weightDecay)
        for gradient in gradients { try reference.update(&wanted, with: ["w": gradient.map(Double.init)]) }
        return (try #require(wanted["w"]), reference.buffers["w"])
    }

    /// Gradients are below 2, so velocities below 20 and parameters below 3: ten roundings of each, and the constants', are below 2e-6 and 2e-5.
    @Test("ten steps are the reference's within 2e-6, and the velocity within 2e-5", arguments: variants, [1, 7, 15, 16, 17, 1000])
    func matchesReference(sgd: SGD, count: Int) throws {
        let (parameters, gradients) = Self.starts(count: count)
        let found = Self.trained(sgd, parameters, gradients)
        let wanted = try Self.reference(sgd, parameters, gradients)
        #expect(largestDifference(found.parameters, wanted.parameters) < 2e-6)
        #expect(found.state.count == sgd.stateNames.count && (wanted.buffer == nil) == found.state.isEmpty)
        if let buffer = wanted.buffer { #expect(largestDifference(found.state[0], buffer) < 2e-5) }
    }

    @Test("the first step's velocity is the gradient, to the bit, as in PyTorch")
    func firstVelocity() {
        let (parameters, gradients) = Self.starts(count: 19)
        let found = Self.trained(SGD(momentum: 0.9), parameters, Array(gradients[..<1]))
        #expect(bits(found.state[0]) == bits(gradients[0]))
    }

    @Test("torch.optim.SGD takes the same steps", .enabled(if: Python.withLibraries != nil, Comment(rawValue: Python.missing)), arguments: variants)
    func torch(sgd: SGD) throws {
        let (parameters, gradients) = Self.starts(count: 33)
        let torch = try torchParameters(
            "SGD", ["lr": Self.learningRate, "momentum": sgd.momentum, "nesterov": sgd.isNesterov, "weight_decay": sgd.weightDecay], parameters, gradients)
        #expect(largestDifference(Self.trained(sgd, parameters, gradients).parameters, torch) < 2e-6)
        // Both in Double: a few roundings apart.
        let reference = try Self.reference(sgd, parameters, gradients).parameters
        #expect(zip(reference, torch).allSatisfy { abs($0 - $1) < 1e-14 } && reference.count == torch.count)
    }
}
