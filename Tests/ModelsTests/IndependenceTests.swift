import Batches
import Kernels
import Layers
import Models
import ReferenceModel
import Testing

@Suite("Bits and what else is computed")
struct IndependenceTests {
    @Test("A sequence's outputs, loss and states don't depend on the others in its batch", arguments: bitExamples, Precision.all)
    func batchMates(example: Example, precision: Precision) throws {
        let sequences = example.sequences()
        let whole = try example.pass(Setting(threads: 2, precision: precision))
        let count = example.lengths.count
        for place in 0..<count {
            let network = Setting(precision: precision).network(example.shape)
            let parameters = try example.model().flatParameters(network.layout)
            let alone = network.pass(
                sequences.batch(places: place..<place + 1), parameters: parameters.view, divisor: sequences.targetCount, shards: [0..<1],
                state: sequences.state(places: place..<place + 1, shape: example.shape))
            let rows = example.shape.head == .everyStep ? (0..<example.lengths[place]).map { $0 * count + place } : [place]
            #expect(Bits(alone.outputs.joined()) == Bits(rows.flatMap { whole.outputs[$0] }), "sequence \(place)")
            #expect(alone.losses.sums == [whole.losses.sums[place]], "sequence \(place)")
            #expect(alone.losses.rightCounts == [whole.losses.rightCounts[place]], "sequence \(place)")
            #expect(alone.losses.absoluteErrors == [whole.losses.absoluteErrors[place]], "sequence \(place)")
            let stateSize = alone.states.count
            #expect(Bits(alone.states) == Bits(whole.states[place * stateSize..<(place + 1) * stateSize]), "sequence \(place)")
        }
    }

    @Test("More padding changes no bit of losses, gradient or states", arguments: bitExamples, Precision.all)
    func padding(example: Example, precision: Precision) throws {
        let sequences = example.sequences()
        for gates in GateMode.allCases {
            let setting = Setting(threads: 2, precision: precision, gates: gates, shardCount: 3)
            let wanted = try example.pass(setting)
            for extraTime in [1, 5, 130] {
                let network = setting.network(example.shape)
                let parameters = try example.model().flatParameters(network.layout)
                let found = try network.pass(
                    sequences.batch(extraTime: extraTime), parameters: parameters.view, divisor: sequences.targetCount,
                    shards: setting.shards(sequenceCount: example.lengths.count), state: sequences.state(shape: example.shape))
                #expect(found.losses == wanted.losses, "\(extraTime) steps more")
                #expect(Bits(found.gradient) == Bits(wanted.gradient), "\(extraTime) steps more")
                #expect(Bits(found.states) == Bits(wanted.states), "\(extraTime) steps more")
            }
        }
    }

    @Test("Padding isn't read, and takes no products", arguments: bitExamples, Precision.all)
    func unreadPadding(example: Example, precision: Precision) throws {
        let (sequences, setting) = (example.sequences(), Setting(threads: 2, precision: precision, shardCount: 3))
        func pass(_ batch: Batch) throws -> (Pass, products: [Int]) {
            let network = setting.network(example.shape)
            let parameters = try example.model().flatParameters(network.layout)
            let pass = try network.pass(
                batch, parameters: parameters.view, divisor: sequences.targetCount, shards: setting.shards(sequenceCount: example.lengths.count),
                state: sequences.state(shape: example.shape), scores: false)
            let phases: [StepPhase] = [.inputProjection, .recurrenceForward, .recurrenceBackward, .inputGradients, .weightGradients]
            return (pass, phases.map { network.profile.multiplyAdds(of: $0) })
        }
        let wanted = try pass(sequences.batch())
        var padded = sequences.batch(extraTime: 7)
        if case .vectors(var numbers, let width) = padded.input {
            for time in 0..<padded.timeCount {
                for (sequence, length) in padded.lengths.enumerated() where time >= length {
                    for feature in 0..<width { numbers[(time * padded.sequenceCount + sequence) * width + feature] = .nan }
                }
            }
            padded.input = .vectors(numbers, featureCount: width)
        }
        let found = try pass(padded)
        #expect(found.0.losses == wanted.0.losses)
        #expect(Bits(found.0.gradient) == Bits(wanted.0.gradient))
        #expect(found.products == wanted.products)
    }

