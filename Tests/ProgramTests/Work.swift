import Testing

/// A small training run for tests: a configuration and its data.
struct Work: Sendable, CustomTestStringConvertible {
    let name: String
    let configuration: String
    var files: [String: String] = [:]

    var testDescription: String { name }

    /// Writes `NAME.json` and the data into `folder`.
    func prepare(in folder: Folder) throws {
        try folder.write(configuration, "\(name).json")
        for (name, text) in files { try folder.write(text, name) }
    }

    /// One per kind of training, each of 50 steps over several epochs. No batch size is divisible by the 8 shards.
    static let all = [text, embedding, windows, series, reber, sequences]

    /// Streams with carried states, two layers, 10 streams on 8 shards.
    static let text = Work(
        name: "text",
        configuration: """
            {"data": {"kind": "text", "files": "text.txt", "length": 10}, "model": {"hidden": 9, "layers": 2},
             "training": {"batch": 10, "steps": 50, "clipNorm": 0.3}, "optimizer": {"learningRate": 0.01}}
            """,
        files: ["text.txt": prose])

    static let embedding = Work(
        name: "embedding",
        configuration: """
            {"data": {"kind": "text", "files": ["text.txt"], "unit": "byte", "length": 7, "validationFraction": 0.2},
             "model": {"hidden": 11, "embedding": 5, "initialization": "keras"},
             "training": {"batch": 9, "steps": 50}, "optimizer": {"learningRate": 0.02}}
            """,
        files: ["text.txt": prose])

    static let windows = Work(
        name: "windows",
        configuration: """
            {"data": {"kind": "textWindows", "files": "text.txt", "length": 12, "stride": 5, "testFraction": 0.1},
             "model": {"hidden": 10, "initialization": "keras"}, "training": {"batch": 20, "steps": 50, "clipNorm": 1},
             "optimizer": {"learningRate": 0.01, "schedule": "step", "decayFactor": 0.5}}
            """,
        files: ["text.txt": prose])

    /// Vectors of three columns, of which two are predicted.
    static let series = Work(
        name: "series",
        configuration: """
            {"data": {"kind": "series", "files": "series.csv", "length": 7, "horizon": 2, "targets": ["sum", "wave"]},
             "model": {"hidden": 7, "layers": 2}, "training": {"batch": 30, "steps": 50}, "optimizer": {"learningRate": 0.01}}
            """,
        files: ["series.csv": table])

    /// Ragged sequences; an epoch's last batch has 3, so that most of its shards are empty.
    static let reber = Work(
        name: "reber",
        configuration: """
            {"data": {"kind": "embeddedReber", "trainingExamples": 123, "validationExamples": 20, "testExamples": 30},
             "model": {"hidden": 13}, "training": {"batch": 20, "steps": 50, "clipNorm": 0.5}, "optimizer": {"learningRate": 0.02}}
            """)

    /// Labelled sequences of 1 to 6 steps of two numbers, whose class is which number grows.
    static let sequences = Work(
        name: "sequences",
        configuration: """
            {"data": {"kind": "sequences", "files": "sequences.csv", "label": "kind", "features": 2, "validationFraction": 0.2, "testFraction": 0.2},
             "model": {"hidden": 9}, "training": {"batch": 10, "steps": 50, "clipNorm": 1}, "optimizer": {"learningRate": 0.02}}
            """,
        files: ["sequences.csv": labelledTable])

    /// The same of texts.
    static let labelledTexts = Work(
        name: "labelledTexts",
        configuration: """
            {"data": {"kind": "sequences", "files": "texts.csv", "label": "kind", "text": "text", "validationFraction": 0.2},
             "model": {"hidden": 11, "embedding": 4}, "training": {"batch": 10, "steps": 50, "clipNorm": 1}, "optimizer": {"learningRate": 0.02}}
            """,
        files: ["texts.csv": labelledTextTable])

