import Layers
import Models

/// What libraries call a cell, and how they lay out its parameters: the only place in this module that knows the cells.
struct CellExport: Sendable {
    /// The parts of a state, in the order in which libraries take them: ["h", "c"].
    let states: [(name: String, meaning: String)]
    /// Formats that have no such layer.
    var refusedFormats: [ExportFormat] = []
    /// PyTorch's module, and its arguments beside the common ones.
    let pytorchModule: String
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
    /// Whether NumPy's sums of the input have both biases.
    let numpyInputHasBothBiases: Bool
    /// Python statements for one time step `t` with NumPy: from `sums` [batch, time, gates · hidden], `h` and, if there is one, `c` [batch, hidden], and the
    /// weights `w` whose names end with `layer`, to the new states.
    let numpyStep: [String]
}

extension CellExport {
    /// A cell or an option that isn't mentioned here is one that no format has.
    init(_ layer: RecurrentDescription) {
        guard layer.hasKnownOptions else {
            self = .unknown
            return
        }
        switch layer.cell {
        case .lstm: self = layer.isPlainLSTM ? .lstm : .lstm(layer)
        case .gru: self = layer.reset == .before ? .resetFirstGRU : .gru
        case .rnn: self = layer.activation == .relu ? .reluRNN : .rnn
        case .slstm: self = .unknown
        }
    }

    /// A cell that no format has.
    static let unknown = CellExport(
        states: [], refusedFormats: ExportFormat.allCases, pytorchModule: "", kerasLayer: "", kerasGates: [], kerasHasBothBiases: false, onnxOperator: "",
        onnxGates: [], numpyInputHasBothBiases: false, numpyStep: [])

    private static let lstm = CellExport(
        states: [("h", "Hidden"), ("c", "Cell")], pytorchModule: "nn.LSTM", kerasLayer: "LSTM", kerasGates: [0, 1, 2, 3], kerasHasBothBiases: false,
        onnxOperator: "LSTM", onnxGates: [0, 3, 1, 2], numpyInputHasBothBiases: true,
        numpyStep: [
            "i, f, g, o = np.split(sums[:, t] + h @ w[f\"rnn.weight_hh_l{layer}\"].T, 4, axis=1)",
            "counts = (t < lengths)[:, None]",
            "cell = sigmoid(f) * c + sigmoid(i) * np.tanh(g)",
            "c = np.where(counts, cell, c)",
            "h = np.where(counts, sigmoid(o) * np.tanh(cell), h)",
        ])

    /// Keras and ONNX have the update gate first, and each a switch for the reset gate's place: after the product.
    private static let gru = CellExport(
        states: [("h", "Hidden")], pytorchModule: "nn.GRU", kerasLayer: "GRU", kerasArguments: ", reset_after=True", kerasGates: [1, 0, 2],
        kerasHasBothBiases: true, onnxOperator: "GRU", onnxGates: [1, 0, 2], onnxAttributes: [.integer("linear_before_reset", 1)],
        numpyInputHasBothBiases: false,
        numpyStep: [
            "r, z, n = np.split(sums[:, t], 3, axis=1)",
            "recurrent = h @ w[f\"rnn.weight_hh_l{layer}\"].T + w[f\"rnn.bias_hh_l{layer}\"]",
            "hr, hz, hn = np.split(recurrent, 3, axis=1)",
            "counts = (t < lengths)[:, None]",
            "update = sigmoid(z + hz)",
            "new = (1 - update) * np.tanh(n + sigmoid(r + hr) * hn) + update * h",
            "h = np.where(counts, new, h)",
        ])
}

extension CellExport {
    /// The other place of the reset gate, which PyTorch doesn't have.
    private static let resetFirstGRU = CellExport(
        states: [("h", "Hidden")], refusedFormats: [.pytorch], pytorchModule: "", kerasLayer: "GRU", kerasArguments: ", reset_after=False",
        kerasGates: [1, 0, 2], kerasHasBothBiases: false, onnxOperator: "GRU", onnxGates: [1, 0, 2], onnxAttributes: [.integer("linear_before_reset", 0)],
        numpyInputHasBothBiases: true,
        numpyStep: [
            "r, z, n = np.split(sums[:, t], 3, axis=1)",
            "wr, wz, wn = np.split(w[f\"rnn.weight_hh_l{layer}\"], 3)",
            "counts = (t < lengths)[:, None]",
            "reset = sigmoid(r + h @ wr.T)",
            "update = sigmoid(z + h @ wz.T)",
            "new = (1 - update) * np.tanh(n + (reset * h) @ wn.T) + update * h",
            "h = np.where(counts, new, h)",
        ])

    private static let rnn = rnn(pytorchArguments: "", kerasArguments: "", onnxActivation: "Tanh", numpyActivation: "np.tanh(new)")
    private static let reluRNN = rnn(
        pytorchArguments: ", nonlinearity=\"relu\"", kerasArguments: ", activation=\"relu\"", onnxActivation: "Relu", numpyActivation: "np.maximum(new, 0)")

    private static func rnn(pytorchArguments: String, kerasArguments: String, onnxActivation: String, numpyActivation: String) -> CellExport {
        CellExport(
            states: [("h", "Hidden")], pytorchModule: "nn.RNN", pytorchArguments: pytorchArguments, kerasLayer: "SimpleRNN", kerasArguments: kerasArguments,
            kerasGates: [0], kerasHasBothBiases: false, onnxOperator: "RNN", onnxGates: [0], onnxAttributes: [.texts("activations", [onnxActivation])],
            numpyInputHasBothBiases: true,
            numpyStep: [
                "counts = (t < lengths)[:, None]",
                "new = sums[:, t] + h @ w[f\"rnn.weight_hh_l{layer}\"].T",
                "h = np.where(counts, \(numpyActivation), h)",
            ])
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
    /// The same layer without what is around its cell: one direction, no connection.
    var plainCell: RecurrentDescription {
        RecurrentDescription(
            cell: cell, hidden: hidden, forgetBias: forgetBias, reset: reset, activation: activation, hasPeepholes: hasPeepholes, isCoupled: isCoupled,
            gateFunction: gateFunction)
    }

    /// Whether it has no options but those that exports know.
    fileprivate var hasKnownOptions: Bool {
        var known = plainCell
        (known.isBidirectional, known.merge, known.connection) = (isBidirectional, merge, connection)
        let isHardGRU = cell == .gru && gateFunction == .hardSigmoid
        return known == plain && !regularization.changesInference && !isHardGRU
    }
}
