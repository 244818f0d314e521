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
        (#"[{"type": "lstm", "hidden": 8}, {"type": "elman", "hidden": 8}]"#, #"2:62: model.layers[2].type is "elman"; it must be "lstm", "gru", "rnn", "slstm", "dense", "layerNorm", "dropout", "noise", "specAugment", "conv1d", "tcn", "pool", "subsample", "stack" or "transformer"."#),
        (#"[{"type": "lstm"}]"#, "2:22: model.layers[1].hidden is missing; it must be an integer from 1 to 65536."),
        (#"[{"hidden": 3}]"#, #"2:22: model.layers[1].type is missing; it must be "lstm", "gru", "rnn", "slstm", "dense", "layerNorm", "dropout", "noise", "specAugment", "conv1d", "tcn", "pool", "subsample", "stack" or "transformer"."#),
        (#"[{"type": "gru", "hidden": 0}]"#, "2:48: model.layers[1].hidden is 0; it must be an integer from 1 to 65536."),
        (#"[{"type": "rnn", "hidden": 4, "forgetBias": 1}]"#, #"2:51: model.layers[1].forgetBias doesn't go with type "rnn", only with "lstm", "gru" and "slstm". Remove it."#),
        (#"[{"type": "lstm", "hidden": 4, "forgetBias": -1}]"#, "2:66: model.layers[1].forgetBias is -1; it must be a number at least 0 and at most 1e+38."),
        (#"[{"type": "lstm", "hidden": 4, "cells": 5}]"#, #"2:52: model.layers[1].cells is not a key. The keys of a layer of type "lstm" are type, hidden, forgetBias, peepholes, coupledGates, gateActivation, projection, layerNorm, initialState, bidirectional, merge, connection, weightDrop, recurrentDropout, zoneout, zoneoutCell, candidateDropout, activationL2 and temporalL2."#),
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
        (#"[{"type": "gru", "hidden": 4, "weightDrop": 1}]"#, "2:65: model.layers[1].weightDrop is 1; it must be a number at least 0 and below 1."),
        (#"[{"type": "gru", "hidden": 4, "zoneoutCell": 0.1}]"#, #"2:51: model.layers[1].zoneoutCell doesn't go with type "gru", only with "lstm". Remove it."#),
        (
            #"[{"type": "lstm", "hidden": 4}, {"type": "lstm", "hidden": 4, "peepholes": true, "zoneout": 0.1}]"#,
            "2:113: model.layers[2].zoneout is 0.1; it has an effect only where peepholes is false, layerNorm is \"none\", projection 0 and initialState is \"zero\". Remove it."
        ),
        (
            #"[{"type": "gru", "hidden": 4, "reset": "before", "candidateDropout": 0.1}]"#,
            #"2:90: model.layers[1].candidateDropout is 0.1; it has an effect only where reset is "after" and initialState is "zero". Remove it."#
        ),
        (
            #"[{"type": "rnn", "hidden": 4, "connection": "concatenate", "temporalL2": 1}]"#,
            #"2:94: model.layers[1].temporalL2 is 1; it has an effect only where connection is "none". Remove it."#
        ),
        (
            #"[{"type": "dropout", "rate": 0.5}]"#,
            #"2:21: model.layers has no layer that connects time steps; it must have one at least, as in {"type": "lstm", "hidden": 128}: recurrent, a convolution, pooling or a transformer."#
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
        (#"[{"type": "lstm", "hidden": 4, "activation": "relu"}]"#, #"2:52: model.layers[1].activation doesn't go with type "lstm", only with "rnn", "dense", "conv1d" and "transformer". Remove it."#),
        (
            #"[{"type": "transformer", "heads": 4}]"#,
            "2:22: model.layers[1].feedForward is missing; it must be an integer from 1 to 65536."
        ),
        (
            #"[{"type": "transformer", "heads": 1, "feedForward": 8, "norm": "both"}]"#,
            #"2:84: model.layers[1].norm is "both"; it must be "pre" or "post"."#
        ),
        (
            #"[{"type": "transformer", "heads": 1, "feedForward": 8, "causal": false, "context": 8}]"#,
            #"2:104: model.layers[1].context is 8; it has an effect only where causal is true. Remove it."#
        ),
        (#"[{"type": "conv1d", "channels": 4}]"#, "2:22: model.layers[1].width is missing; it must be an integer from 1 to 4096."),
        (#"[{"type": "conv1d", "channels": 4, "width": 3, "padding": "full"}]"#, #"2:79: model.layers[1].padding is "full"; it must be "same", "valid" or "causal"."#),
        (#"[{"type": "pool", "method": "sum"}]"#, #"2:49: model.layers[1].method is "sum"; it must be "mean", "max", "last" or "attention"."#),
        (#"[{"type": "pool", "units": 8}]"#, #"2:48: model.layers[1].units is 8; it has an effect only where method is "attention". Remove it."#),
        (#"[{"type": "subsample", "factor": 1}]"#, "2:54: model.layers[1].factor is 1; it must be an integer from 2 to 1024."),
        (
            #"[{"type": "dense", "units": 6}, {"type": "conv1d", "channels": 6, "width": 3, "groups": 4}]"#,
            "2:53: model.layers[2].groups is 4; it must divide the layer's 6 channels."
        ),
        (
            #"[{"type": "dense", "units": 6}, {"type": "conv1d", "channels": 8, "width": 3, "groups": 4}]"#,
            "2:53: model.layers[2].groups is 4; it must divide the 6 numbers that the layer reads."
        ),
        (
            #"[{"type": "conv1d", "channels": 8, "width": 3, "groups": 4}]"#,
            #"2:22: model.layers[1].groups is 4, and the layer reads what the data have; put a layer of type "dense" below, of a multiple of 4 units."#
        ),
        (#"[8]"#, #"2:22: model.layers[1] is 8; a layer is an object, as in {"type": "gru", "hidden": 128}."#),
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

    @Test("the keys of layers that are alike are those of the list, the penalties of its last layer")
    func simpleRegularization() throws {
        func model(_ members: String) throws -> Configuration.ModelSettings {
            try Configuration.parse(Array("{\"data\": {\"kind\": \"temporalOrder\"}, \"model\": {\"embedding\": 3, \(members)}}".utf8), name: "a").model
        }
        let simple = try model(
            #""hidden": 9, "layers": 2, "recurrentDropout": 0.1, "weightDrop": 0.2, "activationL2": 2, "temporalL2": 1, "embeddingDropout": 0.3"#)
        let list = try model(
            #""layers": [{"type": "lstm", "hidden": 9, "recurrentDropout": 0.1, "weightDrop": 0.2}, "#
                + #"{"type": "lstm", "hidden": 9, "recurrentDropout": 0.1, "weightDrop": 0.2, "activationL2": 2, "temporalL2": 1}], "embeddingDropout": 0.3"#)
        #expect(simple.layerDescriptions == list.layerDescriptions && simple.embeddingDropout == list.embeddingDropout)
        guard case .recurrent(let top) = list.layerDescriptions[1] else { return #expect(Bool(false), "the list's second layer is recurrent") }
        #expect(top.regularization.weightDrop == 0.2 && top.regularization.temporalL2 == 1 && top.regularization.zoneout == 0)
        expectFaults(
            text(#""embeddingDropout": 0.3"#),
            "config.json:2:31: model.embeddingDropout is 0.3, but there is no embedding: model.embedding is 0. Set that to a width, or remove this key.")
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
        (
            "embeddedReber", #""embedding": 8, "layers": [{"type": "conv1d", "channels": 4, "width": 3}, {"type": "gru", "hidden": 4}]"#,
            "model.layers[1] reads later time steps, but with data.kind \"embeddedReber\" the model predicts the next symbol at every step, which it would then have "
                + "seen. Give it padding \"causal\"."
        ),
        (
            "embeddedReber", #""layers": [{"type": "gru", "hidden": 4}, {"type": "conv1d", "channels": 4, "width": 3, "stride": 2, "padding": "causal"}]"#,
            "model.layers[2], of type \"conv1d\", gives another number of time steps than it reads, but with data.kind \"embeddedReber\" the model predicts the next "
                + "symbol at every step. Leave the layer out, or give a convolution stride 1 and padding \"causal\"."
        ),
        (
            "embeddedReber", #""layers": [{"type": "gru", "hidden": 4}, {"type": "pool"}]"#,
            "model.layers[2], of type \"pool\", gives another number of time steps than it reads"
        ),
        (
            "adding", #""layers": [{"type": "lstm", "hidden": 4}, {"type": "pool"}]}, "training": {"segmentLength": 9"#,
            "model.layers[2] needs whole sequences, so they can't be kept in segments of training.segmentLength 9. Set that to 0."
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
        (
            "adding", #""layers": [{"type": "transformer", "heads": 2, "feedForward": 8}]"#,
            "model.layers[1] has 2 heads and reads as many numbers as the data have; their number must be a multiple of the heads."
        ),
        (
            "adding", #""layers": [{"type": "dense", "units": 10}, {"type": "transformer", "heads": 4, "feedForward": 8}]"#,
            "model.layers[2] has 4 heads and reads 10 numbers; their number must be a multiple of the heads. A layer of type \"dense\" below changes it."
        ),
        (
            "temporalOrder", #""layers": [{"type": "transformer", "heads": 2, "feedForward": 8}]"#,
            #"model.layers[1] is of type "transformer", which reads numbers"#
        ),
        (
            "embeddedReber", #""embedding": 8, "layers": [{"type": "transformer", "heads": 2, "feedForward": 8, "causal": false}]"#,
            "model.layers[1] reads each sequence to its end, but with data.kind \"embeddedReber\" the model predicts the next symbol at every step"
        ),
        (
            "adding", #""layers": [{"type": "transformer", "heads": 1, "feedForward": 8}]}, "training": {"segmentLength": 9"#,
            "model.layers[1] needs whole sequences, so they can't be kept in segments of training.segmentLength 9. Set that to 0."
        ),
        (
            #"text", "files": "a"#,
            #""embedding": 8, "layers": [{"type": "lstm", "hidden": 8}, {"type": "transformer", "heads": 2, "feedForward": 8}]"#,
            "model.layers[2] begins anew with each chunk of a text, and other layers carry their state from chunk to chunk. Give it a context too: data.length,"
        ),
        (
            "adding", #""layers": [{"type": "transformer", "heads": 1, "feedForward": 8, "positions": "sinusoidal", "context": 4}]"#,
            "model.layers[1] has sinusoidal positions, which count from each chunk's begin, and a context, which goes across chunks."
        ),
    ])
    func refusals(kind: String, model: String, message: String) {
        let error = configurationError("{\"data\": {\"kind\": \"\(kind)\"}, \"model\": {\(model)}}")?.description
        #expect(error?.contains(message) == true, "\(error ?? "")")
    }

    @Test("tied weights need a text, an embedding, and a last layer that is as wide")
    func tied() throws {
        func parse(_ kind: String, _ model: String) throws -> Configuration {
            try Configuration.parse(Array("{\"data\": {\"kind\": \"\(kind)\", \"files\": \"a.txt\"}, \"model\": {\(model)}}".utf8), name: "config.json")
        }
        let configuration = try parse("text", #""embedding": 8, "tied": true, "hidden": 8"#)
        #expect(configuration.model.tied)
        #expect(try Configuration.parse(Array(configuration.resolvedJSON().serialized().utf8), name: "resolved") == configuration)
        for (kind, model, message) in [
            ("text", #""embedding": 8, "tied": true, "hidden": 9"#, "config.json:1:80: model.tied is true, but the last layer gives 9 numbers and model.embedding is 8"),
            ("text", #""tied": true"#, "config.json:1:64: model.tied is true, but model.embedding is 0; it goes with model.embedding at least 1 only."),
        ] {
            #expect { _ = try parse(kind, model) } throws: { "\($0)".contains(message) }
        }
        let error = configurationError(#"{"data": {"kind": "temporalOrder"}, "model": {"embedding": 8, "hidden": 8, "tied": true}}"#)?.description
        #expect(error?.contains("model.tied is true, but with data.kind \"temporalOrder\" the model doesn't predict the symbols that it reads") == true, "\(error ?? "")")
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

    @Test("a transformer is read with all of its keys, and written again; it may be the only kind of layer")
    func transformers() throws {
        let configuration = try Configuration.parse(
            Array(
                text(
                    #""layers": [{"type": "dense", "units": 8}, {"type": "transformer", "heads": 2, "feedForward": 32}, {"type": "transformer", "heads": 4, "feedForward": 16, "causal": false, "norm": "post", "positions": "none", "activation": "gelu", "dropout": 0.1}]"#
                ).utf8), name: "a")
        var last = TransformerDescription(heads: 4, feedForward: 16)
        (last.isCausal, last.norm, last.positions, last.activation, last.dropout) = (false, .post, .none, .gelu, 0.1)
        #expect(
            configuration.model.layers
                == .list([.dense(DenseDescription(units: 8)), .transformer(TransformerDescription(heads: 2, feedForward: 32)), .transformer(last)]))
        #expect(try Configuration.parse(Array(configuration.resolvedJSON().serialized().utf8), name: "resolved") == configuration)
    }

    @Test("layers over time are read with their keys, and written again; a model of them needs no recurrence")
    func overTime() throws {
        let list = #"""
            "layers": [{"type": "conv1d", "channels": 6, "width": 3, "dilation": 2, "padding": "causal", "activation": "relu"},
            {"type": "conv1d", "channels": 4, "width": 5, "stride": 2, "groups": 2}, {"type": "tcn", "channels": 4, "width": 2, "dilation": 4, "dropout": 0.1, "weightNorm": true},
            {"type": "stack", "frames": 3}, {"type": "subsample", "factor": 2}, {"type": "pool", "method": "attention", "units": 7}]
            """#
        let configuration = try Configuration.parse(Array(text(list).utf8), name: "a")
        var block = TemporalBlockDescription(channels: 4, width: 2, dilation: 4, dropout: 0.1)
        block.hasWeightNorm = true
        #expect(
            configuration.model.layers
                == .list([
                    .convolution(ConvolutionDescription(channels: 6, width: 3, dilation: 2, padding: .causal, activation: .relu)),
                    .convolution(ConvolutionDescription(channels: 4, width: 5, stride: 2, groups: 2)),
                    .temporalBlock(block), .stack(StackDescription(frames: 3)),
                    .subsample(SubsampleDescription(factor: 2)), .pool(PoolDescription(method: .attention, units: 7)),
                ]))
        #expect(try Configuration.parse(Array(configuration.resolvedJSON().serialized().utf8), name: "resolved") == configuration)
    }

    @Test("causal convolutions and temporal blocks go with targets at every step, and with segments")
    func causal() throws {
        for layer in [#"{"type": "conv1d", "channels": 4, "width": 3, "padding": "causal"}"#, #"{"type": "tcn", "channels": 4, "width": 3}"#] {
            let file = "{\"data\": {\"kind\": \"embeddedReber\"}, \"model\": {\"embedding\": 8, \"layers\": [\(layer)]}, \"training\": {\"segmentLength\": 9}}"
            #expect(configurationError(file) == nil)
        }
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
