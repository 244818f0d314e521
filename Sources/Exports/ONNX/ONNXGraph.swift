import Layers
import Models
import ProtocolBuffers

/// The model as a graph of ONNX operators: embedding or one-hot, one LSTM or GRU node per layer, the head.
///
/// ```
/// tokens [batch, time] int64 or inputs [batch, time, width]; lengths [batch] int32; h0 and, for an LSTM, c0 [layers, batch, hidden]
///   → Transpose → Gather or OneHot → LSTM → Squeeze → LSTM → … → MatMul + Add → Transpose, or Gemm of the last states
/// outputs [batch, time, outputs] or [batch, outputs]; hn and, for an LSTM, cn [layers, batch, hidden]
/// ```
/// ONNX's layers are time-major, with gates in an order of their own (``CellExport``). Source: ONNX operators, opset 17.
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

    private var hidden: Int { model.shape.topWidth }
    private var layers: Int { model.shape.layers.count }
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
        for state in model.cell.stateNames.map({ $0 + "0" }) { add("Split", [state], (0..<layers).map { "\(state)_l\($0)" }, .integer("axis", 0)) }
    }

    /// - Returns: the name of the layer's hidden states, [time, batch, hidden].
    private mutating func addLayer(_ layer: Int, reading below: String) -> String {
        let width = model.shape.inputWidth(ofLayer: layer)
        let cell = model.cell
        let rows = cell.onnxGates.count * hidden
        func gates(_ name: String) -> [Float] { model.gates(of: "rnn.\(name)_l\(layer)", inOrder: cell.onnxGates) }
        add("rnn.W_l\(layer)", gates("weight_ih"), 1, rows, width)
        add("rnn.R_l\(layer)", gates("weight_hh"), 1, rows, hidden)
        add("rnn.B_l\(layer)", gates("bias_ih") + gates("bias_hh"), 1, 2 * rows)
        let isOnly = layers == 1
        let needsSteps = layer < layers - 1 || model.hasOutputEveryStep
        func states(_ suffix: String) -> [String] { cell.stateNames.map { $0 + suffix + (isOnly ? "" : "_l\(layer)") } }
        nodes.append(
            ONNXNode(
                operation: cell.onnxOperator,
                inputs: [below, "rnn.W_l\(layer)", "rnn.R_l\(layer)", "rnn.B_l\(layer)", "lengths"] + states("0"),
                outputs: [needsSteps ? "y_l\(layer)" : ""] + states("n"),
                attributes: [.integer("hidden_size", hidden)] + cell.onnxAttributes.map { .integer($0.name, $0.value) }))
        guard needsSteps else { return "" }
        if layer == 0 { constants.append(ONNXTensor("direction_axis", integers: [1])) }
        add("Squeeze", ["y_l\(layer)", "direction_axis"], ["hidden_l\(layer)"])
        return "hidden_l\(layer)"
    }

    private mutating func joinStates() {
        guard layers > 1 else { return }
        for state in model.cell.stateNames.map({ $0 + "n" }) { add("Concat", (0..<layers).map { "\(state)_l\($0)" }, [state], .integer("axis", 0)) }
    }

    /// Adds the head to every step's hidden state, or to that at each sequence's end, which is the layer's final state.
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
}
