import Layers
import Models
import ProtocolBuffers

/// The model as a graph of ONNX operators: embedding or one-hot, one LSTM, GRU or RNN node per layer, the head.
///
/// ```
/// tokens [batch, time] int64 or inputs [batch, time, width]; lengths [batch] int32; h0 and, for an LSTM, c0 [layers, batch, hidden]
///   → Transpose → Gather or OneHot → LSTM → Squeeze → LSTM → … → MatMul + Add → Transpose, or Gemm of the last states
/// outputs [batch, time, outputs] or [batch, outputs]; hn and, for an LSTM, cn [layers, batch, hidden]
/// ```
/// ONNX's layers are time-major, with gates in an order of their own (``CellExport``). Source: ONNX operators, opset 17.
struct ONNXGraph: ModelWriter {
    private let model: ExportedModel
    private(set) var nodes: [ONNXNode] = []
    private(set) var constants: [ONNXTensor] = []
    /// Name of what the next layer reads, [time, batch, width].
    private var below = "x"

    init(_ model: ExportedModel) throws {
        self.model = model
        addInput()
        try model.write(to: &self)
    }

    private var layerCount: Int { model.layerCount }

    mutating func add(_ layer: ExportedLayer) {
        switch layer.kind {
        case .embedding: addEmbedding(layer)
        case .recurrent(let description, let index):
            if index == 0 { splitStates() }
            addRecurrent(layer, CellExport(description), hidden: description.hidden, index: index)
        case .head:
            joinStates()
            addHead(layer)
        }
    }

    private mutating func add(_ operation: String, _ inputs: [String], _ outputs: [String], _ attributes: ONNXNode.Attribute...) {
        nodes.append(ONNXNode(operation: operation, inputs: inputs, outputs: outputs, attributes: attributes))
    }

    private mutating func add(_ name: String, _ floats: some Collection<Float>, _ shape: Int...) {
        constants.append(ONNXTensor(name, floats: floats, shape: shape))
    }

    // MARK: From inputs to outputs

    /// Makes `x` [time, batch, width] of the inputs, unless an embedding does.
    private mutating func addInput() {
        switch model.shape.input {
        case .embedding: break
        case .vectors: add("Transpose", ["inputs"], ["x"], .integers("perm", [1, 0, 2]))
        case .oneHot(let count):
            constants.append(ONNXTensor("vocabulary_count", integers: [Int64(count)]))
            add("off_and_on", [0, 1], 2)
            add("Transpose", ["tokens"], ["tokens_by_time"], .integers("perm", [1, 0]))
            add("OneHot", ["tokens_by_time", "vocabulary_count", "off_and_on"], ["x"])
        }
    }

    private mutating func addEmbedding(_ layer: ExportedLayer) {
        constants.append(ONNXTensor("embedding.weight", floats: layer.values(0), shape: layer.plan.parameters[0].shape))
        add("Transpose", ["tokens"], ["tokens_by_time"], .integers("perm", [1, 0]))
        add("Gather", ["embedding.weight", "tokens_by_time"], ["x"])
    }

    /// Splits the initial states by layer, [1, batch, hidden]; not needed for one layer.
    private mutating func splitStates() {
        guard layerCount > 1 else { return }
        for state in model.cell.stateNames.map({ $0 + "0" }) { add("Split", [state], (0..<layerCount).map { "\(state)_l\($0)" }, .integer("axis", 0)) }
    }

    private mutating func addRecurrent(_ layer: ExportedLayer, _ cell: CellExport, hidden: Int, index: Int) {
        let rows = cell.onnxGates.count * hidden
        func gates(_ place: Int) -> [Float] { layer.gates(place, inOrder: cell.onnxGates) }
        add("rnn.W_l\(index)", gates(0), 1, rows, layer.plan.inputWidth)
        add("rnn.R_l\(index)", gates(1), 1, rows, hidden)
        add("rnn.B_l\(index)", gates(2) + gates(3), 1, 2 * rows)
        let peephole = "rnn.P_l\(index)"
        if !cell.onnxPeepholes.isEmpty { add(peephole, layer.peepholes(inOrder: cell.onnxPeepholes), 1, cell.onnxPeepholes.count * hidden) }
        let isOnly = layerCount == 1
        let needsSteps = index < layerCount - 1 || model.hasOutputEveryStep
        func states(_ suffix: String) -> [String] { cell.stateNames.map { $0 + suffix + (isOnly ? "" : "_l\(index)") } }
        nodes.append(
            ONNXNode(
                operation: cell.onnxOperator,
                inputs: [below, "rnn.W_l\(index)", "rnn.R_l\(index)", "rnn.B_l\(index)", "lengths"] + states("0") + (cell.onnxPeepholes.isEmpty ? [] : [peephole]),
                outputs: [needsSteps ? "y_l\(index)" : ""] + states("n"),
                attributes: [.integer("hidden_size", hidden)] + cell.onnxAttributes))
        guard needsSteps else { return }
        if index == 0 { constants.append(ONNXTensor("direction_axis", integers: [1])) }
        below = "hidden_l\(index)"
        add("Squeeze", ["y_l\(index)", "direction_axis"], [below])
    }

    private mutating func joinStates() {
        guard layerCount > 1 else { return }
        for state in model.cell.stateNames.map({ $0 + "n" }) { add("Concat", (0..<layerCount).map { "\(state)_l\($0)" }, [state], .integer("axis", 0)) }
    }

    /// Adds the head to every step's hidden state, or to that at each sequence's end, which is the layer's final state.
    private mutating func addHead(_ layer: ExportedLayer) {
        let (outputs, hidden) = (layer.plan.width, layer.plan.inputWidth)
        add("head.bias", layer.values(1), outputs)
        if model.hasOutputEveryStep {
            add("head.weight_transposed", layer.transposed(0), hidden, outputs)
            add("MatMul", [below, "head.weight_transposed"], ["head_product"])
            add("Add", ["head_product", "head.bias"], ["outputs_by_time"])
            add("Transpose", ["outputs_by_time"], ["outputs"], .integers("perm", [1, 0, 2]))
        } else {
            add("head.weight", layer.values(0), outputs, hidden)
            constants.append(ONNXTensor("layer_axis", integers: [0]))
            add("Squeeze", [layerCount == 1 ? "hn" : "hn_l\(layerCount - 1)", "layer_axis"], ["hidden_last"])
            add("Gemm", ["hidden_last", "head.weight", "head.bias"], ["outputs"], .integer("transB", 1))
        }
    }
}
