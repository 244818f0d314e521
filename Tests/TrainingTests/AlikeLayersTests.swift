import Configuration
import Layers
import StrictJSON
import Testing

@Suite("Keys of layers that are alike")
struct AlikeLayersTests {
    private func model(_ members: String) throws -> Configuration {
        try Configuration.parse(Array("{\"data\": {\"kind\": \"adding\"}, \"model\": {\(members)}}".utf8), name: "config.json")
    }

    @Test("projection, normalisation, learned states and zoneout are those of the list for every layer, and are written again", arguments: [
        ("lstm", #""projection": 3"#), ("lstm", #""layerNorm": "products""#),
        ("lstm", #""layerNorm": "gates", "initialState": "learned", "forgetBias": 1"#),
        ("gru", #""initialState": "learned", "bidirectional": true"#),
        ("lstm", #""zoneout": 0.1, "zoneoutCell": 0.2, "recurrentDropout": 0.3"#),
        ("rnn", #""zoneout": 0.1, "activation": "relu""#),
    ])
    func likeTheList(cell: String, members: String) throws {
        let simple = try model("\"cell\": \"\(cell)\", \"hidden\": 9, \"layers\": 2, \(members)")
        let layer = "{\"type\": \"\(cell)\", \"hidden\": 9, \(members)}"
        let list = try model("\"layers\": [\(layer), \(layer)]")
        let plain = try model("\"cell\": \"\(cell)\", \"hidden\": 9, \"layers\": 2")
        #expect(simple.model.layerDescriptions == list.model.layerDescriptions && simple.model.layerDescriptions != plain.model.layerDescriptions)
        #expect(try Configuration.parse(Array(simple.resolvedJSON().serialized().utf8), name: "resolved") == simple)
    }

    @Test("what has no effect beside another key, or with the cell, is refused", arguments: [
        (
            #""peepholes": true, "layerNorm": "gates""#,
            #"1:72: model.layerNorm is "gates"; it has an effect only where peepholes and coupledGates are false, gateActivation is "sigmoid" and projection is 0. Remove it."#
        ),
        (
            #""projection": 3, "zoneout": 0.5"#,
            #"1:68: model.zoneout is 0.5; it has an effect only where peepholes is false, layerNorm is "none", projection 0 and initialState is "zero". Remove it."#
        ),
        (
            #""initialState": "learned", "recurrentDropout": 0.5"#,
            #"1:87: model.recurrentDropout is 0.5; it has an effect only where layerNorm is "none", projection 0 and initialState is "zero". Remove it."#
        ),
        (
            #""cell": "rnn", "activation": "relu", "initialState": "learned""#,
            #"1:93: model.initialState is "learned"; it has an effect only where activation is "tanh". Remove it."#
        ),
        (
            #""cell": "gru", "zoneoutCell": 0.5"#,
            #"1:70: model.zoneoutCell is 0.5, but model.cell is "gru"; it goes with model.cell "lstm" only. Remove it or set it to 0.0."#
        ),
        (
            #""cell": "slstm", "initialState": "learned""#,
            #"1:73: model.initialState is "learned", but model.cell is "slstm"; it goes with model.cell "lstm", "gru" or "rnn" only. Remove it or set it to "zero"."#
        ),
    ])
    func withoutEffect(members: String, message: String) {
        expectFaults("{\"data\": {\"kind\": \"adding\"}, \"model\": {\(members)}}", "config.json:" + message)
    }
}
