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
        Subject(name: "AMSGrad", optimizer: Adam(weightDecay: 1e-3, isAMSGrad: true)),
        Subject(name: "AdamW", optimizer: AdamW(weightDecay: 0.1)),
        Subject(name: "AdamW with AMSGrad", optimizer: AdamW(weightDecay: 0.1, isAMSGrad: true)),
        Subject(name: "RMSprop", optimizer: RMSprop()),
        Subject(name: "RMSprop with all", optimizer: RMSprop(alpha: 0.9, momentum: 0.9, isCentered: true, weightDecay: 1e-3)),
        Subject(name: "Keras's RMSprop", optimizer: RMSprop(alpha: 0.9, epsilon: 1e-7, form: .keras)),
        Subject(name: "Keras's RMSprop with all", optimizer: RMSprop(epsilon: 1e-7, momentum: 0.9, isCentered: true, weightDecay: 1e-3, form: .keras)),
        Subject(name: "Adagrad", optimizer: Adagrad(weightDecay: 1e-3)),
        Subject(name: "NAdam", optimizer: NAdam(weightDecay: 1e-3)),
        Subject(name: "LAMB", optimizer: LAMB(weightDecay: 0.1)),
    ]
    private static let counts = [1, 7, 15, 16, 17, 1000]

    private static func starts(count: Int) -> (parameters: [Float], gradients: [[Float]]) {
        var numbers = SeededNumbers(seed: UInt64(9300 + count))
        let parameters = numbers.uniform(count: count, within: 1).map(Float.init)
        return (parameters, (0..<10).map { _ in numbers.floats(count: count, exponents: -12, 2) })
    }

    /// Parameters and state after steps with `gradients`, as bits.
    private static func trained(
        _ optimizer: any Optimizer, _ parameters: [Float], _ gradients: [[Float]], ranges: [ParameterRange]? = nil, bound: Double = 1e4, threadCount: Int = 1,
        resumesAfter stop: Int? = nil
    ) -> [[UInt32]] {
        let buffers = Buffers(parameters)
        let ranges = ranges ?? [ParameterRange(0..<parameters.count, isDecayed: true)]
        var state = optimizer.initialState(of: ranges)
        for (step, gradient) in gradients.enumerated() {
            if step == stop {
                let fresh = optimizer.initialState(of: ranges)
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

    /// Each with weight decay, and the same without it.
    private static let decays: [(with: any Optimizer, without: any Optimizer)] = [
        (Adam(weightDecay: 0.1), Adam()), (AdamW(weightDecay: 0.1), AdamW(weightDecay: 0)),
        (SGD(momentum: 0.9, weightDecay: 0.1), SGD(momentum: 0.9)), (RMSprop(momentum: 0.5, weightDecay: 0.1), RMSprop(momentum: 0.5)),
        (Adagrad(weightDecay: 0.1), Adagrad()), (NAdam(weightDecay: 0.1), NAdam()),
    ]

    @Test("ranges without weight decay move as without it, the others as with it, wherever they begin, with 1 to 4 threads", arguments: [1, 7, 16, 33, 100])
    func decayedRanges(place: Int) {
        let (parameters, gradients) = Self.starts(count: 150)
        let ends = [place, place + 15, place + 16, place + 17, 150]
        let ranges = ends.indices.map { ParameterRange(($0 == 0 ? 0 : ends[$0 - 1])..<ends[$0], isDecayed: $0 % 2 == 0) }
        for (with, without) in Self.decays {
            let (decayed, plain) = (Self.trained(with, parameters, gradients), Self.trained(without, parameters, gradients))
            let wanted = zip(decayed, plain).map { decayed, plain in ranges.flatMap { ($0.isDecayed ? decayed : plain)[$0.elements] } }
            #expect(decayed != plain)
            for threadCount in 1...4 {
                for bound in [1e4, .infinity] {
                    #expect(
                        Self.trained(with, parameters, gradients, ranges: ranges, bound: bound, threadCount: threadCount) == wanted,
                        "\(with), \(threadCount) threads, bound \(bound)")
                }
            }
        }
    }

    @Test("a parameter's bits don't depend on its place", arguments: subjects.filter { !$0.optimizer.isTensorwise })
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
        // Adagrad's steps shrink: their sum is twice the root of their number.
        #expect((1..<50).contains(takenCount) && found.allSatisfy(\.isFinite), "\(takenCount) steps, \(found)")
    }
}
