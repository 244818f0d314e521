import ReferenceModel
import Testing

@Suite("The reference's gradients")
struct GradientTests {
    @Test("Every gradient is the slope that central differences of the loss measure", arguments: Configuration.all)
    func matchesCentralDifferences(_ configuration: Configuration) throws {
        try checkSlopes(of: configuration, try configuration.model())
    }

    @Test("So is every gradient with label smoothing", arguments: Configuration.all)
    func labelSmoothing(_ configuration: Configuration) throws {
        var model = try configuration.model()
        model.labelSmoothing = 0.3
        try checkSlopes(of: configuration, model)
    }

    @Test("So is every gradient of the absolute, the Huber and the quantile error",
        arguments: Configuration.all.filter { $0.head == .vectorAtEnd }, [.absolute, .huber(delta: 0.5), .quantiles(interval: 0.8)] as [ReferenceModel.NumberLoss])
    func numberLosses(_ configuration: Configuration, loss: ReferenceModel.NumberLoss) throws {
        var model = try configuration.model()
        model.numberLoss = loss
        // The slope of the Huber error has a kink at δ, which differences across it round off.
        try checkSlopes(of: configuration, model, within: 1e-5)
    }

    private func checkSlopes(of configuration: Configuration, _ model: ReferenceModel, within bound: Double = 1e-10) throws {
        let (input, target, states) = configuration.batch()
        let gradients = try model.evaluate(input, target, from: states).gradients
        #expect(Set(gradients.keys) == Set(model.parameters.keys))
        var unmoved = true
        for (name, _) in model.parameterShapes {
            let gradient = try #require(gradients[name])
            let slopes = try slopes(of: name, in: model) { try $0.evaluate(input, target, from: states).loss }
            // 5-point differences with h = 1e-3 err by about h⁴ times the fifth derivative, and 1e-16/h of rounding.
            let difference = largestDifference(gradient, slopes)
            #expect(difference < bound, "\(name) of \(configuration): differs by \(difference)")
            if gradient.contains(where: { abs($0) > 1e-4 }) { unmoved = false }
        }
        #expect(!unmoved, "all gradients of \(configuration) are nearly zero, so that the test says little")
    }

    /// The slope of `loss` by each element of parameter `name`, by 5-point central differences.
    private func slopes(of name: String, in model: ReferenceModel, _ loss: (ReferenceModel) throws -> Double) throws -> [Double] {
        let h = 1e-3
        let values = try #require(model.parameters[name])
        return try values.indices.map { index in
            func moved(by offset: Double) throws -> Double {
                var neighbour = model
                neighbour.parameters[name]?[index] = values[index] + offset
                return try loss(neighbour)
            }
            return try (8 * (moved(by: h) - moved(by: -h)) - (moved(by: 2 * h) - moved(by: -2 * h))) / (12 * h)
        }
    }

    @Test("The loss is the mean over all targets of the batch, not a mean of the sequences' means", arguments: Configuration.all)
    func lossIsMeanOverTargets(_ configuration: Configuration) throws {
        let (input, target, states) = configuration.batch()
        let evaluation = try configuration.model().evaluate(input, target, from: states)
        let asked =
            switch configuration.head {
            case .tokenEveryStep: configuration.lengths.reduce(0, +) - (configuration.lengths[0] > 1 ? 1 : 0)
            case .classAtEnd: configuration.lengths.count
            case .vectorAtEnd: configuration.lengths.count * configuration.outputs
            }
        #expect(evaluation.targetCount == asked)
        #expect(abs(evaluation.loss - evaluation.lossPerSequence.reduce(0, +) / Double(asked)) < 1e-15)
    }

    @Test("Outputs whose exponentials overflow still give a finite loss and gradient")
    func hugeOutputsStayFinite() throws {
        var model = try ReferenceModel(inputLayer: .vectors(width: 1), hidden: 1, layers: 1, outputs: 2, seed: 19)
        model.parameters["head.weight"] = [0, 0]
        model.parameters["head.bias"] = [2000, 0]
        let evaluation = try model.evaluate(.vectors([[[1]]]), .classAtEnd([1]))
        #expect(evaluation.loss == 2000)
        #expect(evaluation.gradients["head.bias"] == [1, -1])
    }
}
