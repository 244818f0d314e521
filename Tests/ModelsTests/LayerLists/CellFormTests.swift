import Batches
import Kernels
import Layers
import Models
import Testing

@Suite("Cells with normalisation, projection, learned states, and the sLSTM")
struct CellFormTests {
    private static func layer(_ cell: CellKind, _ hidden: Int, _ change: (inout RecurrentDescription) -> Void = { _ in }) -> LayerDescription {
        var layer = RecurrentDescription(cell: cell, hidden: hidden)
        change(&layer)
        return .recurrent(layer)
    }

    /// So wide that two and three threads share out the units, with barriers within a time step.
    private static let wide = [
        LayerList(
            name: "normalised", input: .numbers(width: 3),
            layers: [layer(.lstm, 130) { $0.layerNorm = .products }, layer(.lstm, 131) { ($0.layerNorm, $0.initialState) = (.gates, .learned) }]),
        LayerList(
            name: "projected", input: .tokens(vocabulary: 5, embedding: 0),
            layers: [layer(.lstm, 130) { ($0.projection, $0.initialState) = (131, .learned) }, layer(.lstm, 150) { $0.projection = 20 }]),
        LayerList(name: "sLSTM", input: .tokens(vocabulary: 5, embedding: 3), layers: [layer(.slstm, 130), layer(.slstm, 133) { $0.forgetFunction = .exponential }]),
        LayerList(
            name: "hard GRU", input: .numbers(width: 3),
            layers: [layer(.gru, 130) { $0.gateFunction = .hardSigmoid }, layer(.gru, 131) { ($0.gateFunction, $0.reset) = (.hardSigmoid, .before) }]),
    ]

    @Test("units shared out among threads change no bit", arguments: wide, Precision.all)
    func wideLayers(list: LayerList, precision: Precision) throws {
        let wanted = try list.pass(Setting(precision: precision, shardCount: 3), for: LayerList.training)
        #expect(wanted.gradient.allSatisfy { $0.isFinite })
        for threads in 2...3 {
            for gates in GateMode.allCases {
                for segmentLength in [0, 3] {
                    let setting = Setting(threads: threads, precision: precision, gates: gates, shardCount: 3, segmentLength: segmentLength)
                    let found = try list.pass(setting, for: LayerList.training)
                    #expect(Bits(found.gradient) == Bits(wanted.gradient) && found.losses == wanted.losses, "\(setting)")
                }
            }
        }
    }

    /// Of ``wide``'s gradients.
    private static let wanted: [Precision: [UInt64]] = [
        .float32: [18359782281373972398, 5152647159377294434, 12938234176929144354, 16738122007984476257],
        .bfloat16: [3409199979799516852, 1172207053044090697, 3909723912474525594, 14962688184037752009],
    ]

    @Test("a step has the bits stored here, on every build", arguments: Precision.all)
    func storedBits(precision: Precision) throws {
        let found = try Self.wide.map { try Bits($0.pass(Setting(threads: 2, precision: precision, shardCount: 3), for: LayerList.training).gradient).hash }
        #expect(found == Self.wanted[precision])
    }

    /// One pass of a layer with learned states, from given states of each sequence.
    private func pass(_ cell: CellKind, states: [Float]?) throws -> (pass: Pass, layout: ParameterLayout, list: LayerList) {
        let list = LayerList(name: "learned", input: .numbers(width: 3), layers: [Self.layer(cell, 5) { $0.initialState = .learned }], lengths: [3, 5, 2, 4])
        let network = Setting(threads: 2, shardCount: 2).network(list.shape)
        let memory = FloatMemory(count: network.layout.count)
        memory.view.copy(list.parameters)
        let state = RecurrentState(network.plan.state, sequenceCount: 4)
        if let states { state.values.copy(states) }
        let pass = try network.pass(
            list.batch(), parameters: memory.view, divisor: 4, shards: Setting(shardCount: 2).shards(sequenceCount: 4), state: states == nil ? nil : state)
        return (pass, network.layout, list)
    }

    @Test("a learned state is for sequences that begin: a carried state takes its place, and gives it no gradient", arguments: [CellKind.lstm, .gru, .rnn])
    func carriedStates(cell: CellKind) throws {
        let width = cell == .lstm ? 10 : 5
        let (fresh, layout, _) = try pass(cell, states: nil)
        // Zeros are a state that begins, as at the first chunk of an epoch.
        let zeros = try pass(cell, states: Array(repeating: 0, count: 4 * width)).pass
        #expect(Bits(zeros.gradient) == Bits(fresh.gradient) && zeros.losses == fresh.losses)
        let carried = try pass(cell, states: Array(repeating: 0.25, count: 4 * width)).pass
        #expect(zip(carried.losses.sums, fresh.losses.sums).allSatisfy { $0 != $1 })
        for name in cell == .lstm ? ["rnn.h0_l0", "rnn.c0_l0"] : ["rnn.h0_l0"] {
            #expect(carried.gradient[layout[name].range].allSatisfy { $0 == 0 } && fresh.gradient[layout[name].range].allSatisfy { $0 != 0 }, "\(name)")
        }
        // Of four sequences two go on and two begin.
        let mixed = try pass(cell, states: (0..<4 * width).map { $0 / width % 2 == 0 ? 0.25 : 0 }).pass
        #expect(mixed.losses.sums == [carried.losses.sums[0], fresh.losses.sums[1], carried.losses.sums[2], fresh.losses.sums[3]])
    }

    @Test("an sLSTM's sums of many hundreds neither overflow nor divide by 0", arguments: ForgetFunction.allCases)
    func largeSums(forgetFunction: ForgetFunction) throws {
        let list = LayerList(
            name: "large", input: .numbers(width: 3), layers: [Self.layer(.slstm, 17) { $0.forgetFunction = forgetFunction }], lengths: [200, 90])
        let network = Setting().network(list.shape)
        let memory = FloatMemory(count: network.layout.count)
        memory.view.copy(list.parameters.map { $0 * 1000 })
        let pass = try network.pass(list.batch(), parameters: memory.view, divisor: 2, shards: Setting().shards(sequenceCount: 2))
        #expect(pass.losses.sums.allSatisfy { $0.isFinite } && pass.gradient.allSatisfy { $0.isFinite })
        #expect(pass.states.allSatisfy { $0.isFinite })
    }
}
