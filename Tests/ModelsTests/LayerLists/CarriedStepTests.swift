import Batches
import Kernels
import Layers
import Models
import Testing

@Suite("Convolutions over texts in parts")
struct CarriedStepTests {
    private static let layers: [LayerDescription] = [
        .convolution(ConvolutionDescription(channels: 9, width: 3, dilation: 2, padding: .causal, activation: .tanh)),
        .temporalBlock(TemporalBlockDescription(channels: 6, width: 2, dilation: 3)), .recurrent(RecurrentDescription(cell: .gru, hidden: 5)),
        .convolution(ConvolutionDescription(channels: 4, width: 2, padding: .causal)),
    ]
    private static let shape = ModelDescription(
        input: .embedding(vocabularyCount: 7, width: 5), layers: layers, outputs: 7, head: .everyStep, loss: .crossEntropy, initialization: .pyTorch)
    private static let (timeCount, sequenceCount) = (13, 3)

    private static func batch(_ times: Range<Int>) -> Batch {
        let rows = times.flatMap { time in (0..<sequenceCount).map { Int32((time * 5 + $0 * 3 + time * time) % 7) } }
        return Batch(
            timeCount: times.count, lengths: Array(repeating: times.count, count: sequenceCount), input: .tokens(rows), target: .tokenEveryStep(rows),
            globalIndices: Array(0..<sequenceCount))
    }

    /// Scores of all time steps, and the final states.
    private static func scores(partLength: Int, _ setting: Setting) -> (scores: [Float], states: [Float]) {
        let network = setting.network(shape)
        let parameters = FloatMemory(count: network.layout.count)
        shape.initialize(parameters.view, seed: 3)
        network.load(parameters.view)
        let state = RecurrentState(network.plan.state, sequenceCount: sequenceCount)
        var scores: [Float] = []
        for first in stride(from: 0, to: timeCount, by: partLength) {
            let batch = batch(first..<min(first + partLength, timeCount))
            network.forward(batch, state: state)
            network.score(batch)
            scores += (0..<batch.timeCount * sequenceCount).flatMap { network.outputs(row: $0).array() }
            network.advance(state, lengths: batch.lengths)
        }
        return (scores, state.values.array())
    }

    @Test("a text read in parts of any length gives what it gives as a whole, bit for bit", arguments: Precision.all, [1, 2, 3, 5, 12])
    func parts(precision: Precision, length: Int) {
        let setting = Setting(threads: 2, precision: precision)
        let (whole, found) = (Self.scores(partLength: Self.timeCount, setting), Self.scores(partLength: length, setting))
        #expect(Bits(found.scores) == Bits(whole.scores) && Bits(found.states) == Bits(whole.states))
        #expect(Set(whole.states).count > 20)
    }

    @Test("the state of a layer is what it can still look back on: of a convolution (width - 1)·dilation steps of its input")
    func layout() {
        // 4 steps of 5 numbers; 3 steps of 9 and of 6; 5 units; 1 step of 5.
        #expect(ModelPlan(Self.shape).state.count == 20 + 27 + 18 + 5 + 5)
    }

    @Test("a later part's gradient sees the steps carried to it as constants: its weights' gradients are those of the whole text's later targets alone")
    func gradientStops() throws {
        let only = ModelDescription(
            input: .embedding(vocabularyCount: 7, width: 5), layers: [Self.layers[0]], outputs: 7, head: .everyStep, loss: .crossEntropy, initialization: .pyTorch)
        let network = Setting().network(only)
        let parameters = FloatMemory(count: network.layout.count)
        only.initialize(parameters.view, seed: 3)
        let state = RecurrentState(network.plan.state, sequenceCount: Self.sequenceCount)
        network.load(parameters.view)
        network.forward(Self.batch(0..<8), state: state)
        network.advance(state, lengths: Array(repeating: 8, count: Self.sequenceCount))
        let shards = [0..<Self.sequenceCount]
        let later = network.pass(Self.batch(8..<13), parameters: parameters.view, divisor: 15, shards: shards, state: state)
        // The whole text, with targets in the later part only.
        var batch = Self.batch(0..<13)
        if case .tokenEveryStep(let targets) = batch.target {
            batch.target = .tokenEveryStep(targets.enumerated().map { $0 < 8 * Self.sequenceCount ? Batch.padding : $1 })
        }
        let whole = network.pass(batch, parameters: parameters.view, divisor: 15, shards: shards)
        for name in ["layers.0.weight", "layers.0.bias", "head.weight", "head.bias"] {
            let range = network.layout[name].range
            #expect(relativeDifference(Array(later.gradient[range]), whole.gradient[range].map(Double.init)) < 1e-6, "\(name)")
        }
        let embedding = network.layout["embedding.weight"].range
        #expect(later.gradient[embedding] != whole.gradient[embedding])
    }
}
