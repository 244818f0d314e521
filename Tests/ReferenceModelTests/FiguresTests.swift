import ReferenceModel
import Testing

@Suite("The reference against figures of PyTorch and Keras")
struct FiguresTests {
    static let names = [
        "keras-class-at-end", "torch-class-at-end", "torch-embedding-every-step", "torch-gru-before-class-at-end",
        "torch-gru-before-embedding-every-step", "torch-gru-class-at-end", "torch-gru-embedding-every-step", "torch-gru-one-hot-every-step",
        "torch-lstm-coupled-peephole-embedding", "torch-lstm-hard-class-at-end", "torch-lstm-peephole-class-at-end", "torch-one-hot-every-step",
        "torch-regression-at-end", "torch-rnn-class-at-end", "torch-rnn-embedding-every-step", "torch-rnn-one-hot-every-step",
        "torch-rnn-relu-class-at-end", "torch-smoothed-every-step",
    ]

    /// PyTorch and Keras sum in another order than the reference, in the same 53 bits.
    private func bound(for name: String) -> Double { name.hasPrefix("keras") ? 1e-10 : 1e-12 }

    @Test("Every stored figure is named here")
    func allAreNamed() throws {
        #expect(try Figures.names() == Self.names)
    }

    @Test("Loss, outputs and states are the figure's", arguments: names)
    func forwardMatches(_ name: String) throws {
        let figure = try Figures.load(name)
        let found = try evaluation(of: figure)
        let bound = bound(for: name)
        #expect(largestDifference([found.loss], [figure.loss]) < bound)
        let pairs = [
            ("outputs", found.outputs, figure.outputs), ("last layer", found.lastLayerHidden, figure.lastLayerHidden),
            ("final h", found.finalStates.h, figure.finalStates.h), ("final c", found.finalStates.c, figure.finalStates.c),
        ]
        for (what, values, wanted) in pairs {
            #expect(values.map { $0.map(\.count) } == wanted.map { $0.map(\.count) }, "shape of \(what)")
            let difference = largestDifference(values.flatMap { $0.flatMap { $0 } }, wanted.flatMap { $0.flatMap { $0 } })
            #expect(difference < bound, "\(what) differ by \(difference)")
        }
    }

    @Test("Every gradient is the figure's", arguments: names)
    func gradientsMatch(_ name: String) throws {
        let figure = try Figures.load(name)
        let found = try evaluation(of: figure).gradients
        #expect(Set(found.keys) == Set(figure.gradients.keys))
        for (parameter, wanted) in figure.gradients {
            let difference = largestDifference(try #require(found[parameter]), wanted)
            #expect(difference < bound(for: name), "\(parameter) differs by \(difference)")
        }
    }

    @Test("A figure's shapes are the model's, and its numbers ones that Float holds", arguments: names)
    func shapesAndNumbersFit(_ name: String) throws {
        let figure = try Figures.load(name)
        let model = try figure.model()
        #expect(figure.shapes == Dictionary(uniqueKeysWithValues: model.parameterShapes.map { ($0.name, $0.shape) }))
        var numbers = figure.parameters.values.flatMap { $0 }
        if case .vectors(let vectors) = try figure.input() { numbers += vectors.flatMap { $0.flatMap { $0 } } }
        if case .vectorAtEnd(let vectors) = try figure.target() { numbers += vectors.flatMap { $0 } }
        if let states = try figure.initialStates() { numbers += (states.h + states.c).flatMap { $0.flatMap { $0 } } }
        #expect(numbers.allSatisfy { Double(Float($0)) == $0 })
    }

    @Test("Three steps of clipping and Adam end at PyTorch's parameters")
    func adamMatches() throws {
        let figure = try Figures.load("torch-regression-at-end")
        let wanted = try #require(figure.adam)
        #expect(wanted.norms.contains { $0 < wanted.maximumNorm } && wanted.norms.contains { $0 > wanted.maximumNorm })
        var model = try figure.model()
        var adam = ReferenceAdam(learningRate: wanted.learningRate, beta1: wanted.beta1, beta2: wanted.beta2, epsilon: wanted.epsilon)
        var losses: [Double] = [], norms: [Double] = []
        for _ in 0..<wanted.stepCount {
            var evaluation = try model.evaluate(figure.input(), figure.target(), from: figure.initialStates())
            losses.append(evaluation.loss)
            norms.append(ReferenceClipping.clip(&evaluation.gradients, toNorm: wanted.maximumNorm))
            try adam.update(&model.parameters, with: evaluation.gradients)
        }
        #expect(largestDifference(losses, wanted.losses) < 1e-12)
        #expect(largestDifference(norms, wanted.norms) < 1e-12)
        for (parameter, values) in wanted.parameters {
            let difference = largestDifference(try #require(model.parameters[parameter]), values)
            #expect(difference < 1e-12, "\(parameter) differs by \(difference)")
        }
    }

    @Test("A figure that isn't there is refused with its path")
    func missingFigure() throws {
        let error = #expect(throws: FiguresError.self) { try Figures.load("no-such-figure") }
        #expect(try #require(error).description.contains("Fixtures/no-such-figure.json"))
    }

    private func evaluation(of figure: Figures) throws -> ReferenceModel.Evaluation {
        try figure.model().evaluate(figure.input(), figure.target(), from: figure.initialStates())
    }
}
