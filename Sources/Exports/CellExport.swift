import Layers
import Models

/// What libraries call a cell, and how they lay out its parameters: the only place in this module that knows the cells.
struct CellExport {
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
    /// Python statements for one time step `t` of layer `layer` with NumPy: from `sums` [batch, time, gates · hidden], `h`, `w` and `counts` to the new states.
    let numpyStep: [String]
}

extension CellExport {
    init(_ layer: RecurrentDescription) {
        if layer.isInNoFormat {
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

    /// Of a layer that no format has.
    private static let unknown = CellExport(
        states: [], refusedFormats: ExportFormat.allCases, pytorchModule: "", kerasLayer: "", kerasGates: [], kerasHasBothBiases: false, onnxOperator: "",
        onnxGates: [], numpyInputHasBothBiases: false, numpyStep: [])

    private static let lstm = CellExport(
        states: [("h", "Hidden"), ("c", "Cell")], pytorchModule: "nn.LSTM", kerasLayer: "LSTM", kerasGates: [0, 1, 2, 3], kerasHasBothBiases: false,
        onnxOperator: "LSTM", onnxGates: [0, 3, 1, 2], numpyInputHasBothBiases: true,
        numpyStep: [
            "i, f, g, o = np.split(sums[:, t] + h[layer] @ w[f\"rnn.weight_hh_l{layer}\"].T, 4, axis=1)",
            "counts = (t < lengths)[:, None]",
            "cell = sigmoid(f) * c[layer] + sigmoid(i) * np.tanh(g)",
            "c[layer] = np.where(counts, cell, c[layer])",
            "h[layer] = np.where(counts, sigmoid(o) * np.tanh(cell), h[layer])",
        ])

    /// Keras and ONNX have the update gate first, and each a switch for the reset gate's place: after the product.
    private static let gru = CellExport(
        states: [("h", "Hidden")], pytorchModule: "nn.GRU", kerasLayer: "GRU", kerasArguments: ", reset_after=True", kerasGates: [1, 0, 2],
        kerasHasBothBiases: true, onnxOperator: "GRU", onnxGates: [1, 0, 2], onnxAttributes: [.integer("linear_before_reset", 1)],
        numpyInputHasBothBiases: false,
        numpyStep: [
            "r, z, n = np.split(sums[:, t], 3, axis=1)",
            "recurrent = h[layer] @ w[f\"rnn.weight_hh_l{layer}\"].T + w[f\"rnn.bias_hh_l{layer}\"]",
            "hr, hz, hn = np.split(recurrent, 3, axis=1)",
            "counts = (t < lengths)[:, None]",
            "update = sigmoid(z + hz)",
            "new = (1 - update) * np.tanh(n + sigmoid(r + hr) * hn) + update * h[layer]",
            "h[layer] = np.where(counts, new, h[layer])",
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
            "reset = sigmoid(r + h[layer] @ wr.T)",
            "update = sigmoid(z + h[layer] @ wz.T)",
            "new = (1 - update) * np.tanh(n + (reset * h[layer]) @ wn.T) + update * h[layer]",
            "h[layer] = np.where(counts, new, h[layer])",
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
                "new = sums[:, t] + h[layer] @ w[f\"rnn.weight_hh_l{layer}\"].T",
                "h[layer] = np.where(counts, \(numpyActivation), h[layer])",
            ])
    }
}

// MARK: - Python expressions

extension CellExport {
    var stateNames: [String] { states.map(\.name) }

    /// "tuple[Tensor, Tensor]", or "Tensor" where a state has one part.
    func stateType(_ array: String) -> String {
        states.count == 1 ? array : "tuple[" + stateNames.map { _ in array }.joined(separator: ", ") + "]"
    }

    /// "(hn, cn)", or "hn".
    func state(_ suffix: String = "") -> String { grouped(stateNames.map { $0 + suffix }) }
    /// The same of any expressions.
    func grouped(_ parts: [String]) -> String { parts.count == 1 ? parts[0] : "(" + parts.joined(separator: ", ") + ")" }
    /// The same without brackets.
    func names(_ suffix: String = "") -> String { stateNames.map { $0 + suffix }.joined(separator: ", ") }
    /// The hidden states of all layers within `state`.
    func hiddenStates(of state: String) -> String { states.count == 1 ? state : state + "[0]" }
    /// NumPy's zeros for `layers` layers, unpacked to the parts.
    func numpyZeros(layers: Int, hidden: Int) -> String {
        "np.zeros((\(states.count == 1 ? "" : "\(states.count), ")\(layers), batch, \(hidden)), np.float32)"
    }
}
