import Batches
import Kernels
import Layers
import Models
import Testing

@Suite("Initial values")
struct InitializationTests {
    private func shape(_ initialization: ModelDescription.Initialization, hidden: Int = 37, layers: Int = 2) -> ModelDescription {
        ModelDescription(
            input: .embedding(vocabularyCount: 211, width: 19), hidden: hidden, layerCount: layers, outputs: 23, head: .everyStep,
            loss: .crossEntropy, initialization: initialization)
    }

    private func values(_ shape: ModelDescription, seed: UInt64) -> [Float] {
        let memory = FloatMemory(count: ParameterLayout(shape).count)
        memory.view.fill(.nan)
        shape.initialize(memory.view, seed: seed)
        return memory.view.array()
    }

    private func moments(_ values: some Collection<Float>) -> (mean: Double, deviation: Double) {
        let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
        return (mean, (values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(values.count)).squareRoot())
    }

    /// Uniform within ±limit: reached nearly, never passed, and with that distribution's mean and deviation to within five standard errors.
    private func expectUniform(_ values: ArraySlice<Float>, limit: Double, _ name: String) {
        let count = Double(values.count).squareRoot()
        #expect(values.allSatisfy { abs(Double($0)) <= Double(Float(limit)) }, "\(name) within \(limit)")
        let (mean, deviation) = moments(values)
        #expect(abs(mean) < 5 * 0.58 * limit / count, "mean of \(name)")
        #expect(abs(deviation / limit - 1 / 3.0.squareRoot()) < 5 * 0.26 / count, "deviation of \(name)")
        #expect(Set(values).count > values.count * 99 / 100, "\(name) repeats itself")
    }

    @Test("PyTorch's: uniform within 1/√hidden, but a normal embedding")
    func pyTorch() {
        let shape = shape(.pyTorch)
        let found = values(shape, seed: 5)
        for parameter in ParameterLayout(shape).parameters {
            if parameter.name == "embedding.weight" {
                let (mean, deviation) = moments(found[parameter.range])
                let count = Double(parameter.count).squareRoot()
                #expect(abs(mean) < 5 / count && abs(deviation - 1) < 5 / (2.0.squareRoot() * count))
                #expect(found[parameter.range].contains { abs($0) > 2.5 })
            } else {
                expectUniform(found[parameter.range], limit: 1 / 37.0.squareRoot(), parameter.name)
            }
        }
    }

    @Test("normalised weights begin as they would without: their directions are drawn as the weights, and have these lengths", arguments: ModelDescription.Initialization.allCases)
    func weightNorm(initialization: ModelDescription.Initialization) {
        var block = TemporalBlockDescription(channels: 40, width: 3)
        block.hasWeightNorm = true
        let shape = ModelDescription(
            input: .vectors(width: 7), layers: [.temporalBlock(block)], outputs: 3, head: .everyStep, loss: .crossEntropy, initialization: initialization)
        let (found, layout) = (values(shape, seed: 5), ParameterLayout(shape))
        for (name, inputs) in [("conv1", 21), ("conv2", 120)] {
            let (lengths, directions) = (found[layout["layers.0.\(name).weight_g"].range], Array(found[layout["layers.0.\(name).weight_v"].range]))
            let limit = initialization == .pyTorch ? 1 / Double(inputs).squareRoot() : initialization == .keras ? (6 / Double(120 + inputs)).squareRoot() : 0.1
            expectUniform(directions[...], limit: limit, name)
            for (channel, length) in lengths.enumerated() {
                let squares = directions[channel * inputs..<(channel + 1) * inputs].reduce(0) { $0 + Double($1) * Double($1) }
                #expect(length == Float(squares.squareRoot()), "\(name), channel \(channel)")
            }
        }
    }

