import Network
import ProtocolBuffers

/// The model as a graph of ONNX operators: embedding or one-hot, one LSTM node per layer, the head.
///
/// ```
/// tokens [batch, time] int64 or inputs [batch, time, width]; lengths [batch] int32; h0, c0 [layers, batch, hidden]
///   → Transpose → Gather or OneHot → LSTM → Squeeze → LSTM → … → MatMul + Add → Transpose, or Gemm of the last states
/// outputs [batch, time, outputs] or [batch, outputs]; hn, cn [layers, batch, hidden]
/// ```
/// ONNX's LSTM is time-major, with gates in the order i, o, f, c. Source: ONNX operators, opset 17.
struct ONNXGraph {
    private let model: ExportedModel
    private(set) var nodes: [ONNXNode] = []
    private(set) var constants: [ONNXTensor] = []

    init(_ model: ExportedModel) {
        self.model = model
        var below = addInput()
        splitStates()
        for layer in 0..<layers { below = addLayer(layer, reading: below) }
        joinStates()
        addHead(reading: below)
    }

    private var hidden: Int { model.shape.hidden }
    private var layers: Int { model.shape.layers }
    private var outputs: Int { model.shape.outputs }

    private mutating func add(_ operation: String, _ inputs: [String], _ outputs: [String], _ attributes: ONNXNode.Attribute...) {
        nodes.append(ONNXNode(operation: operation, inputs: inputs, outputs: outputs, attributes: attributes))
    }

    private mutating func add(_ name: String, _ floats: some Collection<Float>, _ shape: Int...) {
        constants.append(ONNXTensor(name, floats: floats, shape: shape))
    }

    // MARK: From inputs to outputs

    /// - Returns: the name of the first layer's input, [time, batch, width].
    private mutating func addInput() -> String {
        switch model.shape.input {
        case .vectors:
            add("Transpose", ["inputs"], ["x"], .integers("perm", [1, 0, 2]))
        case .embedding(let count, let width):
            add("embedding.weight", model["embedding.weight"], count, width)
            add("Transpose", ["tokens"], ["tokens_by_time"], .integers("perm", [1, 0]))
            add("Gather", ["embedding.weight", "tokens_by_time"], ["x"])
        case .oneHot(let count):
            constants.append(ONNXTensor("vocabulary_count", integers: [Int64(count)]))
            add("off_and_on", [0, 1], 2)
            add("Transpose", ["tokens"], ["tokens_by_time"], .integers("perm", [1, 0]))
            add("OneHot", ["tokens_by_time", "vocabulary_count", "off_and_on"], ["x"])
        }
        return "x"
    }

    /// Splits the initial states by layer, [1, batch, hidden]; not needed for one layer.
    private mutating func splitStates() {
        guard layers > 1 else { return }
        for state in ["h0", "c0"] { add("Split", [state], (0..<layers).map { "\(state)_l\($0)" }, .integer("axis", 0)) }
    }

    /// - Returns: the name of the layer's hidden states, [time, batch, hidden].
    private mutating func addLayer(_ layer: Int, reading below: String) -> String {
        let width = model.shape.inputWidth(ofLayer: layer)
        add("rnn.W_l\(layer)", gatesReordered("rnn.weight_ih_l\(layer)"), 1, 4 * hidden, width)
        add("rnn.R_l\(layer)", gatesReordered("rnn.weight_hh_l\(layer)"), 1, 4 * hidden, hidden)
        add("rnn.B_l\(layer)", gatesReordered("rnn.bias_ih_l\(layer)") + gatesReordered("rnn.bias_hh_l\(layer)"), 1, 8 * hidden)
        let isOnly = layers == 1
        let needsSteps = layer < layers - 1 || model.hasOutputEveryStep
        add(
            "LSTM",
            [below, "rnn.W_l\(layer)", "rnn.R_l\(layer)", "rnn.B_l\(layer)", "lengths", isOnly ? "h0" : "h0_l\(layer)", isOnly ? "c0" : "c0_l\(layer)"],
            [needsSteps ? "y_l\(layer)" : "", isOnly ? "hn" : "hn_l\(layer)", isOnly ? "cn" : "cn_l\(layer)"],
            .integer("hidden_size", hidden))
        guard needsSteps else { return "" }
        if layer == 0 { constants.append(ONNXTensor("direction_axis", integers: [1])) }
        add("Squeeze", ["y_l\(layer)", "direction_axis"], ["hidden_l\(layer)"])
        return "hidden_l\(layer)"
    }

    private mutating func joinStates() {
        guard layers > 1 else { return }
        for state in ["hn", "cn"] { add("Concat", (0..<layers).map { "\(state)_l\($0)" }, [state], .integer("axis", 0)) }
    }

    /// Adds the head to every step's hidden state, or to that at each sequence's end, which is the LSTM's final state.
    private mutating func addHead(reading below: String) {
        add("head.bias", model["head.bias"], outputs)
        if model.hasOutputEveryStep {
            let weight = ExportedModel.transposed(model["head.weight"], rows: outputs, columns: hidden)
            add("head.weight_transposed", weight, hidden, outputs)
            add("MatMul", [below, "head.weight_transposed"], ["head_product"])
            add("Add", ["head_product", "head.bias"], ["outputs_by_time"])
            add("Transpose", ["outputs_by_time"], ["outputs"], .integers("perm", [1, 0, 2]))
        } else {
            add("head.weight", model["head.weight"], outputs, hidden)
            constants.append(ONNXTensor("layer_axis", integers: [0]))
            add("Squeeze", [layers == 1 ? "hn" : "hn_l\(layers - 1)", "layer_axis"], ["hidden_last"])
            add("Gemm", ["hidden_last", "head.weight", "head.bias"], ["outputs"], .integer("transB", 1))
        }
    }

    /// Reorders blocks of rows from i, f, g, o to i, o, f, g.
    private func gatesReordered(_ name: String) -> [Float] {
        let values = model[name]
        let gate = values.count / 4
        return [0, 3, 1, 2].flatMap { values[values.startIndex + $0 * gate..<values.startIndex + ($0 + 1) * gate] }
    }
}
