import Kernels
import Layers
import Models
import Testing

@Suite("Label smoothing")
struct LabelSmoothingTests {
    private static let examples = bitExamples.filter { $0.head == .tokenEveryStep || $0.head == .classAtEnd }

    @Test("Threads, gates and segments leave no trace", arguments: examples, Precision.all)
    func sameBits(example: Example, precision: Precision) throws {
        let wanted = try example.pass(Setting(precision: precision, shardCount: 3, labelSmoothing: 0.2))
        let plain = try example.pass(Setting(precision: precision, shardCount: 3))
        #expect(Bits(wanted.gradient) != Bits(plain.gradient) && wanted.losses.sums != plain.losses.sums && wanted.losses.rightCounts == plain.losses.rightCounts)
        for (threads, gates, segmentLength) in [(2, GateMode.split, 0), (3, .fused, 0), (1, .fused, 1), (2, .fused, 3)] {
            let found = try example.pass(
                Setting(threads: threads, precision: precision, gates: gates, shardCount: 3, segmentLength: segmentLength, labelSmoothing: 0.2))
            #expect(found.losses == wanted.losses && Bits(found.gradient) == Bits(wanted.gradient), "\(threads), \(gates), \(segmentLength)")
        }
    }

    @Test("Inference has none of it: the loss is the plain cross-entropy, also between passes of training", arguments: examples, [0, 3])
    func inference(example: Example, segmentLength: Int) throws {
        let sequences = example.sequences()
        let batch = sequences.batch()
        let network = Setting(segmentLength: segmentLength, labelSmoothing: 0.2).network(example.shape)
        let parameters = try example.model().flatParameters(network.layout)
        network.load(parameters.view)
        let state = sequences.state(shape: example.shape)
        func losses(_ purpose: Purpose) -> [Double] {
            network.forward(batch, state: state, for: purpose)
            return network.loss(batch, divisor: 1).sums
        }
        let smoothed = losses(.training(seed: 1, step: 0))
        let plain = try example.pass(Setting()).losses.sums
        #expect(losses(.inference) == plain && plain != smoothed)
        #expect(losses(.training(seed: 1, step: 0)) == smoothed)
    }
}