    /// SGD with Nesterov's momentum and weight decay; empty shards as above.
    static let momentum = Work(
        name: "momentum",
        configuration: """
            {"data": {"kind": "embeddedReber", "trainingExamples": 123, "validationExamples": 20, "testExamples": 30},
             "model": {"hidden": 12}, "training": {"batch": 20, "steps": 50, "clipNorm": 0.5},
             "optimizer": {"algorithm": "sgd", "learningRate": 0.5, "momentum": 0.9, "nesterov": true, "weightDecay": 1e-4}}
            """)

    /// GRU layers on embedded symbols, with carried states.
    static let gru = Work(
        name: "gru",
        configuration: """
            {"data": {"kind": "text", "files": "text.txt", "length": 9}, "model": {"cell": "gru", "hidden": 11, "layers": 2, "embedding": 6},
             "training": {"batch": 10, "steps": 50, "clipNorm": 0.3}, "optimizer": {"learningRate": 0.01}}
            """,
        files: ["text.txt": prose])

    /// Layers of different cells and widths, with carried states.
    static let stack = Work(
        name: "stack",
        configuration: """
            {"data": {"kind": "text", "files": "text.txt", "length": 8},
             "model": {"layers": [{"type": "lstm", "hidden": 14, "forgetBias": 1}, {"type": "gru", "hidden": 9}, {"type": "gru", "hidden": 5}]},
             "training": {"batch": 10, "steps": 50}, "optimizer": {"learningRate": 0.01}}
            """,
        files: ["text.txt": prose])

    /// Words with an embedding that is the head's too.
    static let words = Work(
        name: "words",
        configuration: """
            {"data": {"kind": "text", "files": "text.txt", "unit": "word", "vocabularySize": 10, "length": 6},
             "model": {"hidden": 10, "embedding": 10, "tied": true, "initialization": "uniform", "initialRange": 0.2},
             "training": {"batch": 5, "steps": 50, "clipNorm": 0.5}, "optimizer": {"algorithm": "adamw", "learningRate": 0.01, "weightDecay": 0.1}}
            """,
        files: ["text.txt": prose])

    /// Byte pairs that are learnt from the training part.
    static let bytePairs = Work(
        name: "bytePairs",
        configuration: """
            {"data": {"kind": "text", "files": "text.txt", "unit": "bpe", "vocabularySize": 290, "length": 6, "validationFraction": 0.2},
             "model": {"hidden": 12, "embedding": 7}, "training": {"batch": 5, "steps": 50, "clipNorm": 0.5}, "optimizer": {"learningRate": 0.01}}
            """,
        files: ["text.txt": prose])

    /// Documents of a few lines, each a sequence of its own.
    static let documents = Work(
        name: "documents",
        configuration: """
            {"data": {"kind": "text", "files": "text.txt", "unit": "word", "document": "blankLine", "validationFraction": 0.2},
             "model": {"hidden": 12, "embedding": 7}, "training": {"batch": 5, "steps": 50, "clipNorm": 0.5}, "optimizer": {"learningRate": 0.01}}
            """,
        files: ["text.txt": prose.split(separator: " ").enumerated().map { $0 % 11 == 0 ? "\($1)\n\n" : "\($1) " }.joined()])

    /// Cells with other options than the usual ones, with carried states.
    static let cells = Work(
        name: "cells",
        configuration: """
            {"data": {"kind": "text", "files": "text.txt", "length": 8},
             "model": {"layers": [{"type": "gru", "hidden": 35, "reset": "before"}, {"type": "rnn", "hidden": 9, "activation": "relu"},
                                  {"type": "lstm", "hidden": 7, "peepholes": true, "coupledGates": true, "gateActivation": "hardSigmoid"}]},
             "training": {"batch": 10, "steps": 50}, "optimizer": {"learningRate": 0.01}}
            """,
        files: ["text.txt": prose])

