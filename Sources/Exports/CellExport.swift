import Layers
import Models

/// What libraries call a cell, and how they lay out its parameters: the only place in this module that knows the cells.
struct CellExport: Sendable {
    /// The parts of a state, in the order in which libraries take them: ["h", "c"].
    let states: [(name: String, meaning: String)]
    /// Formats that have no such layer.
    var refusedFormats: [ExportFormat] = []
    /// PyTorch's module; nil if it has none, so that `model.py` has a loop over the time steps.
    var pytorchModule: String?
    /// The module's arguments beside the common ones.
    var pytorchArguments = ""
    /// Keras's layer, and its arguments beside the common ones.
    let kerasLayer: String
    var kerasArguments = ""
    /// Keras's order of the gates, as places in ours; ~g is gate g with the opposite sign.
    let kerasGates: [Int]
    /// Whether Keras has both biases, `[2, gates · hidden]`, instead of their sum.
    let kerasHasBothBiases: Bool
    /// ONNX's operator, its order of the gates, and its attributes beside `hidden_size`.
    let onnxOperator: String
    let onnxGates: [Int]
    /// ONNX's order of the peepholes, as places in ours; empty if there are none.
    var onnxPeepholes: [Int] = []
    var onnxAttributes: [ONNXNode.Attribute] = []
    /// The formulas, for a loop over the time steps.
    let loop: CellLoop
}

extension CellExport {
    /// A cell or an option that isn't mentioned here is one that no format has.
    init(_ layer: RecurrentDescription) {
        guard layer.hasKnownOptions else {
            self = .unknown
            return
        }
        switch layer.cell {
        case .lstm: self = .lstm(layer)
        case .gru: self = layer.reset == .before ? .resetFirstGRU(layer) : .gru(layer)
        case .rnn: self = layer.activation == .relu ? .reluRNN(layer) : .rnn(layer)
        case .slstm: self = .slstm(layer)
        }
        if layer.needsLoop { pytorchModule = nil }
        if layer.needsLoopEverywhere { refusedFormats = [.onnx, .keras] }
    }

    /// A cell that no format has.
    static let unknown = CellExport(
        states: [], refusedFormats: ExportFormat.allCases, kerasLayer: "", kerasGates: [], kerasHasBothBiases: false, onnxOperator: "", onnxGates: [],
        loop: CellLoop(inputSums: "", step: []))

    /// Keras and ONNX have the update gate first, and each a switch for the reset gate's place: after the product.
    private static func gru(_ layer: RecurrentDescription) -> CellExport {
        gru(
            layer, pytorchModule: "nn.GRU", resetsAfter: true,
            CellLoop(
                inputSums: "products + bias_ih",
                step: [
                    "r, z, n = np.split(sums[:, t], 3, axis=1)", "hr, hz, hn = np.split(h @ weight_hh.T + bias_hh, 3, axis=1)",
                    "update = \(layer.gate("z + hz"))", "next_h = (1 - update) * np.tanh(n + \(layer.gate("r + hr")) * hn) + update * h",
                ]))
    }

    /// The other place of the reset gate, which PyTorch doesn't have.
    private static func resetFirstGRU(_ layer: RecurrentDescription) -> CellExport {
        gru(
            layer, pytorchModule: nil, resetsAfter: false,
            CellLoop(
                inputSums: "products + bias_ih + bias_hh",
                step: [
                    "r, z, n = np.split(sums[:, t], 3, axis=1)", "wr, wz, wn = np.split(weight_hh, 3)", "reset = \(layer.gate("r + h @ wr.T"))",
                    "update = \(layer.gate("z + h @ wz.T"))", "next_h = (1 - update) * np.tanh(n + (reset * h) @ wn.T) + update * h",
                ]))
    }

    private static func gru(_ layer: RecurrentDescription, pytorchModule: String?, resetsAfter: Bool, _ loop: CellLoop) -> CellExport {
        let isHard = layer.gateFunction == .hardSigmoid
        return CellExport(
            states: [("h", "Hidden")], pytorchModule: pytorchModule, kerasLayer: "GRU",
            kerasArguments: ", reset_after=\(resetsAfter ? "True" : "False")" + (isHard ? ", recurrent_activation=\"hard_sigmoid\"" : ""),
            kerasGates: [1, 0, 2], kerasHasBothBiases: resetsAfter, onnxOperator: "GRU", onnxGates: [1, 0, 2],
            onnxAttributes: [.integer("linear_before_reset", resetsAfter ? 1 : 0)] + (isHard ? hardGates(["Tanh"]) : []), loop: loop)
    }

