import Layers

extension CellExport {
    /// An LSTM.
    ///
    /// 1 - f = g(-x) for both gate functions, so a coupled layer is a plain one whose input gate has the forget gate's weights with the opposite sign.
    static func lstm(_ layer: RecurrentDescription) -> CellExport {
        let isHard = layer.gateFunction == .hardSigmoid
        let gates = layer.isCoupled ? [~0, 0, 1, 2] : [0, 1, 2, 3]
        return CellExport(
            states: [("h", "Hidden"), ("c", "Cell")], refusedFormats: layer.hasPeepholes ? [.keras] : [], pytorchModule: "nn.LSTM",
            pytorchArguments: layer.projection > 0 ? ", proj_size=\(layer.projection)" : "",
            kerasLayer: "LSTM", kerasArguments: isHard ? ", recurrent_activation=\"hard_sigmoid\"" : "", kerasGates: gates, kerasHasBothBiases: false,
            onnxOperator: "LSTM", onnxGates: [gates[0], gates[3], gates[1], gates[2]],
            onnxPeepholes: layer.hasPeepholes ? (layer.isCoupled ? [~0, 1, 0] : [0, 2, 1]) : [],
            onnxAttributes: isHard ? hardGates(["Tanh", "Tanh"]) : [], loop: loop(layer))
    }

    private static func loop(_ layer: RecurrentDescription) -> CellLoop {
        switch layer.layerNorm {
        case .none: CellLoop(inputSums: "products + bias_ih + bias_hh", step: step(layer))
        // As LayerNormLSTMCell of PyTorch's benchmarks, whose cell state is the normalised one.
        case .products:
            CellLoop(
                inputSums: "normalise(products, gain_ih, bias_ih + bias_hh, 1e-5)",
                step: [
                    "i, f, g, o = np.split(sums[:, t] + normalise(h @ weight_hh.T, gain_hh, 0, 1e-5), 4, axis=1)",
                    "next_c = normalise(np.sigmoid(f) * c + np.sigmoid(i) * np.tanh(g), gain_cell, bias_cell, 1e-5)",
                    "next_h = np.sigmoid(o) * np.tanh(next_c)",
                ])
        // As sketch-rnn (Ha & Eck 2017).
        case .gates:
            CellLoop(
                inputSums: "products",
                step: [
                    "parts = [np.split(values, 4, axis=-1) for values in (sums[:, t] + h @ weight_hh.T, gain_gates, bias_ih + bias_hh)]",
                    "i, f, g, o = (normalise(values, gain, bias, 1e-3) for values, gain, bias in zip(*parts))",
                    "next_c = np.sigmoid(f) * c + np.sigmoid(i) * np.tanh(g)",
                    "next_h = np.sigmoid(o) * np.tanh(normalise(next_c, gain_cell, bias_cell, 1e-3))",
                ])
        }
    }

    private static func step(_ layer: RecurrentDescription) -> [String] {
        func seen(_ name: String, _ cell: String) -> String { layer.hasPeepholes ? " + weight_\(name) * \(cell)" : "" }
        let input = layer.isCoupled ? "(1 - forget)" : layer.gate("i" + seen("ci", "c"))
        return [
            "\(layer.isCoupled ? "f, g, o" : "i, f, g, o") = np.split(sums[:, t] + h @ weight_hh.T, \(layer.gateCount), axis=1)",
            "forget = \(layer.gate("f" + seen("cf", "c")))", "next_c = forget * c + \(input) * np.tanh(g)",
            "next_h = \(layer.gate("o" + seen("co", "next_c"))) * np.tanh(next_c)",
        ]
    }

    /// The sLSTM (Beck et al. 2024), in a loop wherever it is. Where n is 0 nothing is there to be kept: 1e30 is taken away.
    static func slstm(_ layer: RecurrentDescription) -> CellExport {
        let logForget = layer.forgetFunction == .exponential ? "f" : "np.clip(f, None, 0) - np.log1p(np.exp(-np.abs(f)))"
        return CellExport(
            states: [("h", "Hidden"), ("c", "Cell"), ("n", "Normalizer"), ("m", "Stabilizer")], kerasLayer: "", kerasGates: [], kerasHasBothBiases: false,
            onnxOperator: "", onnxGates: [],
            loop: CellLoop(
                inputSums: "products + bias_ih + bias_hh",
                step: [
                    "i, f, g, o = np.split(sums[:, t] + h @ weight_hh.T, 4, axis=1)", "log_forget = \(logForget)",
                    "kept = np.where(n > 0, log_forget + m, log_forget + m - 1e30)", "next_m = np.maximum(i, kept)",
                    "forget, add = np.exp(kept - next_m), np.exp(i - next_m)", "next_c = forget * c + add * np.tanh(g)", "next_n = forget * n + add",
                    "next_h = np.sigmoid(o) * (next_c / next_n)",
                ]))
    }
}