    @Test("Keras's: Glorot's limits, biases of 0 but 1 for the forget gate, an embedding within 0.05")
    func keras() {
        let shape = shape(.keras)
        let found = values(shape, seed: 5)
        let layout = ParameterLayout(shape)
        expectUniform(found[layout["embedding.weight"].range], limit: 0.05, "embedding")
        expectUniform(found[layout["rnn.weight_ih_l0"].range], limit: (6 / (19.0 + 4 * 37)).squareRoot(), "first input weight")
        expectUniform(found[layout["rnn.weight_ih_l1"].range], limit: (6 / (37.0 + 4 * 37)).squareRoot(), "second input weight")
        expectUniform(found[layout["head.weight"].range], limit: (6 / (37.0 + 23)).squareRoot(), "head")
        for layer in 0..<2 {
            let bias = Array(found[layout["rnn.bias_ih_l\(layer)"].range])
            // Gates stand in the order input, forget, candidate, output.
            #expect(bias == (0..<4 * 37).map { (37..<74).contains($0) ? 1 : 0 })
            #expect(found[layout["rnn.bias_hh_l\(layer)"].range].allSatisfy { $0 == 0 })
        }
        #expect(found[layout["head.bias"].range].allSatisfy { $0 == 0 })
    }

    @Test("uniform: all weights and biases within the range; tied ones begin as the embedding")
    func uniform() {
        var shape = shape(.uniform)
        shape.initialRange = 0.25
        var found = values(shape, seed: 5)
        for parameter in ParameterLayout(shape).parameters { expectUniform(found[parameter.range], limit: 0.25, parameter.name) }
        shape.layers = [.recurrent(RecurrentDescription(cell: .lstm, hidden: 19))]
        (shape.outputs, shape.isTied, shape.initialization) = (211, true, .pyTorch)
        found = values(shape, seed: 5)
        let layout = ParameterLayout(shape)
        expectUniform(found[layout["embedding.weight"].range], limit: 0.1, "embedding")
        #expect(Bits(found[layout["head.weight"].range]) == Bits(found[layout["embedding.weight"].range]))
        #expect(layout.count - layout.distinctCount == 211 * 19)
    }

    @Test("A forget bias is added to the input bias of the gate that keeps the state in every layer, and to nothing else", arguments: [CellKind.lstm, .gru, .slstm])
    func forgetBias(cell: CellKind) {
        for initialization in [ModelDescription.Initialization.pyTorch, .keras] {
            var shape = shape(initialization)
            shape.layers = Array(repeating: .recurrent(RecurrentDescription(cell: cell, hidden: 37)), count: 2)
            let plain = values(shape, seed: 9)
            shape.layers = Array(repeating: .recurrent(RecurrentDescription(cell: cell, hidden: 37, forgetBias: 2.5)), count: 2)
            let found = values(shape, seed: 9)
            var wanted = plain
            for layer in 0..<2 {
                let first = ParameterLayout(shape)["rnn.bias_ih_l\(layer)"].offset + 37
                for element in first..<first + 37 { wanted[element] += 2.5 }
            }
            #expect(Bits(found) == Bits(wanted))
        }
    }

    @Test("Keras's recurrent weights have orthonormal columns", arguments: [1, 2, 37, 130], CellKind.allCases)
    func orthonormal(hidden: Int, cell: CellKind) {
        var shape = shape(.keras, hidden: hidden)
        shape.layers = Array(repeating: .recurrent(RecurrentDescription(cell: cell, hidden: hidden)), count: 2)
        let found = values(shape, seed: 6)
        for layer in 0..<2 {
            let weight = Array(found[ParameterLayout(shape)["rnn.weight_hh_l\(layer)"].range])
            var largest = 0.0
            for a in 0..<hidden {
                for b in a..<hidden {
                    let product = (0..<RecurrentDescription(cell: cell, hidden: hidden).gateCount * hidden).reduce(0) { $0 + Double(weight[$1 * hidden + a]) * Double(weight[$1 * hidden + b]) }
                    largest = max(largest, abs(product - (a == b ? 1 : 0)))
                }
            }
            #expect(largest < 1e-6, "layer \(layer)")
        }
    }

    @Test("They are a function of seed and shape: each seed has its own, each parameter too")
    func seeds() {
        for initialization in [ModelDescription.Initialization.pyTorch, .keras] {
            let shape = shape(initialization)
            let found = values(shape, seed: 7)
            #expect(found == values(shape, seed: 7))
            #expect(found != values(shape, seed: 8) && found != values(shape, seed: 7 + 1 << 32))
            let layout = ParameterLayout(shape)
            let (first, second) = (layout["rnn.weight_hh_l0"], layout["rnn.weight_hh_l1"])
            #expect(found[first.range] != found[second.range])
            // What stands below doesn't change with the layers above.
            let fewer = values(self.shape(initialization, layers: 1), seed: 7)
            #expect(Array(found[first.range]) == Array(fewer[first.range]))
        }
    }
}
