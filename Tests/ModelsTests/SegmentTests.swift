import Batches
import Kernels
import Layers
import Models
import Testing

@Suite("Bits and segments of time")
struct SegmentTests {
    @Test("Kept segment by segment, time steps give the same losses, gradient and states, with any number of threads", arguments: bitExamples, Precision.all)
    func segmentsLeaveNoTrace(example: Example, precision: Precision) throws {
        let longest = try #require(example.lengths.max())
        for embedding in example.embeddingGradients {
            for shardCount in [1, 3] {
                let wanted = try example.pass(Setting(precision: precision, shardCount: shardCount, embedding: embedding))
                for length in Set([1, 2, 3, longest / 2 + 1, longest - 1, longest, longest + 5]).sorted() where length > 0 {
                    for (threads, gates) in [(1, GateMode.fused), (2, .split), (3, .fused)] {
                        let setting = Setting(
                            threads: threads, precision: precision, gates: gates, shardCount: shardCount, embedding: embedding, segmentLength: length)
                        let found = try example.pass(setting)
                        #expect(found.losses == wanted.losses, "\(setting)")
                        #expect(Bits(found.gradient) == Bits(wanted.gradient), "\(setting)")
                        #expect(Bits(found.states) == Bits(wanted.states), "\(setting)")
                    }
                }
            }
        }
    }

    @Test("A share without a sequence moves no state on, after a share with some", arguments: [0, 2])
    func emptyAfterFull(segmentLength: Int) throws {
        let example = bitExamples[0]
        let network = Setting(segmentLength: segmentLength).network(example.shape)
        let parameters = try example.model().flatParameters(network.layout)
        network.load(parameters.view)
        network.forward(example.sequences().batch(places: 0..<3))
        let empty = RecurrentState(ModelPlan(example.shape).state, sequenceCount: 0)
        network.forward(example.sequences().batch(places: 0..<0), state: empty)
        network.advance(empty, lengths: [])
        #expect(empty.values.count == 0)
    }

    @Test("One network takes batches of other lengths and sizes after each other")
    func otherBatches() throws {
        let example = bitExamples[0]
        let network = Setting(segmentLength: 3).network(example.shape)
        let whole = Setting().network(example.shape)
        let parameters = try example.model().flatParameters(network.layout)
        let sequences = example.sequences()
        for places in [0..<9, 2..<4, 0..<1, 0..<9, 1..<8] {
            let batch = sequences.batch(places: places)
            let shards = [0..<1, 1..<places.count]
            let state = sequences.state(places: places, shape: example.shape)
            let found = network.pass(batch, parameters: parameters.view, divisor: 7, shards: shards, state: state, scores: false)
            let wanted = whole.pass(batch, parameters: parameters.view, divisor: 7, shards: shards, state: state)
            #expect(found.losses == wanted.losses && Bits(found.gradient + found.states) == Bits(wanted.gradient + wanted.states), "\(places)")
        }
    }
}
