import Batches
import Kernels
import Layers
import Models
import ReferenceModel
import Testing

@Suite("Scores that an evaluation keeps")
struct KeptScoreTests {
    private static let examples = bitExamples.filter { $0.cell == .lstm && ($0.head == .tokenEveryStep || $0.head == .classAtEnd) }

    private func losses(_ network: Model, _ example: Example, keepsScores: Bool, for purpose: Purpose = .inference) throws -> SequenceLosses {
        let sequences = example.sequences()
        let parameters = try example.model().flatParameters(network.layout)
        network.load(parameters.view)
        network.keepsScores = keepsScores
        network.forward(sequences.batch(), state: sequences.state(shape: example.shape), for: purpose)
        return network.loss(sequences.batch(), divisor: 1)
    }

    @Test("are the outputs of each target in the order of time, with the same losses, on threads and in segments too", arguments: examples, Precision.all)
    func outputs(example: Example, precision: Precision) throws {
        let wanted = try example.pass(Setting(precision: precision)).outputs
        let batch = example.sequences().batch()
        for (threads, segmentLength) in [(1, 0), (3, 0), (2, 1), (1, 3)] {
            let network = Setting(threads: threads, precision: precision, segmentLength: segmentLength).network(example.shape)
            let found = try losses(network, example, keepsScores: true)
            for sequence in example.lengths.indices {
                let (targets, rows): ([Int32], [Int])
                switch batch.target {
                case .tokenEveryStep(let tokens):
                    rows = (0..<example.lengths[sequence]).map { $0 * batch.sequenceCount + sequence }.filter { tokens[$0] >= 0 }
                    targets = rows.map { tokens[$0] }
                case .classAtEnd(let classes): (targets, rows) = ([classes[sequence]], [sequence])
                default: (targets, rows) = ([], [])
                }
                let name = "sequence \(sequence), \(threads) threads, segments of \(segmentLength)"
                #expect(found.scores[sequence].targets == targets, "\(name)")
                #expect(Bits(found.scores[sequence].scores) == Bits(rows.flatMap { wanted[$0] }), "\(name)")
            }
            let plain = try losses(network, example, keepsScores: false)
            #expect(plain.sums == found.sums && plain.rightCounts == found.rightCounts && plain.scores.isEmpty)
            #expect(try losses(network, example, keepsScores: true, for: .training(seed: 1, step: 0)).scores.isEmpty)
        }
    }
}
