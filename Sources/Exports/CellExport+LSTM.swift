import Layers

extension RecurrentDescription {
    /// Whether it has what no format's layer has, or what isn't written to one.
    var isInNoFormat: Bool {
        cell.hasChosenForgetGate || layerNorm != .none || projection > 0 || initialState == .learned || (cell.hasResetGate && gateFunction != .sigmoid)
    }

    /// Whether it is what every library calls an LSTM.
    var isPlainLSTM: Bool { cell.hasCellState && !hasPeepholes && !isCoupled && gateFunction == .sigmoid }
}

extension CellExport {
    /// An LSTM with peepholes, coupled gates or a hard sigmoid.
    ///
    /// 1 - f = g(-x) for both gate functions, so a coupled layer is a plain one whose input gate has the forget gate's weights with the opposite sign.
    static func lstm(_ layer: RecurrentDescription) -> CellExport {
        let isHard = layer.gateFunction == .hardSigmoid
        let gates = layer.isCoupled ? [~0, 0, 1, 2] : [0, 1, 2, 3]
        return CellExport(
            states: [("h", "Hidden"), ("c", "Cell")], refusedFormats: layer.hasPeepholes ? [.pytorch, .keras] : [.pytorch], pytorchModule: "",
            kerasLayer: "LSTM", kerasArguments: isHard ? ", recurrent_activation=\"hard_sigmoid\"" : "", kerasGates: gates, kerasHasBothBiases: false,
            onnxOperator: "LSTM", onnxGates: [gates[0], gates[3], gates[1], gates[2]],
            onnxPeepholes: layer.hasPeepholes ? (layer.isCoupled ? [~0, 1, 0] : [0, 2, 1]) : [],
            onnxAttributes: isHard
                ? [.texts("activations", ["HardSigmoid", "Tanh", "Tanh"]), .floats("activation_alpha", [1 / 6]), .floats("activation_beta", [0.5])] : [],
            numpyInputHasBothBiases: true, numpyStep: numpyStep(layer))
    }

    private static func numpyStep(_ layer: RecurrentDescription) -> [String] {
        func gate(_ sum: String) -> String { layer.gateFunction == .hardSigmoid ? "np.clip((\(sum)) / 6 + 0.5, 0, 1)" : "sigmoid(\(sum))" }
        func seen(_ name: String, _ cell: String) -> String { layer.hasPeepholes ? " + w[f\"rnn.weight_\(name)_l{layer}\"] * \(cell)" : "" }
        let names = layer.isCoupled ? "f, g, o" : "i, f, g, o"
        return [
            "\(names) = np.split(sums[:, t] + h @ w[f\"rnn.weight_hh_l{layer}\"].T, \(layer.gateCount), axis=1)",
            "counts = (t < lengths)[:, None]",
            "forget = \(gate("f" + seen("cf", "c")))",
            "cell = forget * c + \(layer.isCoupled ? "(1 - forget)" : gate("i" + seen("ci", "c"))) * np.tanh(g)",
            "c = np.where(counts, cell, c)",
            "h = np.where(counts, \(gate("o" + seen("co", "cell"))) * np.tanh(cell), h)",
        ]
    }
}
