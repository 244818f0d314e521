import Batches
import Kernels
import Layers
import Models
import ReferenceModel
import Testing
import Threads

@Suite("Weight normalisation folded into the weights")
struct FoldedWeightsTests {
    @Test("The folded model has no lengths and the same outputs, bit for bit")
    func outputs() {
        var block = TemporalBlockDescription(channels: 6, width: 3, dilation: 2)
        block.hasWeightNorm = true
        let shape = ModelDescription(
            input: .vectors(width: 3), layers: [.temporalBlock(block), .recurrent(RecurrentDescription(cell: .lstm, hidden: 5))], outputs: 4, head: .lastStep,
            loss: .crossEntropy, initialization: .pyTorch)
        var random = SeededNumbers(seed: 71)
        let given = FloatMemory(count: ParameterLayout(shape).count)
        given.view.copy(random.reals(count: given.count, within: 1).map(Float.init))
        let (plain, parameters) = shape.folded(given.view)
        #expect(!ParameterLayout(plain).parameters.contains { $0.name.hasSuffix("weight_g") })
        #expect(parameters.count == given.count - 2 * 6)
        let folded = FloatMemory(count: parameters.count)
        folded.view.copy(parameters)
        let batch = Batch(
            timeCount: 7, lengths: [4, 7], input: .vectors(random.reals(count: 7 * 2 * 3, within: 1).map(Float.init), featureCount: 3), globalIndices: [0, 1])
        #expect(Bits(outputs(of: shape, given.view, batch)) == Bits(outputs(of: plain, folded.view, batch)))
        #expect(plain.folded(folded.view).shape == plain)
    }

    private func outputs(of shape: ModelDescription, _ parameters: FloatView, _ batch: Batch) -> [Float] {
        let model = Model(shape: shape, gates: .fused, team: ThreadTeam(threadCount: 1, spins: false))
        model.load(parameters)
        model.forward(batch)
        model.score(batch)
        return (0..<batch.sequenceCount).flatMap { model.outputs(row: $0).array() }
    }
}
