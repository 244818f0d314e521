import Batches
import Communication
import Configuration
import Exports
import Foundation
import Inference
import Kernels
import Layers
import Models
import Runs
import Threads
import Training

/// Networks of every kind, with seeded parameters.
enum Subjects {
    static let team = ThreadTeam(threadCount: 1, spins: false)

    /// Cells × inputs × layers × heads, hidden ≠ input: 18 of each cell, and 3 of each other form.
    static let all: [(name: String, shape: ModelDescription)] = {
        let inputs: [(String, ModelDescription.Input)] = [
            ("onehot", .oneHot(vocabularyCount: 6)), ("embedding", .embedding(vocabularyCount: 7, width: 4)), ("vectors", .vectors(width: 3)),
        ]
        // An sLSTM is among the forms.
        let sources = CellKind.allCases.filter { !$0.hasChosenForgetGate }.flatMap { cell in inputs.map { (cell, $0.0, $0.1) } }
        let usual = sources.flatMap { cell, name, input in
            (1...3).flatMap { layers in
                [ModelDescription.Head.everyStep, .lastStep].map { head in
                    let isRegression = head == .lastStep && name == "vectors"
                    return (
                        "\(cell)-\(name)-\(layers)-\(head == .everyStep ? "every" : "last")",
                        ModelDescription(
                            input: input, cell: cell, hidden: 8 + layers, layerCount: layers, outputs: 5, head: head, loss: isRegression ? .squaredError : .crossEntropy,
                            initialization: .pyTorch)
                    )
                }
            }
        }
        return usual + lists
            + forms.flatMap { layer in
                inputs.enumerated().map { index, input in
                    (
                        "\(layer.name.replacing(", ", with: "-").replacing(" ", with: "-"))-\(input.0)",
                        ModelDescription(
                            input: input.1, layers: Array(repeating: .recurrent(layer), count: 1 + index), outputs: 5, head: index == 1 ? .lastStep : .everyStep,
                            loss: .crossEntropy, initialization: .pyTorch)
                    )
                }
            }
    }()

    /// Cells with other options than the usual ones.
    static let forms: [RecurrentDescription] = {
        var forms = [
            RecurrentDescription(cell: .gru, hidden: 9, reset: .before), RecurrentDescription(cell: .rnn, hidden: 9, activation: .relu),
            RecurrentDescription(cell: .lstm, hidden: 9, hasPeepholes: true), RecurrentDescription(cell: .lstm, hidden: 9, isCoupled: true),
            RecurrentDescription(cell: .lstm, hidden: 9, gateFunction: .hardSigmoid),
            RecurrentDescription(cell: .lstm, hidden: 9, hasPeepholes: true, isCoupled: true, gateFunction: .hardSigmoid),
            RecurrentDescription(cell: .gru, hidden: 9, gateFunction: .hardSigmoid),
            RecurrentDescription(cell: .gru, hidden: 9, reset: .before, gateFunction: .hardSigmoid),
        ]
        func add(_ cell: CellKind, _ change: (inout RecurrentDescription) -> Void) {
            var layer = RecurrentDescription(cell: cell, hidden: 9)
            change(&layer)
            forms.append(layer)
        }
        add(.lstm) { $0.projection = 4 }
        for place in [LayerNormPlace.products, .gates] { add(.lstm) { $0.layerNorm = place } }
        for cell in [CellKind.lstm, .gru, .rnn] {
            add(cell) { $0.initialState = .learned }
            add(cell) { $0.regularization.zoneout = 0.25 }
        }
        add(.lstm) { ($0.regularization.zoneout, $0.regularization.zoneoutCell, $0.regularization.candidateDropout) = (0.1, 0.5, 0.3) }
        for function in [ForgetFunction.sigmoid, .exponential] { add(.slstm) { $0.forgetFunction = function } }
        return forms
    }()

    /// Those that `format` can say.
    static func known(to format: ExportFormat) -> [(name: String, shape: ModelDescription)] {
        all.filter { $1.layers.allSatisfy { has(format, $0) } }
    }

    /// Whether `format` has such a layer.
    static func has(_ format: ExportFormat, _ layer: LayerDescription) -> Bool {
        switch (layer, format) {
        case (_, .pytorch), (_, .npz): true
        case (.recurrent(let layer), _): hasOperator(layer) && (format == .onnx || !layer.hasPeepholes)
        case (_, .onnx): true
        case (.convolution(let layer), .keras): layer.stride == 1 || (layer.padding != .same && layer.dilation == 1)
        case (.stack, .keras), (.temporalBlock, .keras), (.transformer, .keras): false
        default: true
        }
    }

