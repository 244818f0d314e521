import Kernels
import Optimization
import ReferenceModel
import Testing

@Suite("Optimizers against PyTorch's and Keras's figures, and against Double")
struct StepFigureTests {
    private static func trained(
        _ optimizer: any Optimizer, _ ranges: [ParameterRange], _ parameters: [Float], _ gradients: [[Float]], learningRate: Double, threadCount: Int = 2
    ) -> [Float] {
        let buffers = Buffers(parameters)
        let state = optimizer.initialState(of: ranges)
        let team = team(threadCount)
        for gradient in gradients {
            buffers.gradient.copy(gradient)
            let isTaken = optimizer.update(
                buffers.parameters, gradient: buffers.gradient, gradientScale: 1, gradientBound: 100, learningRate: learningRate, state: state, team: team)
            #expect(isTaken)
        }
        let isIntactBehind = buffers.isIntactBehind
        #expect(isIntactBehind)
        return buffers.parameters.array()
    }

    /// Parameters are below 4, where float32 rounds by at most 2⁻²³: 24 steps by 3e-6. A step's own roundings are some 2⁻²¹ of it, and no step is above 0.4.
    @Test("24 steps end at the figures' parameters within 4e-6, with weight decay of all parameters or of the matrix alone")
    func figures() throws {
        let figures = try StepFigures.load()
        #expect(Set(figures.figures.map(\.algorithm)) == ["adam", "adamw", "sgd", "rmsprop", "adagrad", "nadam", "lamb"])
        for figure in figures.figures {
            let found = Self.trained(
                try #require(figure.optimizer), figures.ranges(of: figure), figures.parameters.map(Float.init), figures.gradients.map { $0.map(Float.init) },
                learningRate: figure.learningRate)
            let difference = largestDifference(found, figure.parameters)
            #expect(difference < 4e-6, "\(figure): \(difference)")
        }
    }

    @Test("the formulas in Double end at the figures' parameters within 1e-12, NAdam within 1e-9")
    func reference() throws {
        let figures = try StepFigures.load()
        for figure in figures.figures {
            guard let formula = figure.formula else { continue }
            var rule = ReferenceRule(
                formula, rate: figure.learningRate, weightDecay: figure.settings.weightDecay ?? 0,
                tensors: figures.ranges(of: figure).map { ($0.elements, $0.isDecayed) })
            var parameters = figures.parameters
            for gradient in figures.gradients { rule.update(&parameters, with: gradient) }
            let difference = zip(parameters, figure.parameters).reduce(0) { max($0, abs($1.0 - $1.1)) }
            // PyTorch has NAdam's product of coefficients in float32.
            #expect(difference < (figure.algorithm == "nadam" ? 1e-9 : 1e-12), "\(figure): \(difference)")
        }
    }

    /// Gradients are at least 2⁻⁸, so that no root is near 0; a step is at most 10 times the rate. Roundings as above.
    @Test("ten steps are those in Double within 3e-6, for counts around the vector's", arguments: [1, 7, 15, 16, 17, 1000, 9001])
    func counts(count: Int) throws {
        var numbers = SeededNumbers(seed: UInt64(9700 + count))
        let parameters = numbers.uniform(count: count, within: 1).map(Float.init)
        let gradients = (0..<10).map { _ in numbers.floats(count: count, exponents: -8, 2) }
        for figure in try StepFigures.load().figures {
            guard let formula = figure.formula else { continue }
            let place = count * 2 / 3
            let ranges = [ParameterRange(0..<place, isDecayed: true), ParameterRange(place..<count, isDecayed: figure.decayed == "all")]
            let found = Self.trained(try #require(figure.optimizer), ranges, parameters, gradients, learningRate: 0.01)
            var rule = ReferenceRule(
                formula, rate: 0.01, weightDecay: figure.settings.weightDecay ?? 0, tensors: ranges.map { ($0.elements, $0.isDecayed) })
            var wanted = parameters.map(Double.init)
            for gradient in gradients { rule.update(&wanted, with: gradient.map(Double.init)) }
            let difference = largestDifference(found, wanted)
            #expect(difference < 3e-6, "\(figure): \(difference)")
        }
    }

    @Test("LAMB moves each tensor as if it were alone, with 1 to 4 threads, to the bit")
    func tensorsAlone() {
        var numbers = SeededNumbers(seed: 9800)
        let counts = [5, 4096, 3, 9000, 17]
        let parameters = counts.map { numbers.uniform(count: $0, within: 1).map(Float.init) }
        let gradients = (0..<4).map { _ in counts.map { numbers.floats(count: $0, exponents: -8, 2) } }
        var ranges: [ParameterRange] = []
        for (index, count) in counts.enumerated() {
            let start = ranges.last?.elements.upperBound ?? 0
            ranges.append(ParameterRange(start..<start + count, isDecayed: index != 2))
        }
        let lamb = LAMB(weightDecay: 0.1)
        let alone = counts.indices.flatMap { index in
            Self.trained(
                lamb, [ParameterRange(0..<counts[index], isDecayed: index != 2)], parameters[index], gradients.map { $0[index] }, learningRate: 0.01, threadCount: 1)
        }
        for threadCount in 1...4 {
            let together = Self.trained(lamb, ranges, parameters.flatMap { $0 }, gradients.map { $0.flatMap { $0 } }, learningRate: 0.01, threadCount: threadCount)
            #expect(bits(together) == bits(alone), "\(threadCount) threads")
        }
    }

    @Test("RMSprop's centered variance that rounds below 0 counts as 0: equal gradients leave finite parameters")
    func roundedVariance() {
        let rmsprop = RMSprop(alpha: 0.5, isCentered: true)
        let found = Self.trained(
            rmsprop, [ParameterRange(0..<40, isDecayed: true)], Array(repeating: 1, count: 40),
            (0..<60).map { _ in (0..<40).map { 0.1 + 0.037 * Float($0) } }, learningRate: 1e-9)
        let areFinite = found.allSatisfy(\.isFinite)
        #expect(areFinite)
    }
}
