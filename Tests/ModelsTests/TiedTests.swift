import Batches
import Kernels
import Layers
import Models
import Testing
import Threads

@Suite("Tied and frozen parameters")
struct TiedTests {
    private let team = ThreadTeam(threadCount: 2, spins: false)

    private var shape: ModelDescription {
        var shape = ModelDescription(
            input: .embedding(vocabularyCount: 7, width: 5), hidden: 5, layerCount: 1, outputs: 7, head: .everyStep, loss: .crossEntropy,
            initialization: .pyTorch)
        shape.isTied = true
        return shape
    }

    private let batch = Batch(
        timeCount: 4, lengths: [4, 3, 4], input: .tokens([0, 3, 6, 1, 1, 2, 5, 5, 0, 2, -1, 4]),
        target: .tokenEveryStep([1, 5, 0, 2, 6, 6, 3, 0, 1, 4, -1, 2]), globalIndices: [0, 1, 2])

    /// Loss at `parameters`, whose copy is brought up to date first.
    private func loss(_ model: Model, _ parameters: FloatView) -> Double {
        model.layout.copyTied(in: parameters)
        model.load(parameters)
        model.forward(batch)
        return model.loss(batch, divisor: 1).sums.reduce(0, +)
    }

    @Test("the embedding's gradient is that of both uses: central differences; the copy has none of its own")
    func differences() {
        let model = Model(shape: shape, gates: .fused, team: team)
        let parameters = FloatMemory(count: model.layout.count)
        let gradient = FloatMemory(count: model.layout.count)
        shape.initialize(parameters.view, seed: 3)
        _ = loss(model, parameters.view)
        model.backward(batch, shards: [0..<2, 2..<3], gradient: gradient.view)
        model.layout.finish(gradient: gradient.view, team: team)
        #expect(model.layout["head.weight"].view(in: gradient.view).array().allSatisfy { $0 == 0 })
        let embedding = model.layout["embedding.weight"]
        for element in stride(from: 0, to: embedding.count, by: 3) {
            let place = embedding.offset + element
            let value = parameters.view[place]
            let step: Float = 0.01
            parameters.view[place] = value + step
            let above = loss(model, parameters.view)
            parameters.view[place] = value - step
            let below = loss(model, parameters.view)
            parameters.view[place] = value
            let wanted = (above - below) / (2 * Double(step))
            #expect(abs(Double(gradient.view[place]) - wanted) < 2e-3 * max(1, abs(wanted)), "element \(element)")
        }
    }

    @Test("a copy has its source's bits")
    func copies() {
        let layout = ParameterLayout(shape)
        let parameters = FloatMemory(count: layout.count)
        shape.initialize(parameters.view, seed: 4)
        layout["embedding.weight"].view(in: parameters.view)[8] = .pi
        layout.copyTied(in: parameters.view)
        #expect(layout["head.weight"].view(in: parameters.view).array() == layout["embedding.weight"].view(in: parameters.view).array())
        #expect(layout["head.weight"].tiedTo == "embedding.weight" && !layout["head.weight"].isTrained)
    }
}