    /// Whether ONNX and, but for peepholes, Keras have such a layer.
    private static func hasOperator(_ layer: RecurrentDescription) -> Bool {
        layer.cell != .slstm && layer.layerNorm == .none && layer.projection == 0 && layer.initialState == .zero && !layer.regularization.changesInference
    }

    static func model(_ name: String, _ shape: ModelDescription) -> ExportedModel {
        let memory = FloatMemory(count: ParameterLayout(shape).count)
        shape.initialize(memory.view, seed: 3)
        // Larger than initial weights, since half-open gates would hide errors, and no zeros; gains, which begin at 1, each with a value of its own.
        let parameters = memory.view.array().enumerated().map { index, value in
            value == 0 || value == 1 ? value + 0.4 * Float(sin(Double(index))) : 2 * value
        }
        return ExportedModel(name: name, shape: shape, parameters: parameters)
    }
}

/// A run that is trained for a test.
struct TrainedSubject {
    let run: TrainedRun
    let data: RunData

    /// Trains the configuration `json`, which has few steps, in `folder`.
    init(_ json: String, in folder: TemporaryFolder) throws {
        let configuration = try Configuration.parse(Array(json.replacing("FOLDER", with: folder.path).utf8), name: "test")
        let path = folder.path("run")
        _ = try Trainer(
            configuration, data: RunData(configuration), runDirectory: path, resume: .never, group: SingleProcess(), team: Subjects.team,
            request: { .goOn }, reporter: nil
        ).train()
        run = try TrainedRun(path)
        data = try run.data()
    }

    func model(data: RunData? = nil) throws -> ExportedModel {
        try ExportedModel(run, data: data ?? self.data, programVersion: "test", group: SingleProcess(), team: Subjects.team)
    }

    /// Exports the run to `folder`/`name`.
    @discardableResult
    func export(_ format: ExportFormat, to name: String, in folder: TemporaryFolder, force: Bool = false) throws -> WrittenExport {
        try model().write(format, to: folder.path(name), data: data, force: force, team: Subjects.team)
    }

    static let text = """
        {"data": {"kind": "text", "files": "FOLDER/text.txt", "length": 12, "lowercase": true, "joinLines": true}, "model": {"hidden": 17, "layers": 2},
         "training": {"batch": 8, "steps": 60}, "optimizer": {"learningRate": 0.02}}
        """

    static let bytes = """
        {"data": {"kind": "textWindows", "files": "FOLDER/text.txt", "unit": "byte", "length": 9}, "model": {"hidden": 15, "embedding": 6},
         "training": {"batch": 8, "steps": 60, "precision": "bfloat16"}, "optimizer": {"learningRate": 0.02}}
        """

    static let bytePairs = """
        {"data": {"kind": "text", "files": "FOLDER/text.txt", "unit": "bpe", "vocabularySize": 270, "length": 9, "lowercase": true},
         "model": {"hidden": 15, "embedding": 6}, "training": {"batch": 8, "steps": 60}, "optimizer": {"learningRate": 0.02}}
        """

    /// Predicts a column that isn't an input, and one that is, relative to the last row.
    static let series = """
        {"data": {"kind": "series", "files": "FOLDER/table.csv", "columns": ["wave", "saw"], "targets": ["sum", "saw"], "length": 7, "horizon": 3,
                  "relative": true}, "model": {"hidden": 6, "layers": 2}, "training": {"batch": 16, "steps": 20}, "optimizer": {"learningRate": 0.01}}
        """

    /// Layers that differ, whose states are carried from symbol to symbol.
    static let textList = """
        {"data": {"kind": "text", "files": "FOLDER/text.txt", "length": 12},
         "model": {"layers": [{"type": "lstm", "hidden": 13}, {"type": "layerNorm"}, {"type": "gru", "hidden": 8, "connection": "concatenate"}, {"type": "rnn", "hidden": 6}]},
         "training": {"batch": 8, "steps": 60}, "optimizer": {"learningRate": 0.02}}
        """

