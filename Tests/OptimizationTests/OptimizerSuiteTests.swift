import Kernels
import Optimization
import ReferenceModel
import Testing

/// What holds for every optimizer: a new one is a line of the list.
@Suite("Every optimizer")
struct OptimizerSuiteTests {
    struct Subject: Sendable, CustomTestStringConvertible {
        let name: String
        let optimizer: any Optimizer
        var testDescription: String { name }
    }

    static let subjects = [
        Subject(name: "Adam", optimizer: Adam()),
        Subject(name: "Adam with weight decay", optimizer: Adam(weightDecay: 1e-3)),
        Subject(name: "SGD", optimizer: SGD()),
        Subject(name: "SGD with momentum", optimizer: SGD(momentum: 0.9)),
        Subject(name: "SGD with all", optimizer: SGD(momentum: 0.9, isNesterov: true, weightDecay: 1e-3)),
    ]
    private static let counts = [1, 7, 15, 16, 17, 1000]

    private static func starts(count: Int) -> (parameters: [Float], gradients: [[Float]]) {
        var numbers = SeededNumbers(seed: UInt64(9300 + count))
        let parameters = numbers.uniform(count: count, within: 1).map(Float.init)
        return (parameters, (0..<10).map { _ in numbers.floats(count: count, exponents: -12, 2) })
    }

    /// Parameters and state after steps with `gradients`, as bits.
    private static func trained(
        _ optimizer: any Optimizer, _ parameters: [Float], _ gradients: [[Float]], bound: Double = 1e4, threadCount: Int = 1, resumesAfter stop: Int? = nil
    ) -> [[UInt32]] {
        let buffers = Buffers(parameters)
        var state = optimizer.initialState(count: parameters.count)
        for (step, gradient) in gradients.enumerated() {
            if step == stop {
                let fresh = optimizer.initialState(count: parameters.count)
                for (new, old) in zip(fresh.buffers, state.buffers) { new.copy(old) }
                fresh.stepCount = state.stepCount
                state = fresh
            }
            buffers.gradient.copy(gradient)
            let isTaken = optimizer.update(
                buffers.parameters, gradient: buffers.gradient, gradientScale: 0.5, gradientBound: bound, learningRate: 0.01, state: state,
                team: team(threadCount))
            #expect(isTaken && state.stepCount == step + 1)
        }
        let isIntactBehind = buffers.isIntactBehind
        #expect(isIntactBehind, "something behind the last of \(parameters.count) parameters was overwritten")
        return [bits(buffers.parameters.array())] + state.buffers.map { bits($0.array()) }
    }

    @Test("threads, known or unknown bounds and a resume leave no trace", arguments: subjects, counts)
    func noTrace(subject: Subject, count: Int) {
        let (parameters, gradients) = Self.starts(count: count)
        let wanted = Self.trained(subject.optimizer, parameters, gradients)
        for threadCount in 2...4 { #expect(Self.trained(subject.optimizer, parameters, gradients, threadCount: threadCount) == wanted, "\(threadCount) threads") }
        #expect(Self.trained(subject.optimizer, parameters, gradients, bound: .infinity) == wanted)
        #expect(Self.trained(subject.optimizer, parameters, gradients, resumesAfter: 4) == wanted)
    }

    @Test("a parameter's bits don't depend on its place", arguments: subjects)
    func place(subject: Subject) {
        let (parameters, gradients) = Self.starts(count: 37)
        let together = Self.trained(subject.optimizer, parameters, gradients)
        for index in parameters.indices {
            let alone = Self.trained(subject.optimizer, [parameters[index]], gradients.map { [$0[index]] })
            #expect(alone == together.map { [$0[index]] }, "parameter \(index)")
        }
    }

    @Test("a gradient of -0 leaves the same bits as one of 0, whatever the parameter", arguments: subjects)
    func negativeZero(subject: Subject) {
        let parameters: [Float] = [1, -1, 0, -0.0]
        let steps: [[Float]] = [[0, 0, 0, 0], [0.5, 0, 0, 0.5], [0, 0, 0, 0]]
        let positive = Self.trained(subject.optimizer, parameters, steps)
        #expect(Self.trained(subject.optimizer, parameters, steps.map { $0.map { $0 == 0 ? -0.0 : $0 } }) == positive)
    }

    @Test("where one element would become infinite or NaN, nothing changes", arguments: subjects, counts)
    func finite(subject: Subject, count: Int) {
        for (threadCount, place) in [(1, 0), (2, count - 1), (3, count / 2)] {
            var parameters = [Float](repeating: 0.5, count: count)
            parameters[place] = 3.3e38
            let buffers = Buffers(parameters)
            var gradient = [Float](repeating: 0.25, count: count)
            gradient[place] = -1
            buffers.gradient.copy(gradient)
            let state = subject.optimizer.initialState(count: count)
            for bound in [1e3, .infinity] {
                let isTaken = subject.optimizer.update(
                    buffers.parameters, gradient: buffers.gradient, gradientScale: 1, gradientBound: bound, learningRate: 1e38, state: state,
                    team: team(threadCount))
                let found = buffers.parameters.array()
                #expect(!isTaken && bits(found) == bits(parameters) && state.stepCount == 0, "bound \(bound), place \(place)")
                #expect(state.buffers.allSatisfy { $0.array().allSatisfy { $0 == 0 } })
            }
        }
    }

    @Test("a rate that fits the first steps is watched until it doesn't", arguments: subjects)
    func laterStep(subject: Subject) {
        let buffers = Buffers([1, 1])
        buffers.gradient.copy([1, 1])
        let state = subject.optimizer.initialState(count: 2)
        var takenCount = 0
        while takenCount < 100, subject.optimizer.update(
            buffers.parameters, gradient: buffers.gradient, gradientScale: 1, gradientBound: 1.5, learningRate: 3e37, state: state, team: team(1)) { takenCount += 1 }
        let found = buffers.parameters.array()
        #expect((1..<12).contains(takenCount) && found.allSatisfy(\.isFinite), "\(takenCount) steps, \(found)")
    }
}
