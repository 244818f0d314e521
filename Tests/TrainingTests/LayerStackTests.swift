import Configuration
import Layers
import Models
import StrictJSON
import Testing

@Suite("layers in the configuration")
struct LayerStackTests {
    private func text(_ model: String) -> String { "{\"data\": {\"kind\": \"adding\"},\n\"model\": {\(model)}}" }

    @Test("a number of layers and a list say the same where all are alike")
    func alike() throws {
        let number = try Configuration.parse(Array(text(#""cell": "gru", "hidden": 9, "layers": 2"#).utf8), name: "a")
        let list = try Configuration.parse(Array(text(#""layers": [{"type": "gru", "hidden": 9}, {"type": "gru", "hidden": 9}]"#).utf8), name: "b")
        #expect(number.model.layerDescriptions == list.model.layerDescriptions && list.model.layers.count == 2)
    }

    @Test("a list keeps each layer's cell, units and forget bias, also in the resolved file, which has no key without effect")
    func list() throws {
        let configuration = try Configuration.parse(
            Array(text(#""layers": [{"hidden": 30, "type": "lstm", "forgetBias": 2.5}, {"type": "gru", "hidden": 4}]"#).utf8), name: "a")
        #expect(configuration.model.layers == .list([
            .recurrent(RecurrentDescription(cell: .lstm, hidden: 30, forgetBias: 2.5)), .recurrent(RecurrentDescription(cell: .gru, hidden: 4)),
        ]))
        let resolved = configuration.resolvedJSON()
        #expect(resolved["model"]?["hidden"] == nil && resolved["model"]?["cell"] == nil && resolved["model"]?["forgetBias"] == nil)
        #expect(try Configuration.parse(Array(resolved.serialized(indented: true).utf8), name: "resolved") == configuration)
    }

    @Test("what is wrong in a list is said with the layer's number and its place in the file", arguments: [
        (#"[{"type": "lstm", "hidden": 8}, {"type": "elman", "hidden": 8}]"#, #"2:62: model.layers[2].type is "elman"; it must be "lstm", "gru", "rnn", "slstm", "dense", "layerNorm", "dropout" or "noise"."#),
        (#"[{"type": "lstm"}]"#, "2:22: model.layers[1].hidden is missing; it must be an integer from 1 to 65536."),
        (#"[{"hidden": 3}]"#, #"2:22: model.layers[1].type is missing; it must be "lstm", "gru", "rnn", "slstm", "dense", "layerNorm", "dropout" or "noise"."#),
        (#"[{"type": "gru", "hidden": 0}]"#, "2:48: model.layers[1].hidden is 0; it must be an integer from 1 to 65536."),
        (#"[{"type": "gru", "hidden": 4, "forgetBias": 1}]"#, #"2:51: model.layers[1].forgetBias doesn't go with type "gru", only with "lstm" and "slstm". Remove it."#),
        (#"[{"type": "lstm", "hidden": 4, "forgetBias": -1}]"#, "2:66: model.layers[1].forgetBias is -1; it must be a number at least 0 and at most 1e+38."),
        (#"[{"type": "lstm", "hidden": 4, "cells": 5}]"#, #"2:52: model.layers[1].cells is not a key. The keys of a layer of type "lstm" are type, hidden, forgetBias, peepholes, coupledGates, gateActivation, projection, layerNorm, initialState, bidirectional, merge and connection."#),
        (#"[{"type": "dropout", "rate": 1}]"#, "2:50: model.layers[1].rate is 1; it must be a number at least 0 and below 1."),
        (#"[{"type": "lstm", "hidden": 4, "rate": 0.5}]"#, #"2:52: model.layers[1].rate doesn't go with type "lstm", only with "dropout". Remove it."#),
        (
            #"[{"type": "gru", "hidden": 4, "merge": "sum"}]"#,
            #"2:60: model.layers[1].merge is "sum"; it has an effect only where bidirectional is true. Remove it."#
        ),
        (
            #"[{"type": "gru", "hidden": 4, "bidirectional": true, "merge": "mul"}]"#,
            #"2:83: model.layers[1].merge is "mul"; it must be "concatenate", "sum" or "average"."#
        ),
        (
            #"[{"type": "dropout", "rate": 0.5}]"#,
            #"2:21: model.layers has no recurrent layer; it must have one at least, as in {"type": "lstm", "hidden": 128}."#
        ),
        (
            #"[{"type": "lstm", "hidden": 4, "peepholes": true, "layerNorm": "gates"}]"#,
            #"2:84: model.layers[1].layerNorm is "gates"; it has an effect only where peepholes and coupledGates are false, gateActivation is "sigmoid" and projection is 0. Remove it."#
        ),
        (
            #"[{"type": "lstm", "hidden": 4, "layerNorm": "cells"}]"#,
            #"2:65: model.layers[1].layerNorm is "cells"; it must be "none", "products" or "gates"."#
        ),
        (
            #"[{"type": "rnn", "hidden": 4, "activation": "relu", "initialState": "learned"}]"#,
            #"2:89: model.layers[1].initialState is "learned"; it has an effect only where activation is "tanh". Remove it."#
        ),
        (#"[{"type": "slstm", "hidden": 4, "forgetGate": "exp"}]"#, #"2:67: model.layers[1].forgetGate is "exp"; it must be "sigmoid" or "exponential"."#),
        (#"[{"type": "gru", "hidden": 4, "reset": "middle"}]"#, #"2:60: model.layers[1].reset is "middle"; it must be "after" or "before"."#),
        (#"[{"type": "lstm", "hidden": 4, "activation": "relu"}]"#, #"2:52: model.layers[1].activation doesn't go with type "lstm", only with "rnn" and "dense". Remove it."#),
        (#"[8, 16]"#, #"2:22: model.layers[1] is 8; a layer is an object, as in {"type": "gru", "hidden": 128}."#),
        (#"[]"#, #"2:21: model.layers is []; it must be an integer from 1 to 64, or a list of as many layers, as in [{"type": "lstm", "hidden": 256}, {"type": "gru", "hidden": 128}]."#),
    ])
    func faults(layers: String, message: String) {
        expectFaults(text("\"layers\": \(layers)"), "config.json:" + message)
    }

    @Test("bidirectional and dropout say of layers that are alike what the list says: dropout stands between two layers")
    func simpleForm() throws {
        let simple = try Configuration.parse(
            Array(text(#""cell": "gru", "hidden": 9, "layers": 2, "bidirectional": true, "dropout": 0.3"#).utf8), name: "a")
        let list = try Configuration.parse(
            Array(
                text(
                    #""layers": [{"type": "gru", "hidden": 9, "bidirectional": true}, {"type": "dropout", "rate": 0.3}, {"type": "gru", "hidden": 9, "bidirectional": true}]"#
                ).utf8), name: "b")
        #expect(simple.model.layerDescriptions == list.model.layerDescriptions && simple.model.recurrentLayerCount == 2)
        #expect(try Configuration.parse(Array(simple.resolvedJSON().serialized().utf8), name: "resolved") == simple)
        #expect(try Configuration.parse(Array(list.resolvedJSON().serialized().utf8), name: "resolved") == list)
        #expect(configurationError(text(#""dropout": 0.3"#))?.description.contains("it goes with model.layers as an integer of at least 2 only") == true)
    }

    @Test("layers that don't go with the data or the settings are refused before training, with their number", arguments: [
        (
            "embeddedReber", #""bidirectional": true"#,
            "model.bidirectional reads each sequence to its end, but with data.kind \"embeddedReber\" the model predicts the next symbol at every step"
        ),
        (
            "embeddedReber", #""layers": [{"type": "gru", "hidden": 4, "bidirectional": true}]"#,
            "model.layers[1] reads each sequence to its end, but with data.kind \"embeddedReber\" the model predicts the next symbol at every step"
        ),
        ("temporalOrder", #""layers": [{"type": "dropout", "rate": 0.1}, {"type": "lstm", "hidden": 4}]"#, #"model.layers[1] is of type "dropout", which reads numbers"#),
        (
            "adding", #""layers": [{"type": "lstm", "hidden": 4}, {"type": "gru", "hidden": 5, "connection": "residual"}]"#,
            "model.layers[2] has a residual connection, gives 5 numbers and reads 4; they must be as many."
        ),
        (
            "adding", #""layers": [{"type": "lstm", "hidden": 4, "connection": "residual"}]"#,
            "model.layers[1] has a residual connection, gives 4 numbers and reads what the data have; they must be as many."
        ),
        (
            "adding", #""layers": [{"type": "lstm", "hidden": 4}, {"type": "gru", "hidden": 4, "bidirectional": true}]}, "training": {"segmentLength": 9"#,
            "model.layers[2] needs whole sequences, so they can't be kept in segments of training.segmentLength 9. Set that to 0."
        ),
    ])
    func refusals(kind: String, model: String, message: String) {
        let error = configurationError("{\"data\": {\"kind\": \"\(kind)\"}, \"model\": {\(model)}}")?.description
        #expect(error?.contains(message) == true, "\(error ?? "")")
    }

    @Test("layers without a recurrence are read with their keys, and written again")
    func others() throws {
        let configuration = try Configuration.parse(
            Array(
                text(
                    #""layers": [{"type": "noise", "deviation": 0.1}, {"type": "dense", "units": 8, "activation": "relu"}, {"type": "layerNorm"}, {"type": "gru", "hidden": 4}, {"type": "layerNorm", "epsilon": 1e-3}]"#
                ).utf8), name: "a")
        #expect(
            configuration.model.layers
                == .list([
                    .noise(NoiseDescription(deviation: 0.1)), .dense(DenseDescription(units: 8, activation: .relu)), .layerNorm(LayerNormDescription()),
                    .recurrent(RecurrentDescription(cell: .gru, hidden: 4)), .layerNorm(LayerNormDescription(epsilon: 1e-3)),
                ]))
        #expect(try Configuration.parse(Array(configuration.resolvedJSON().serialized().utf8), name: "resolved") == configuration)
    }

    @Test("an LSTM's projection, normalisation and learned state, and an sLSTM's forget gate are read, and written again")
    func forms() throws {
        let configuration = try Configuration.parse(
            Array(
                text(
                    #""layers": [{"type": "lstm", "hidden": 8, "projection": 3}, {"type": "lstm", "hidden": 8, "layerNorm": "products", "initialState": "learned"}, {"type": "slstm", "hidden": 4, "forgetGate": "exponential", "forgetBias": 2}, {"type": "gru", "hidden": 4, "gateActivation": "hardSigmoid"}]"#
                ).utf8), name: "a")
        let layers = configuration.model.layerDescriptions.compactMap { layer -> RecurrentDescription? in
            if case .recurrent(let layer) = layer { layer } else { nil }
        }
        #expect(layers.map(\.projection) == [3, 0, 0, 0] && layers.map(\.layerNorm) == [.none, .products, .none, .none])
        #expect(layers.map(\.initialState) == [.zero, .learned, .zero, .zero] && layers.map(\.width) == [3, 8, 4, 4])
        #expect(layers[2].cell == .slstm && layers[2].forgetFunction == .exponential && layers[2].forgetBias == 2 && layers[3].gateFunction == .hardSigmoid)
        #expect(try Configuration.parse(Array(configuration.resolvedJSON().serialized().utf8), name: "resolved") == configuration)
    }

    @Test("keys for layers that are alike don't go with a list")
    func surplus() {
        let error = configurationError(text(#""hidden": 64, "layers": [{"type": "gru", "hidden": 4}]"#))?.description
        #expect(error?.contains("model.hidden is 64, but model.layers is a list of 1; it goes with model.layers as an integer only. Remove it or set it to 128.") == true, "\(error ?? "")")
    }

    @Test("a list can be given on the command line")
    func override() throws {
        let configuration = try Configuration.parse(
            Array(text("").utf8), name: "a", overrides: [#"model.layers=[{"type": "gru", "hidden": 3}]"#])
        #expect(configuration.model.layers == .list([.recurrent(RecurrentDescription(cell: .gru, hidden: 3))]))
    }
}
