import Kernels
import Optimization
import ReferenceModel
import Testing

@Suite("Adam and clipping against PyTorch's figures")
struct FigureTests {
    /// Gradients come from the reference at this run's own float parameters; PyTorch's are float64 throughout. Three roundings of parameters
    /// below 1 are 2e-7, and what they change in the next gradients is of that size.
    @Test("three steps of norm, clipping and Adam end at PyTorch's parameters within 1e-6")
    func threeSteps() throws {
        let figure = try Figures.load("torch-regression-at-end")
        let wanted = try #require(figure.adam)
        var model = try figure.model()
        let names = model.parameterShapes.map(\.name)
        let buffers = Buffers(names.flatMap { model.parameters[$0, default: []] }.map(Float.init))
        let adam = Adam(beta1: wanted.beta1, beta2: wanted.beta2, epsilon: wanted.epsilon)
        let state = adam.initialState(count: buffers.parameters.count)
        let team = team(2)
        let gradientNorm = GradientNorm(count: buffers.parameters.count, team: team)

        for step in 0..<wanted.stepCount {
            let gradients = try model.evaluate(figure.input(), figure.target(), from: figure.initialStates()).gradients
            buffers.gradient.copy(names.flatMap { gradients[$0, default: []] }.map(Float.init))
            let norm = gradientNorm.norm(of: buffers.gradient)
            #expect(abs(norm / wanted.norms[step] - 1) < 1e-5, "norm at step \(step)")
            adam.update(
                buffers.parameters, gradient: buffers.gradient, gradientScale: GradientNorm.scale(norm: norm, limit: wanted.maximumNorm),
                learningRate: wanted.learningRate, state: state, team: team)
            model.parameters = Self.named(buffers.parameters.array(), like: model)
        }

        #expect(wanted.norms.contains { $0 > wanted.maximumNorm } && wanted.norms.contains { $0 < wanted.maximumNorm })
        #expect(Set(wanted.parameters.keys) == Set(names))
        for (name, values) in wanted.parameters {
            let found = try #require(model.parameters[name]).map { Float($0) }
            #expect(largestDifference(found, values) < 1e-6, "\(name)")
        }
    }

    /// The flat buffer as parameters by name.
    private static func named(_ flat: [Float], like model: ReferenceModel) -> [String: [Double]] {
        var rest = flat[...]
        var parameters: [String: [Double]] = [:]
        for (name, shape) in model.parameterShapes {
            let count = shape.reduce(1, *)
            parameters[name] = rest.prefix(count).map(Double.init)
            rest = rest.dropFirst(count)
        }
        return parameters
    }
}
