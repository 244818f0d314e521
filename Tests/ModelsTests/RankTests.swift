import Batches
import CVector
import Kernels
import Layers
import Models
import ReferenceModel
import Testing

@Suite("Bits and ranks")
struct RankTests {
    /// The fixed tree over ranks' gradients, level by level: neighbours in pairs, an odd one moving up as it is.
    private func treeSum(_ gradients: [[Float]]) -> [Float] {
        // As wherever gradients are added: denormal sums are 0.
        let before = flushDenormals()
        defer { restoreFloatingPoint(before) }
        var level = gradients
        while level.count > 1 {
            level = stride(from: 0, to: level.count, by: 2).map { first in
                first + 1 < level.count ? zip(level[first], level[first + 1]).map { $0 + $1 } : level[first]
            }
        }
        return level[0]
    }

    /// Each rank's pass over its own share, with a network of its own.
    private func passes(
        _ example: Example, _ plan: ShardPlan, _ precision: Precision, _ gates: GateMode, _ embedding: EmbeddingGradient
    ) throws -> [Pass] {
        let sequences = example.sequences()
        let count = example.lengths.count
        return try (0..<plan.rankCount).map { rank in
            let places = plan.places(ofRank: rank, sequenceCount: count)
            let network = Setting(threads: 1 + rank % 3, precision: precision, gates: gates, embedding: embedding).network(example.shape)
            let parameters = try example.model().flatParameters(network.layout)
            return network.pass(
                sequences.batch(places: places), parameters: parameters.view, divisor: sequences.targetCount,
                shards: plan.localShards(ofRank: rank, sequenceCount: count), state: sequences.state(places: places, shape: example.shape))
        }
    }

    @Test("Ranks' gradients, summed in the tree, have the bits of one rank's; their losses and states are its", arguments: bitExamples, Precision.all)
    func ranksLeaveNoTrace(example: Example, precision: Precision) throws {
        for (shardCount, embedding) in [1, 3, 6, 8].flatMap({ count in example.embeddingGradients.map { (count, $0) } }) {
            let wanted = try example.pass(Setting(precision: precision, shardCount: shardCount, embedding: embedding))
            for rankCount in ShardPlan.allowedRankCounts(shardCount: shardCount) {
                for gates in GateMode.allCases {
                    let found = try passes(example, ShardPlan(shardCount: shardCount, rankCount: rankCount), precision, gates, embedding)
                    let name = "\(rankCount) ranks, \(shardCount) shards, \(gates), embedding \(embedding)"
                    #expect(Bits(treeSum(found.map(\.gradient))) == Bits(wanted.gradient), "\(name)")
                    #expect(found.flatMap(\.losses.sums) == wanted.losses.sums, "\(name)")
                    #expect(found.flatMap(\.losses.rightCounts) == wanted.losses.rightCounts, "\(name)")
                    #expect(found.flatMap(\.losses.absoluteErrors) == wanted.losses.absoluteErrors, "\(name)")
                    #expect(Bits(found.flatMap(\.states)) == Bits(wanted.states), "\(name)")
                }
            }
        }
    }

    @Test("Gradients that underflow have the same bits, signs of zeros too, on any number of ranks and threads", arguments: 1...15, Precision.all)
    func underflow(seed: Int, precision: Precision) throws {
        let inputs: [ReferenceModel.InputLayer] = [.vectors(width: 3), .embedding(vocabulary: 4, width: 2), .oneHot(vocabulary: 3)]
        for (place, (inputLayer, head)) in zip(inputs, [Example.Head.tokenEveryStep, .classAtEnd, .tokenEveryStep]).enumerated() {
            let example = Example(
                cell: ReferenceModel.Cell.allCases[(seed + place) % ReferenceModel.Cell.allCases.count], inputLayer: inputLayer, hidden: 5, layers: 2, lengths: [9, 2, 14, 5, 11, 3, 14, 8], head: head, seed: UInt64(seed))
            for exponent in [54, 58, 62] {
                let divisor = 1 << exponent
                let whole = try ShardPlan(shardCount: 8, rankCount: 1)
                let wanted = try example.tinyPass(Setting(precision: precision), divisor: divisor, plan: whole).gradient
                for gates in GateMode.allCases {
                    let found = try example.tinyPass(Setting(threads: 2, precision: precision, gates: gates), divisor: divisor, plan: whole, extraTime: 3).gradient
                    #expect(Bits(found) == Bits(wanted), "two threads, \(gates), 2^\(exponent)")
                }
                for rankCount in [2, 8] {
                    let plan = try ShardPlan(shardCount: 8, rankCount: rankCount)
                    let gradients = try (0..<rankCount).map { try example.tinyPass(Setting(precision: precision), divisor: divisor, plan: plan, rank: $0).gradient }
                    #expect(Bits(treeSum(gradients)) == Bits(wanted), "\(rankCount) ranks, 2^\(exponent)")
                }
            }
        }
    }

    @Test("A rank without a sequence adds zeros, and no loss")
    func emptyShare() throws {
        let example = bitExamples[0]
        let network = Setting(threads: 2).network(example.shape)
        let parameters = try example.model().flatParameters(network.layout)
        let found = network.pass(
            example.sequences().batch(places: 0..<0), parameters: parameters.view, divisor: 10, shards: [0..<0, 0..<0])
        #expect(Bits(found.gradient) == Bits(Array(repeating: 0, count: network.layout.count)))
        #expect(found.losses == SequenceLosses(sequenceCount: 0))
    }
}
