import Batches
import Kernels
import Layers
import Models
import Testing

@Suite("Numbers that are missing among the targets")
struct MissingTargetTests {
    private static let losses: [Loss] = [
        .squaredError, .absoluteError, .huber(delta: 0.3), .quantiles(interval: 0.8), .likelihood(.gaussian, interval: 0.8), .likelihood(.studentT, interval: 0.8),
        .likelihood(.negativeBinomial, interval: 0.8),
    ]
    private static let (numberCount, lengths) = (5, [4, 6, 3])

    private func shape(_ loss: Loss) -> ModelDescription {
        let layers = [RecurrentDescription(cell: .lstm, hidden: 7), RecurrentDescription(cell: .gru, hidden: 5)].map(LayerDescription.recurrent)
        return ModelDescription(
            input: .vectors(width: 3), layers: layers, outputs: Self.numberCount * loss.outputsPerNumber, head: .lastStep, loss: loss, initialization: .pyTorch)
    }

    /// - Parameter isKnown: of each number, by sequence and place.
    private func batch(_ loss: Loss, _ isKnown: (Int, Int) -> Bool) -> Batch {
        let (timeCount, count) = (Self.lengths.max() ?? 0, Self.lengths.count)
        let input = (0..<timeCount * count * 3).map { Float($0 * 37 % 101) / 50 - 1 }
        let targets = (0..<count).flatMap { sequence in
            (0..<Self.numberCount).flatMap { place -> [Float] in
                let number = isKnown(sequence, place) ? Float((sequence * 5 + place * 3) % 7) : Float.nan
                guard loss.distribution != nil else { return Array(repeating: number, count: loss.outputsPerNumber) }
                return (0..<loss.outputsPerNumber).map { $0 % 2 == 0 ? number : 2 }
            }
        }
        return Batch(
            timeCount: timeCount, lengths: Self.lengths, input: .vectors(input, featureCount: 3),
            target: .vectorAtEnd(targets, outputCount: Self.numberCount * loss.outputsPerNumber), globalIndices: Array(0..<count))
    }

    private func pass(_ loss: Loss, _ setting: Setting = Setting(), _ isKnown: (Int, Int) -> Bool) throws -> Pass {
        let network = setting.network(shape(loss))
        let parameters = FloatMemory(count: network.layout.count)
        parameters.view.copy((0..<network.layout.count).map { Float($0 * 53 % 97) / 120 - 0.4 })
        return network.pass(
            batch(loss, isKnown), parameters: parameters.view, divisor: 7, shards: try setting.shards(sequenceCount: Self.lengths.count), scores: false)
    }

    @Test("have no share of the loss and the gradient, which are the sums of those of the known ones", arguments: losses)
    func sums(loss: Loss) throws {
        let whole = try pass(loss) { _, _ in true }
        let parts = [try pass(loss) { ($0 + $1) % 3 == 0 }, try pass(loss) { ($0 + $1) % 3 != 0 }]
        let largest = whole.gradient.map(abs).max() ?? 0
        try #require(largest > 1e-4)
        for sequence in Self.lengths.indices {
            #expect(abs(parts[0].losses.sums[sequence] + parts[1].losses.sums[sequence] - whole.losses.sums[sequence]) < 1e-6 * abs(whole.losses.sums[sequence]) + 1e-9)
        }
        for (place, wanted) in whole.gradient.enumerated() {
            #expect(abs(parts[0].gradient[place] + parts[1].gradient[place] - wanted) < 2e-6 * largest, "\(place)")
        }
    }

    @Test("where all are, loss and gradient are 0", arguments: losses)
    func none(loss: Loss) throws {
        let found = try pass(loss) { _, _ in false }
        #expect(found.loss == 0 && found.gradient.allSatisfy { $0 == 0 })
    }

    @Test("threads, gates and segments leave no trace, in both precisions", arguments: losses, Precision.all)
    func sameBits(loss: Loss, precision: Precision) throws {
        let known: (Int, Int) -> Bool = { ($0 * 2 + $1) % 3 != 1 }
        let wanted = try pass(loss, Setting(precision: precision, shardCount: 3), known)
        #expect(wanted.losses.sums.allSatisfy(\.isFinite) && wanted.gradient.allSatisfy(\.isFinite))
        for (threads, gates, segmentLength) in [(2, GateMode.split, 0), (3, .fused, 0), (1, .fused, 1), (2, .fused, 3)] {
            let found = try pass(loss, Setting(threads: threads, precision: precision, gates: gates, shardCount: 3, segmentLength: segmentLength), known)
            #expect(found.losses == wanted.losses && Bits(found.gradient) == Bits(wanted.gradient), "\(threads), \(gates), \(segmentLength)")
        }
    }
}
