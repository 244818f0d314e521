import Batches
import Kernels
import Layers
import Models
import Testing

@Suite("Frozen embeddings")
struct FrozenEmbeddingTests {
    /// Lists over embedded symbols: the first layer reads tokens itself, or rows of a table, also through dropout.
    private static let lists = layerLists.filter { list in
        if case .tokens(_, let width) = list.input { width > 0 } else { false }
    }

    private func pass(_ list: LayerList, _ setting: Setting, isTrained: Bool) throws -> (pass: Pass, inputGradients: Int) {
        var shape = list.shape
        shape.trainsEmbedding = isTrained
        let network = setting.network(shape)
        let memory = FloatMemory(count: network.layout.count)
        memory.view.copy(list.parameters)
        let batch = list.batch()
        let pass = try network.pass(
            batch, parameters: memory.view, divisor: list.targetCount, shards: setting.shards(sequenceCount: batch.sequenceCount),
            scores: setting.segmentLength == 0, totals: BatchTotals(lengths: list.lengths), for: LayerList.training)
        return (pass, network.profile.multiplyAdds(of: .inputGradients))
    }

    @Test("have a gradient of 0; losses and all other gradients have the bits that they have beside a trained one", arguments: lists, Precision.all)
    func sameBits(list: LayerList, precision: Precision) throws {
        let segments = list.shape.takesSegments ? [0, 3] : [0]
        for segmentLength in segments {
            for order in [EmbeddingGradient.byRow, .byToken] {
                let setting = Setting(threads: 2, precision: precision, shardCount: 3, embedding: order, segmentLength: segmentLength)
                let (trained, frozen) = (try pass(list, setting, isTrained: true), try pass(list, setting, isTrained: false))
                let table = ModelPlan(list.shape).parameters["embedding.weight"].range
                #expect(frozen.pass.losses == trained.pass.losses)
                #expect(frozen.pass.gradient[table].allSatisfy { $0 == 0 } && trained.pass.gradient[table].contains { $0 != 0 })
                for others in [0..<table.lowerBound, table.upperBound..<trained.pass.gradient.count] {
                    #expect(Bits(Array(frozen.pass.gradient[others])) == Bits(Array(trained.pass.gradient[others])), "\(setting)")
                }
            }
        }
    }

    @Test("cost no product for their gradient", arguments: [false, true])
    func noProducts(isBidirectional: Bool) throws {
        var layer = RecurrentDescription(cell: .lstm, hidden: 9)
        layer.isBidirectional = isBidirectional
        let list = LayerList(name: "one layer", input: .tokens(vocabulary: 7, embedding: 5), layers: [.recurrent(layer)])
        #expect(try pass(list, Setting(), isTrained: true).inputGradients > 0)
        #expect(try pass(list, Setting(), isTrained: false).inputGradients == 0)
    }
}