    /// LSTMs with layer normalisation and with a projection, an sLSTM and a GRU with a hard sigmoid, some with learned initial states; with carried states.
    static let cellForms = Work(
        name: "cellForms",
        configuration: """
            {"data": {"kind": "text", "files": "text.txt", "length": 8},
             "model": {"layers": [{"type": "lstm", "hidden": 18, "layerNorm": "products", "initialState": "learned"}, {"type": "lstm", "hidden": 9, "layerNorm": "gates"},
                {"type": "lstm", "hidden": 19, "projection": 6, "initialState": "learned"}, {"type": "slstm", "hidden": 7, "forgetGate": "exponential"},
                {"type": "gru", "hidden": 9, "gateActivation": "hardSigmoid", "initialState": "learned"}]},
             "training": {"batch": 10, "steps": 50}, "optimizer": {"learningRate": 0.01}}
            """,
        files: ["text.txt": prose])

    /// Bidirectional layers with dropout between them, of sequences of different lengths.
    static let bidirectional = Work(
        name: "bidirectional",
        configuration: """
            {"data": {"kind": "sequences", "files": "sequences.csv", "label": "kind", "features": 2, "validationFraction": 0.2, "testFraction": 0.2},
             "model": {"hidden": 9, "layers": 2, "bidirectional": true, "dropout": 0.25},
             "training": {"batch": 10, "steps": 50, "clipNorm": 1}, "optimizer": {"learningRate": 0.02}}
            """,
        files: ["sequences.csv": labelledTable])

    /// Layers without a recurrence below, between and above others, dropout among them, and connections; with carried states.
    static let layers = Work(
        name: "layers",
        configuration: """
            {"data": {"kind": "text", "files": "text.txt", "length": 8},
             "model": {"embedding": 7, "layers": [{"type": "dropout", "rate": 0.2}, {"type": "noise", "deviation": 0.1},
                {"type": "dense", "units": 12, "activation": "tanh"}, {"type": "lstm", "hidden": 12, "connection": "residual"}, {"type": "layerNorm"},
                {"type": "dropout", "rate": 0.5, "variational": true}, {"type": "gru", "hidden": 9, "connection": "concatenate"},
                {"type": "dense", "units": 10, "activation": "relu"}, {"type": "dropout", "rate": 0.3}]},
             "training": {"batch": 10, "steps": 50}, "optimizer": {"learningRate": 0.01}}
            """,
        files: ["text.txt": prose])

    /// Everything that acts inside a recurrence in training, of an embedding's rows and on the outputs; with carried states.
    static let regularized = Work(
        name: "regularized",
        configuration: """
            {"data": {"kind": "text", "files": "text.txt", "length": 8},
             "model": {"embedding": 7, "embeddingDropout": 0.1, "layers": [
                {"type": "lstm", "hidden": 12, "weightDrop": 0.3, "recurrentDropout": 0.2, "zoneout": 0.1, "zoneoutCell": 0.2},
                {"type": "dropout", "rate": 0.2, "variational": true},
                {"type": "gru", "hidden": 9, "candidateDropout": 0.2, "weightDrop": 0.2, "activationL2": 2, "temporalL2": 1}, {"type": "dropout", "rate": 0.3}]},
             "training": {"batch": 10, "steps": 50}, "optimizer": {"learningRate": 0.01}}
            """,
        files: ["text.txt": prose])

    /// Transformer blocks that carry a context from chunk to chunk, of a text.
    static let transformers = Work(
        name: "transformers",
        configuration: """
            {"data": {"kind": "text", "files": "text.txt", "length": 8},
             "model": {"embedding": 12, "layers": [{"type": "transformer", "heads": 3, "feedForward": 20, "context": 5, "dropout": 0.1},
                {"type": "transformer", "heads": 2, "feedForward": 17, "norm": "post", "positions": "none", "activation": "gelu", "context": 9}]},
             "training": {"batch": 10, "steps": 50}, "optimizer": {"learningRate": 0.01}}
            """,
        files: ["text.txt": prose])

