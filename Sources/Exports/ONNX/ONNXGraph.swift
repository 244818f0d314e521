import Layers
import Models
import ProtocolBuffers

/// The model as a graph of ONNX operators: embedding or one-hot, the layers, the head.
///
/// ```
/// tokens [batch, time] int64 or inputs [batch, time, width]; lengths [batch] int32; states to begin with (ExportedStates)
///   → Transpose → Gather or OneHot → LSTM → Squeeze → LSTM → … → MatMul + Add → Transpose, or Gemm of the last step
/// outputs [batch, time, outputs] or [batch, outputs]; states at each sequence's end
/// ```
/// ONNX's layers are time-major, with gates in an order of their own (``CellExport``). Source: ONNX operators, opset 17.
struct ONNXGraph: ModelWriter {
    let model: ExportedModel
    let states: ExportedStates
    private(set) var nodes: [ONNXNode] = []
    private(set) var constants: [ONNXTensor] = []
    private var integerConstants: Set<String> = []
    /// Name of what the next layer reads, [time, batch, width].
    var below = "x"

    init(_ model: ExportedModel) throws {
        self.model = model
        states = model.states
        addInput()
        try model.write(to: &self)
    }

    mutating func add(_ layer: ExportedLayer) {
        switch layer.kind {
        case .embedding: addEmbedding(layer)
        case .recurrent(let description, let index):
            if index == 0 { splitStates() }
            addRecurrent(layer, description, index: index)
        case .dense(let activation): addDense(layer, activation)
        case .layerNorm(let epsilon): addLayerNorm(layer, epsilon: epsilon)
        case .nothing: break
        case .head:
            joinStates()
            addHead(layer)
        }
    }

    // MARK: Nodes and constants

    mutating func add(_ operation: String, _ inputs: [String], _ outputs: [String], _ attributes: ONNXNode.Attribute...) {
        add(operation, inputs, outputs, attributes)
    }

    mutating func add(_ operation: String, _ inputs: [String], _ outputs: [String], _ attributes: [ONNXNode.Attribute]) {
        nodes.append(ONNXNode(operation: operation, inputs: inputs, outputs: outputs, attributes: attributes))
    }

    mutating func add(_ name: String, _ floats: some Collection<Float>, _ shape: Int...) {
        constants.append(ONNXTensor(name, floats: floats, shape: shape))
    }

    /// The name of a constant of integers, which several nodes may read.
    mutating func constant(_ name: String, _ values: [Int]) -> String {
        if integerConstants.insert(name).inserted { constants.append(ONNXTensor(name, integers: values.map(Int64.init))) }
        return name
    }

    // MARK: Input

    /// Makes `x` [time, batch, width] of the inputs, unless an embedding does.
    private mutating func addInput() {
        switch model.shape.input {
        case .embedding: break
        case .vectors: add("Transpose", ["inputs"], ["x"], .integers("perm", [1, 0, 2]))
        case .oneHot(let count):
            let depth = constant("vocabulary_count", [count])
            add("off_and_on", [0, 1], 2)
            add("Transpose", ["tokens"], ["tokens_by_time"], .integers("perm", [1, 0]))
            add("OneHot", ["tokens_by_time", depth, "off_and_on"], ["x"])
        }
    }

    private mutating func addEmbedding(_ layer: ExportedLayer) {
        constants.append(ONNXTensor("embedding.weight", floats: layer.values(0), shape: layer.plan.parameters[0].shape))
        add("Transpose", ["tokens"], ["tokens_by_time"], .integers("perm", [1, 0]))
        add("Gather", ["embedding.weight", "tokens_by_time"], ["x"])
    }

    // MARK: Head

    /// Adds the head to every step's numbers, or to those at each sequence's end.
    private mutating func addHead(_ layer: ExportedLayer) {
        let (outputs, width) = (layer.plan.width, layer.plan.inputWidth)
        add("head.bias", layer.values(1), outputs)
        if model.hasOutputEveryStep {
            add("head.weight_transposed", layer.transposed(0), width, outputs)
            add("MatMul", [below, "head.weight_transposed"], ["head_product"])
            add("Add", ["head_product", "head.bias"], ["outputs_by_time"])
            add("Transpose", ["outputs_by_time"], ["outputs"], .integers("perm", [1, 0, 2]))
        } else {
            add("head.weight", layer.values(0), outputs, width)
            addLastStep()
            add("Gemm", ["hidden_last", "head.weight", "head.bias"], ["outputs"], .integer("transB", 1))
        }
    }

    /// `hidden_last` [batch, width]: the last recurrent layer's final state, or the time step lengths - 1 of what is below.
    private mutating func addLastStep() {
        if model.headReadsState {
            let axis = constant("layer_axis", [0])
            add("Squeeze", [stateName(0, "n", layer: model.layerCount - 1), axis], ["hidden_last"])
        } else {
            let (one, axis) = (constant("one", [1]), constant("index_axis", [1]))
            add("Cast", ["lengths"], ["step_counts"], .integer("to", ONNXType.int64.rawValue))
            add("Sub", ["step_counts", one], ["last_steps"])
            add("Unsqueeze", ["last_steps", axis], ["last_indices"])
            add("Transpose", [below], ["hidden_by_batch"], .integers("perm", [1, 0, 2]))
            add("GatherND", ["hidden_by_batch", "last_indices"], ["hidden_last"], .integer("batch_dims", 1))
        }
    }
}