    @Test("An embedding by table and by product gives the same bits", arguments: Precision.all)
    func tableAndProduct(precision: Precision) throws {
        // The vocabulary is at most the rows of all eight sequences, and more than those of one.
        let example = Example(inputLayer: .embedding(vocabulary: 20, width: 9), hidden: 21, layers: 2, lengths: Array(repeating: 6, count: 8), seed: 41)
        let sequences = example.sequences()
        let byTable = try example.pass(Setting(precision: precision, shardCount: 8))
        var gradients: [[Float]] = []
        for place in 0..<8 {
            let network = Setting(precision: precision).network(example.shape)
            let parameters = try example.model().flatParameters(network.layout)
            let byProduct = network.pass(
                sequences.batch(places: place..<place + 1), parameters: parameters.view, divisor: sequences.targetCount, shards: [0..<1])
            #expect(Bits(byProduct.outputs.joined()) == Bits((0..<6).flatMap { byTable.outputs[$0 * 8 + place] }))
            gradients.append(byProduct.gradient)
        }
        while gradients.count > 1 {
            gradients = stride(from: 0, to: gradients.count, by: 2).map { first in zip(gradients[first], gradients[first + 1]).map { $0 + $1 } }
        }
        #expect(Bits(gradients[0]) == Bits(byTable.gradient))
    }

    @Test("A network that has seen larger and smaller batches gives the bits of a fresh one", arguments: Precision.all)
    func reuse(precision: Precision) throws {
        for example in bitExamples {
            for gates in GateMode.allCases {
                let setting = Setting(threads: 2, precision: precision, gates: gates, shardCount: 3)
                let used = setting.network(example.shape)
                let parameters = try example.model().flatParameters(used.layout)
                let sequences = example.sequences()
                let count = example.lengths.count
                for places in [0..<1, 0..<count, 0..<max(1, count / 2), max(0, count - 2)..<count, 0..<count] {
                    func pass(_ network: Model) throws -> Pass {
                        try network.pass(
                            sequences.batch(places: places, extraTime: places.count % 3), parameters: parameters.view,
                            divisor: sequences.targetCount, shards: setting.shards(sequenceCount: places.count),
                            state: places.count % 2 == 0 ? sequences.state(places: places, shape: example.shape) : nil)
                    }
                    let fresh = try pass(setting.network(example.shape))
                    let found = try pass(used)
                    #expect(found.losses == fresh.losses && found.bits == fresh.bits, "\(example), \(setting), \(places)")
                }
            }
        }
    }

    @Test("A network whose parameters were NaN, infinite or huge is sound again with the next", arguments: Precision.all)
    func nonFinite(precision: Precision) throws {
        for example in bitExamples {
            let sequences = example.sequences()
            for gates in GateMode.allCases {
                let setting = Setting(threads: 2, precision: precision, gates: gates)
                let network = setting.network(example.shape)
                let sick = FloatMemory(count: network.layout.count)
                let parameters = try example.model().flatParameters(network.layout)
                let wanted = try example.pass(setting)
                for bad in [Float.nan, .infinity, 1e38] {
                    sick.view.fill(bad)
                    // Of another shape than the next batch, so that what is left behind lies elsewhere.
                    let pass = network.pass(
                        sequences.batch(places: 0..<1, extraTime: 200), parameters: sick.view, divisor: sequences.targetCount, shards: [0..<1])
                    if bad.isNaN { #expect(pass.loss.isNaN, "\(example)") }
                    let found = try network.pass(
                        sequences.batch(), parameters: parameters.view, divisor: sequences.targetCount,
                        shards: setting.shards(sequenceCount: example.lengths.count), state: sequences.state(shape: example.shape))
                    #expect(found.bits == wanted.bits, "\(example), \(gates), after \(bad)")
                }
            }
        }
    }

    @Test("Two chunks with the state carried on have the forward pass of one", arguments: Precision.all)
    func chunks(precision: Precision) throws {
        for gates in GateMode.allCases {
            let example = Example(
                inputLayer: .oneHot(vocabulary: 11), hidden: 20, layers: 2, lengths: [12, 12, 12], hasInitialStates: true, seed: 51)
            let whole = try example.pass(Setting(precision: precision, gates: gates))
            guard case .tokens(let tokens) = example.sequences().input, case .tokenEveryStep(let targets) = example.sequences().target else {
                return #expect(Bool(false), "the example reads tokens")
            }
            let network = Setting(threads: 2, precision: precision, gates: gates).network(example.shape)
            let parameters = try example.model().flatParameters(network.layout)
            let state = try #require(example.sequences().state(shape: example.shape))
            network.load(parameters.view)
            var outputs: [[Float]] = []
            for chunk in [0..<5, 5..<12] {
                let part = Sequences(input: .tokens(tokens.map { Array($0[chunk]) }), target: .tokenEveryStep(targets.map { Array($0[chunk]) }))
                network.forward(part.batch(), state: state)
                network.score(part.batch())
                outputs += (0..<chunk.count * 3).map { network.outputs(row: $0).array() }
                network.advance(state, lengths: part.lengths)
            }
            #expect(Bits(outputs.joined()) == Bits(whole.outputs.joined()))
            #expect(Bits(state.values.array()) == Bits(whole.states))
        }
    }
}
