import Batches
import CVector
import Kernels
import Layers
import Models
import Testing

@Suite("Lists of layers")
struct LayerListTests {
    private static let purposes: [Purpose] = [.inference, LayerList.training]

    /// Relative to each tensor's largest element; float32 gives up to 5e-6 here, and central differences are exact to 1e-7.
    @Test("loss and every gradient are those of plain formulas in Double, in training with their masks", arguments: layerLists, purposes)
    func oracle(list: LayerList, purpose: Purpose) throws {
        let oracle = LayerListOracle(list, for: purpose)
        let parameters = list.parameters.map(Double.init)
        let found = try list.pass(Setting(threads: 2, shardCount: 3), for: purpose)
        #expect(abs(found.loss / Double(list.targetCount) - oracle.loss(parameters)) < 1e-5)
        for parameter in oracle.plan.parameters.parameters {
            // Up to 50 elements spread over each tensor.
            let places = Array(stride(from: parameter.range.lowerBound, to: parameter.range.upperBound, by: max(1, parameter.count / 50 | 1)))
            let largest = Double(found.gradient[parameter.range].map(abs).max() ?? 0)
            for place in places {
                let difference = abs(Double(found.gradient[place]) - oracle.derivative(by: place, parameters))
                #expect(difference < 3e-5 * max(largest, 1e-4), "\(parameter.name)[\(place - parameter.offset)]: \(difference) of \(largest)")
            }
        }
    }

    @Test("threads, gates' tasks and padding change no bit, in either precision", arguments: layerLists, Precision.all)
    func bits(list: LayerList, precision: Precision) throws {
        for purpose in Self.purposes {
            let wanted = try list.pass(Setting(precision: precision, shardCount: 3), for: purpose)
            for threads in 1...3 {
                for gates in GateMode.allCases {
                    let setting = Setting(threads: threads, precision: precision, gates: gates, shardCount: 3)
                    let found = try list.pass(setting, for: purpose, extraTime: threads)
                    #expect(Bits(found.gradient) == Bits(wanted.gradient), "\(setting), \(purpose)")
                    #expect(found.losses == wanted.losses && Bits(found.states) == Bits(wanted.states), "\(setting), \(purpose)")
                }
            }
        }
    }

    @Test("segments of time change no bit, masks included", arguments: layerLists.filter(\.shape.takesSegments), Precision.all)
    func segments(list: LayerList, precision: Precision) throws {
        for purpose in Self.purposes {
            let wanted = try list.pass(Setting(precision: precision, shardCount: 2), for: purpose)
            for length in [1, 3, 6, 7] {
                let found = try list.pass(Setting(threads: length % 2 + 1, precision: precision, shardCount: 2, segmentLength: length), for: purpose)
                #expect(Bits(found.gradient) == Bits(wanted.gradient) && found.losses == wanted.losses, "segments of \(length), \(purpose)")
            }
        }
    }

    @Test("two ranks' gradients add up to one's, bit for bit", arguments: layerLists, Precision.all)
    func ranks(list: LayerList, precision: Precision) throws {
        for purpose in Self.purposes {
            let wanted = try list.pass(Setting(precision: precision, shardCount: 4), for: purpose)
            let plan = try ShardPlan(shardCount: 4, rankCount: 2)
            let count = list.lengths.count
            let parts = try (0..<2).map { rank in
                try list.pass(
                    Setting(precision: precision), for: purpose, shards: plan.localShards(ofRank: rank, sequenceCount: count),
                    places: plan.places(ofRank: rank, sequenceCount: count), isSummed: false)
            }
            let before = flushDenormals()
            defer { restoreFloatingPoint(before) }
            let sum = zip(parts[0].gradient, parts[1].gradient).map { $0 + $1 }
            #expect(Bits(list.finish(sum, Setting(precision: precision), for: purpose)) == Bits(wanted.gradient))
            #expect(parts.flatMap(\.losses.sums) == wanted.losses.sums)
        }
    }

    @Test("a second step with the same numbers has the same bits; another step or seed has other masks", arguments: layerLists)
    func steps(list: LayerList) throws {
        let first = try list.pass(Setting(), for: .training(seed: 1, step: 0))
        #expect(try list.pass(Setting(), for: .training(seed: 1, step: 0)).gradient == first.gradient)
        for other in [Purpose.training(seed: 1, step: 1), .training(seed: 2, step: 0), .training(seed: 1, step: 1 << 32), .inference] {
            #expect(try (list.pass(Setting(), for: other).gradient != first.gradient) == list.isRandom, "\(other)")
        }
    }
}