    /// ONNX's attributes for hard sigmoids as gates, and the other activations.
    static func hardGates(_ others: [String]) -> [ONNXNode.Attribute] {
        [.texts("activations", ["HardSigmoid"] + others), .floats("activation_alpha", [1 / 6]), .floats("activation_beta", [0.5])]
    }

    private static func rnn(_ layer: RecurrentDescription) -> CellExport {
        rnn(pytorchArguments: "", kerasArguments: "", onnxActivation: "Tanh", activation: "np.tanh(new)")
    }

    private static func reluRNN(_ layer: RecurrentDescription) -> CellExport {
        rnn(
            pytorchArguments: ", nonlinearity=\"relu\"", kerasArguments: ", activation=\"relu\"", onnxActivation: "Relu", activation: "np.clip(new, 0, None)")
    }

    private static func rnn(pytorchArguments: String, kerasArguments: String, onnxActivation: String, activation: String) -> CellExport {
        CellExport(
            states: [("h", "Hidden")], pytorchModule: "nn.RNN", pytorchArguments: pytorchArguments, kerasLayer: "SimpleRNN", kerasArguments: kerasArguments,
            kerasGates: [0], kerasHasBothBiases: false, onnxOperator: "RNN", onnxGates: [0], onnxAttributes: [.texts("activations", [onnxActivation])],
            loop: CellLoop(
                inputSums: "products + bias_ih + bias_hh", step: ["new = sums[:, t] + h @ weight_hh.T", "next_h = \(activation)"]))
    }
}

// MARK: - Names

extension CellExport {
    var stateNames: [String] { states.map(\.name) }

    /// "(hn, cn)", or "hn", of any expressions.
    func grouped(_ parts: [String]) -> String { parts.count == 1 ? parts[0] : "(" + parts.joined(separator: ", ") + ")" }

    /// ONNX's attributes for so many directions.
    func onnxAttributes(directionCount: Int) -> [ONNXNode.Attribute] {
        guard directionCount > 1 else { return onnxAttributes }
        return [.text("direction", "bidirectional")]
            + onnxAttributes.map { attribute in
                switch attribute {
                case .texts(let name, let values): .texts(name, values + values)
                case .floats(let name, let values): .floats(name, values + values)
                default: attribute
                }
            }
    }
}

extension RecurrentDescription {
    /// The same layer without what acts in training only.
    var trained: RecurrentDescription {
        var layer = plain
        (layer.regularization.zoneout, layer.regularization.zoneoutCell) = (regularization.zoneout, regularization.zoneoutCell)
        return layer
    }

    /// The trained layer without what is around its cell: one direction, no connection.
    var cellAlone: RecurrentDescription {
        var layer = trained
        (layer.isBidirectional, layer.merge, layer.connection) = (false, .concatenate, .none)
        return layer
    }

    /// Whether it has no options but those that exports know.
    fileprivate var hasKnownOptions: Bool {
        var known = RecurrentDescription(
            cell: cell, hidden: hidden, forgetBias: forgetBias, reset: reset, activation: activation, hasPeepholes: hasPeepholes, isCoupled: isCoupled,
            gateFunction: gateFunction)
        (known.isBidirectional, known.merge, known.connection) = (isBidirectional, merge, connection)
        (known.forgetFunction, known.layerNorm, known.projection, known.initialState) = (forgetFunction, layerNorm, projection, initialState)
        known.regularization = trained.regularization
        return known == trained
    }

    /// Whether PyTorch has no module for it.
    fileprivate var needsLoop: Bool { needsLoopEverywhere && !isPlainWithProjection || hasPeepholes || isCoupled || gateFunction != .sigmoid }

    /// Whether no library has a layer for it, but for PyTorch's with a projection.
    fileprivate var needsLoopEverywhere: Bool {
        cell.hasChosenForgetGate || layerNorm != .none || projection > 0 || initialState == .learned || regularization.changesInference
    }

    private var isPlainWithProjection: Bool {
        projection > 0 && layerNorm == .none && initialState == .zero && !regularization.changesInference
    }

    /// The gates' function of an expression, in Python.
    func gate(_ sum: String) -> String { gateFunction == .hardSigmoid ? "np.clip((\(sum)) / 6 + 0.5, 0, 1)" : "np.sigmoid(\(sum))" }
}