    /// Causal convolutions and a recurrence, with carried states.
    static let causalConvolutions = Work(
        name: "causalConvolutions",
        configuration: """
            {"data": {"kind": "text", "files": "text.txt", "length": 8},
             "model": {"embedding": 7, "layers": [{"type": "tcn", "channels": 12, "width": 3, "dropout": 0.2},
                {"type": "tcn", "channels": 12, "width": 2, "dilation": 4, "weightNorm": true}, {"type": "gru", "hidden": 9},
                {"type": "conv1d", "channels": 10, "width": 2, "padding": "causal", "activation": "tanh"}]},
             "training": {"batch": 10, "steps": 50}, "optimizer": {"learningRate": 0.01}}
            """,
        files: ["text.txt": prose])

    /// Transformer blocks that begin anew with each chunk: the model has no state.
    static let blocks = Work(
        name: "blocks",
        configuration: """
            {"data": {"kind": "text", "files": "text.txt", "length": 8},
             "model": {"embedding": 12, "layers": [{"type": "transformer", "heads": 3, "feedForward": 20, "positions": "sinusoidal"}, {"type": "layerNorm"}]},
             "training": {"batch": 10, "steps": 50}, "optimizer": {"learningRate": 0.01}}
            """,
        files: ["text.txt": prose])

    /// Layers that change the number of time steps, of sequences of different lengths.
    static let overTime = Work(
        name: "overTime",
        configuration: """
            {"data": {"kind": "sequences", "files": "sequences.csv", "label": "kind", "features": 2, "validationFraction": 0.2, "testFraction": 0.2},
             "model": {"layers": [{"type": "conv1d", "channels": 8, "width": 3, "groups": 1, "activation": "relu"}, {"type": "dropout", "rate": 0.2},
                {"type": "stack", "frames": 2}, {"type": "lstm", "hidden": 9, "bidirectional": true}, {"type": "pool", "method": "attention", "units": 6},
                {"type": "dense", "units": 7, "activation": "tanh"}]},
             "training": {"batch": 10, "steps": 50, "clipNorm": 1}, "optimizer": {"learningRate": 0.02}}
            """,
        files: ["sequences.csv": labelledTable])

    /// 1500 characters of simple sentences.
    static let prose: String = {
        let words = ["the cat", "a dog", "sat", "ran", "on", "under", "the mat.", "a tree,", "and", "then\n"]
        var place = 3
        var text = ""
        while text.utf8.count < 1500 {
            place = (place * place + 7 * place + text.utf8.count) % 9973
            text += words[place % words.count] + " "
        }
        return String(text.prefix(1500))
    }()

    /// 90 rows of three classes; empty fields at the end.
    private static let labelledTable: String = {
        var lines = ["a1,b1,a2,b2,a3,b3,a4,b4,a5,b5,a6,b6,kind"]
        for row in 0..<90 {
            let (length, kind, start) = (1 + row * 37 % 6, ["up", "down", "flat"][row % 3], row * row % 17)
            let slope = row % 3 == 0 ? 3 : row % 3 == 1 ? -3 : 0
            let steps = (0..<6).map { $0 < length ? "\(start + slope * $0),\(slope).\(row % 10)" : "," }
            lines.append((steps + [kind]).joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }()

    static let labelledTextTable: String = {
        let words = [["the cat", "a dog", "one ox"], ["runs", "sits", "is är"], ["on mats", "\"\"quoted\"\"", "under trees"]]
        let rows = (0..<80).map { row in
            let kind = row * 7 % 3
            return "\"\((0..<1 + row % 3).map { words[kind][(row + $0) % 3] }.joined(separator: ", "))\",\(["who", "does", "where"][kind])"
        }
        return (["text,kind"] + rows).joined(separator: "\n") + "\n"
    }()

    /// 150 rows.
    private static let table: String = {
        var lines = ["step,wave,sum"]
        for row in 0..<150 {
            let (saw, slow) = (row * 37 % 101, row * row % 53)
            lines.append("\(row).5,\(saw - 50),\(Double(saw + 2 * slow) / 8)")
        }
        return lines.joined(separator: "\n") + "\n"
    }()
}

/// The weights that `inspect` shows for a run's newest checkpoint.
struct Weights: Equatable {
    let step: Int
    let sha256: String
}
