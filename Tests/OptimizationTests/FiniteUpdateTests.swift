import Kernels
import Optimization
import ReferenceModel
import Testing

@Suite("Adam takes no step that isn't finite")
struct FiniteUpdateTests {
    private static let counts = [1, 7, 15, 16, 17, 1000]

    @Test("where one element would become infinite or NaN, nothing changes, at any place and with any number of threads", arguments: counts)
    func nothingChanges(count: Int) {
        for (threadCount, place) in [(1, 0), (2, count - 1), (3, count / 2)] {
            var parameters = [Float](repeating: 0.5, count: count)
            parameters[place] = 3.3e38
            let buffers = Buffers(parameters)
            var gradient = [Float](repeating: 0.25, count: count)
            gradient[place] = -1
            buffers.gradient.copy(gradient)
            let state = Adam().initialState(count: count)
            // The first step is the rate against the gradient's sign.
            for (rate, bound) in [(3e37, 1e3), (3e37, .infinity), (1e38, 1e3)] {
                let isTaken = Adam().update(
                    buffers.parameters, gradient: buffers.gradient, gradientScale: 1, gradientBound: bound, learningRate: rate, state: state,
                    team: team(threadCount))
                let found = buffers.parameters.array()
                #expect(!isTaken && bits(found) == bits(parameters) && state.stepCount == 0, "rate \(rate), bound \(bound), place \(place)")
            }
            #expect(state.buffers[0].array().allSatisfy { $0 == 0 } && state.buffers[1].array().allSatisfy { $0 == 0 })
            let isTaken = Adam().update(
                buffers.parameters, gradient: buffers.gradient, gradientScale: 1, gradientBound: 1e3, learningRate: 1e36, state: state, team: team(threadCount))
            #expect(isTaken && state.stepCount == 1)
        }
    }

    @Test("steps whose bounds are known and steps that look first give the same bits", arguments: counts)
    func sameBits(count: Int) {
        var numbers = SeededNumbers(seed: UInt64(8100 + count))
        let parameters = numbers.uniform(count: count, within: 1).map(Float.init)
        let gradients = (0..<10).map { _ in numbers.floats(count: count, exponents: -12, 4) }
        func trained(bound: Double) -> [Float] {
            let buffers = Buffers(parameters)
            let state = Adam().initialState(count: count)
            for gradient in gradients {
                buffers.gradient.copy(gradient)
                let isTaken = Adam().update(
                    buffers.parameters, gradient: buffers.gradient, gradientScale: 0.5, gradientBound: bound, learningRate: 0.01, state: state, team: team(2))
                #expect(isTaken)
            }
            return buffers.parameters.array() + state.buffers[0].array() + state.buffers[1].array()
        }
        let (known, looked) = (trained(bound: 1e4), trained(bound: .infinity))
        #expect(bits(known) == bits(looked))
    }

    @Test("a rate that fits the first steps is watched until it doesn't")
    func laterStep() {
        let buffers = Buffers([1, 1])
        buffers.gradient.copy([1, 1])
        let state = Adam().initialState(count: 2)
        var takenCount = 0
        while takenCount < 20, Adam().update(
            buffers.parameters, gradient: buffers.gradient, gradientScale: 1, gradientBound: 1.5, learningRate: 3e37, state: state, team: team(1)) { takenCount += 1 }
        let found = buffers.parameters.array()
        #expect(takenCount == 11 && found.allSatisfy(\.isFinite), "\(takenCount) steps, \(found)")
    }
}
