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
    private var scalarsAndArrays: Set<String> = []
    private var valueCount = 0
    /// How many time steps of each sequence of `below` count, [batch]: as int32, which recurrent operators read, and, once it is needed, as int64.
    private(set) var lengths = "lengths"
    private var knownStepCounts: String?
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
        case .convolution(let description): addConvolution(layer, description)
        case .temporalBlock(let description): addTemporalBlock(layer, description)
        case .pool(let method): addPool(layer, method)
        case .frames(let count, let stride): addFrames(layer, count: count, stride: stride)
        case .transformer(let description): addTransformer(layer, description)
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

    /// The same with a shape of any dimensions.
    mutating func addConstant(_ name: String, _ floats: some Collection<Float>, _ shape: [Int]) {
        constants.append(ONNXTensor(name, floats: floats, shape: shape))
    }

    /// The name of a constant of integers, which several nodes may read.
    mutating func constant(_ name: String, _ values: [Int]) -> String {
        if scalarsAndArrays.insert(name).inserted { constants.append(ONNXTensor(name, integers: values.map(Int64.init))) }
        return name
    }

    /// The name of an operator's only output, which is its own.
    mutating func value(_ operation: String, _ inputs: [String], _ attributes: ONNXNode.Attribute...) -> String {
        valueCount += 1
        let name = "value_\(valueCount)"
        add(operation, inputs, [name], attributes)
        return name
    }

    /// The name of an integer that isn't an array.
    mutating func integer(_ value: Int) -> String {
        let name = "integer_\(value)"
        if scalarsAndArrays.insert(name).inserted { constants.append(ONNXTensor(name, integers: [Int64(value)], shape: [])) }
        return name
    }

    /// The name of an array of integers.
    mutating func integers(_ values: [Int]) -> String { constant("integers_" + values.map(String.init).joined(separator: "_"), values) }

    /// The name of a float that isn't an array.
    mutating func real(_ value: Float) -> String {
        let name = "real_\(value)"
        if scalarsAndArrays.insert(name).inserted { constants.append(ONNXTensor(name, floats: [value], shape: [])) }
        return name
    }

    /// The name of an array of doubles.
    mutating func doubles(_ values: [Double]) -> String {
        valueCount += 1
        constants.append(ONNXTensor("doubles_\(valueCount)", doubles: values))
        return "doubles_\(valueCount)"
    }

    // MARK: Lengths

    /// The name of the lengths as int64.
    mutating func stepCounts() -> String {
        let name = knownStepCounts ?? value("Cast", [lengths], .integer("to", ONNXType.int64.rawValue))
        knownStepCounts = name
        return name
    }

    /// - Parameter name: of the new lengths as int64.
    mutating func changeLengths(to name: String) {
        knownStepCounts = name
        lengths = value("Cast", [name], .integer("to", ONNXType.int32.rawValue))
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
            if model.changesSteps {
                // A convolution leaves as many steps as it reads, those past the end of the longest sequence among them.
                let most = value("ReduceMax", [stepCounts()], .integer("keepdims", 1))
                add("Slice", [value("Add", ["head_product", "head.bias"]), integers([0]), most, integers([0])], ["outputs_by_time"])
            } else {
                add("Add", ["head_product", "head.bias"], ["outputs_by_time"])
            }
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
            add("Squeeze", [stateName(0, "n", layer: model.layerCount - 1, group: states.groups.count - 1), axis], ["hidden_last"])
        } else {
            let lastSteps = value("Sub", [stepCounts(), integer(1)])
            let places = value("Unsqueeze", [lastSteps, integers([1])])
            add("Transpose", [below], ["hidden_by_batch"], .integers("perm", [1, 0, 2]))
            add("GatherND", ["hidden_by_batch", places], ["hidden_last"], .integer("batch_dims", 1))
        }
    }
}
