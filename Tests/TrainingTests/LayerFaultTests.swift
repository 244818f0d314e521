import Configuration
import Testing

@Suite("Faults of several layers")
struct LayerFaultTests {
    private func text(_ model: String) -> String { "{\"data\": {\"kind\": \"adding\"},\n\"model\": {\(model)}}" }

    @Test("the faults of all layers are reported at once, each with its own place")
    func allFaults() {
        expectFaults(
            text(
                """
                "layers": [{"type": "lstm", "hidden": 0, "rates": 1,
                "forgetBias": -1, "merge": "sum"},
                {"type": "conv1d"}, 7,
                {"type": "dense", "units": 4}, {"kind": "gru"},
                {"type": "gru", "hidden": 8, "merge": "sum", "activation": "relu"},
                {"type": "rnn", "hidden": 8, "activation": "relu", "initialState": "learned", "merge": "sum"}]
                """),
            """
            config.json:2:49: model.layers[1].hidden is 0; it must be an integer from 1 to 65536.
            config.json:2:52: model.layers[1].rates is not a key. The keys of a layer of type "lstm" are type, hidden, forgetBias, peepholes, coupledGates, \
            gateActivation, projection, layerNorm, initialState, bidirectional, merge, connection, weightDrop, recurrentDropout, zoneout, zoneoutCell, \
            candidateDropout, activationL2 and temporalL2.
            config.json:3:15: model.layers[1].forgetBias is -1; it must be a number at least 0 and at most 1e+38.
            config.json:4:1: model.layers[2].channels is missing; it must be an integer from 1 to 65536.
            config.json:4:1: model.layers[2].width is missing; it must be an integer from 1 to 4096.
            config.json:4:21: model.layers[3] is 7; a layer is an object, as in {"type": "gru", "hidden": 128}.
            config.json:5:32: model.layers[5].type is missing; it must be "lstm", "gru", "rnn", "slstm", "dense", "layerNorm", "dropout", "noise", "specAugment", "conv1d", "tcn", \
            "pool", "subsample", "stack" or "transformer".
            config.json:6:46: model.layers[6].activation doesn't go with type "gru", only with "rnn", "dense", "conv1d" and "transformer". Remove it.
            config.json:7:68: model.layers[7].initialState is "learned"; it has an effect only where activation is "tanh". Remove it.
            config.json:7:88: model.layers[7].merge is "sum"; it has an effect only where bidirectional is true. Remove it.
            """)
    }

    @Test("so are those of layers that don't go with the data or with each other; on the command line they have the argument's place")
    func allRules() {
        let list = """
            [{"type": "dense", "units": 6}, {"type": "gru", "hidden": 6, "bidirectional": true},
            {"type": "conv1d", "channels": 8, "width": 3, "groups": 5}, {"type": "gru", "hidden": 4, "connection": "residual"},
            {"type": "lstm", "hidden": 5, "bidirectional": true}]
            """
        let segments = "needs whole sequences, so they can't be kept in segments of training.segmentLength 9. Set that to 0."
        let messages = [
            "model.layers[2] \(segments)", "model.layers[3].groups is 5; it must divide the layer's 8 channels.", "model.layers[3] \(segments)",
            "model.layers[4] has a residual connection, gives 4 numbers and reads 8; they must be as many. A layer of type \"dense\" below changes the width.",
            "model.layers[5] \(segments)",
        ]
        let places = ["2:53", "3:1", "3:1", "3:61", "4:1"]
        expectFaults(
            text("\"layers\": \(list)}, \"training\": {\"segmentLength\": 9"),
            zip(places, messages).map { "config.json:\($0): \($1)" }.joined(separator: "\n"))
        let argument = "model.layers=" + list.replacing("\n", with: "")
        let found = configurationError(text("\"layers\": [{\"type\": \"gru\", \"hidden\": 3}]}, \"training\": {\"segmentLength\": 9"), overrides: [argument])
        guard case .faults(let faults, 0) = found else { return #expect(Bool(false), "\(String(describing: found))") }
        #expect(faults.map(\.message) == messages && faults.allSatisfy { $0.place == .commandLine(argument) })
    }

    @Test("of very many unknown keys of a layer the first are named and the others counted, in little time")
    func limit() {
        let keys = (0..<20_000).map { ", \"hiden\($0)\": 1" }.joined()
        let error = configurationError(text("\"layers\": [{\"type\": \"gru\", \"hidden\": 4\(keys)}]"))
        guard case .faults(let faults, let omittedCount) = error else { return #expect(Bool(false), "\(String(describing: error).prefix(200))") }
        #expect(faults.count == 100 && omittedCount == 19_900)
    }
}
