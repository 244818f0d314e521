import Kernels
import Layers
import Models
import ReferenceModel
import Testing

/// Examples on which bits are compared: each cell, each input, each head, units shared out among threads and not, ragged lengths.
let bitExamples: [Example] = ReferenceModel.Cell.allCases.enumerated().flatMap { index, cell in
    // A cell with other options has two of the examples.
    bitExamples(of: cell).enumerated().filter { cell.isUsual || $0.offset % 4 == index % 4 }.map(\.element)
} + mixedExamples

/// Layers of different cells and widths.
let mixedExamples: [Example] = [
    Example(
        cell: .gru, inputLayer: .embedding(vocabulary: 30, width: 6), hidden: 9, layers: 2,
        below: [RecurrentDescription(cell: .lstm, hidden: 21)], lengths: [6, 1, 9, 4, 4, 3], hasInitialStates: true, seed: 31),
    Example(
        inputLayer: .vectors(width: 3), hidden: 37,
        below: [RecurrentDescription(cell: .gru, hidden: 5), RecurrentDescription(cell: .lstm, hidden: 70)], lengths: [4, 6, 3, 5], head: .vectorAtEnd, seed: 32),
    Example(
        cell: .rnn, inputLayer: .oneHot(vocabulary: 12), hidden: 66,
        below: [RecurrentDescription(cell: .rnn, hidden: 18), RecurrentDescription(cell: .gru, hidden: 3)], lengths: [3, 5, 7, 2, 4], hasInitialStates: true, seed: 33),
]

func bitExamples(of cell: ReferenceModel.Cell) -> [Example] {
    plainExamples.map { example in
        var example = example
        example.cell = cell
        return example
    }
}

private let plainExamples: [Example] = [
    Example(inputLayer: .oneHot(vocabulary: 9), hidden: 7, layers: 2, lengths: [6, 1, 9, 4, 4, 3, 8, 2, 5], hasInitialStates: true, seed: 21),
    Example(inputLayer: .embedding(vocabulary: 6, width: 5), hidden: 17, layers: 3, outputs: 19, lengths: [3, 8, 8, 1, 2, 7], seed: 22),
    Example(inputLayer: .embedding(vocabulary: 90, width: 18), hidden: 33, lengths: [5, 6, 2, 2, 4], head: .classAtEnd, seed: 23),
    Example(inputLayer: .vectors(width: 3), hidden: 70, layers: 2, lengths: [4, 6, 3], head: .vectorAtEnd, hasInitialStates: true, seed: 24),
    Example(inputLayer: .vectors(width: 21), hidden: 131, lengths: [2, 3, 1, 4, 3, 3, 2, 5, 1, 2, 3, 1, 4], head: .vectorOfOneAtEnd, seed: 25),
    Example(inputLayer: .oneHot(vocabulary: 66), hidden: 5, outputs: 66, lengths: [40, 37, 40, 3, 25, 39, 40, 40, 12, 40], seed: 26),
    Example(inputLayer: .vectors(width: 2), hidden: 16, layers: 2, lengths: [5], head: .tokenEveryStep, initialization: .keras, seed: 27),
    Example(inputLayer: .embedding(vocabulary: 11, width: 4), hidden: 20, outputs: 400, lengths: [9, 30, 30, 2, 17, 30, 8], seed: 28),
]

extension Precision {
    static let all = [Precision.float32, .bfloat16]
}

@Suite("Bits and threads")
struct ThreadTests {
    @Test("Any number of threads, with fused gates or split, gives the same outputs, losses, gradient and states", arguments: bitExamples, Precision.all)
    func threadsLeaveNoTrace(example: Example, precision: Precision) throws {
        for shardCount in [1, 3, 8] {
            for embedding in example.embeddingGradients {
                let wanted = try example.pass(Setting(precision: precision, shardCount: shardCount, embedding: embedding))
                #expect(wanted.gradient.allSatisfy { $0.isFinite })
                for threads in [1, 2, 3, 5] {
                    for gates in GateMode.allCases {
                        let setting = Setting(threads: threads, precision: precision, gates: gates, shardCount: shardCount, embedding: embedding)
                        let found = try example.pass(setting)
                        #expect(found.losses == wanted.losses, "\(setting)")
                        #expect(found.bits == wanted.bits, "\(setting)")
                    }
                }
            }
        }
    }

    @Test("Shards change the order of the gradient's sum, and nothing of the forward pass")
    func shardsTouchTheGradientAlone() throws {
        for example in bitExamples where example.lengths.count > 3 {
            let one = try example.pass(Setting(shardCount: 1))
            let three = try example.pass(Setting(shardCount: 3))
            #expect(one.losses == three.losses && Bits(one.outputs.joined() + one.states) == Bits(three.outputs.joined() + three.states), "\(example)")
            #expect(Bits(one.gradient) != Bits(three.gradient), "\(example)")
        }
    }
}