    /// Layers that differ over ragged sequences, with a head at each sequence's last step.
    static let sequenceList = """
        {"data": {"kind": "sequences", "files": "FOLDER/labelled.csv", "label": "kind", "features": 2},
         "model": {"layers": [{"type": "dense", "units": 5, "activation": "tanh"}, {"type": "lstm", "hidden": 7, "bidirectional": true, "merge": "average"},
                              {"type": "dropout", "rate": 0.2}, {"type": "gru", "hidden": 7, "connection": "residual"}, {"type": "noise", "deviation": 0.1},
                              {"type": "dense", "units": 6, "activation": "relu"}]},
         "training": {"batch": 16, "steps": 20}, "optimizer": {"learningRate": 0.01}}
        """

    /// Layers that carry the steps before from symbol to symbol.
    static let textOverTime = """
        {"data": {"kind": "text", "files": "FOLDER/text.txt", "length": 12},
         "model": {"embedding": 8, "layers": [
            {"type": "conv1d", "channels": 8, "width": 3, "padding": "causal"}, {"type": "transformer", "heads": 2, "feedForward": 9, "context": 5},
            {"type": "tcn", "channels": 10, "width": 2, "dilation": 2}, {"type": "gru", "hidden": 8}]},
         "training": {"batch": 8, "steps": 60}, "optimizer": {"learningRate": 0.02}}
        """

    /// Fewer steps than the sequence has, and then one.
    static let sequenceOverTime = """
        {"data": {"kind": "sequences", "files": "FOLDER/labelled.csv", "label": "kind", "features": 2},
         "model": {"layers": [{"type": "conv1d", "channels": 5, "width": 3, "padding": "valid", "activation": "tanh"}, {"type": "lstm", "hidden": 6},
                              {"type": "pool", "method": "attention"}]},
         "training": {"batch": 16, "steps": 20}, "optimizer": {"learningRate": 0.01}}
        """

    /// Classes of ragged sequences of two numbers, and of texts.
    static let sequences = """
        {"data": {"kind": "sequences", "files": "FOLDER/labelled.csv", "label": "kind", "features": 2}, "model": {"hidden": 7},
         "training": {"batch": 16, "steps": 20}, "optimizer": {"learningRate": 0.01}}
        """
    static let labelledTexts = """
        {"data": {"kind": "sequences", "files": "FOLDER/texts.csv", "label": "kind", "text": "words"}, "model": {"hidden": 9, "embedding": 4},
         "training": {"batch": 16, "steps": 20}, "optimizer": {"learningRate": 0.01}}
        """
    static let labelledPairs = """
        {"data": {"kind": "sequences", "files": "FOLDER/texts.csv", "label": "kind", "text": "words", "unit": "bpe", "vocabularySize": 265},
         "model": {"hidden": 9, "embedding": 4}, "training": {"batch": 16, "steps": 20}, "optimizer": {"learningRate": 0.01}}
        """
    static let classified = (text: "the \"mat\" ä", numbers: [[1.5, -2], [3, 0.25], [40, 7]])

    static func writeData(in folder: TemporaryFolder) throws {
        let words = ["The cat", "a dög", "sat", "ran", "on", "under", "the \"mat\"", "a tree\\"]
        try folder.write((0..<300).map { words[$0 * $0 % 89 % words.count] + ($0 % 7 == 0 ? "\n" : " ") }.joined(), "text.txt")
        let rows = (0..<150).map { "\(Double($0 * 37 % 101) / 4),\($0 * $0 % 53),\(Double($0 * 37 % 101) + 2 * Double($0 * $0 % 53))" }
        let texts = (0..<60).map { "\"\(words[$0 % 8].replacing("\"", with: "\"\"")) ä\",\($0 % 3 == 0 ? "\"q\"\"uoted\"" : "class \($0 % 3)")" }
        try folder.write((["words,kind"] + texts).joined(separator: "\n") + "\n", "texts.csv")
        let labelled = (0..<60).map { row in (0..<4).map { $0 <= row % 4 ? "\(row * 7 % 13 + $0),\(row % 3 * $0).5" : "," }.joined(separator: ",") + ",\(row % 3)" }
        try folder.write((["a1,b1,a2,b2,a3,b3,a4,b4,kind"] + labelled).joined(separator: "\n") + "\n", "labelled.csv")
        try folder.write((["saw,wave,sum"] + rows).joined(separator: "\n") + "\n", "table.csv")
    }
}
