import Layers
import Models
import ProtocolBuffers

// Recurrent layers: one LSTM, GRU or RNN node each.
extension ONNXGraph {
    /// Splits stacked initial states by layer, [1, batch, hidden]; not needed for one layer.
    mutating func splitStates() {
        guard states.isStacked, model.layerCount > 1 else { return }
        for part in states.parts {
            let name = part.name("0")
            add("Split", [name], (0..<model.layerCount).map { "\(name)_l\($0)" }, .integer("axis", 0))
        }
    }

    mutating func joinStates() {
        guard states.isStacked, model.layerCount > 1 else { return }
        for part in states.parts {
            let name = part.name("n")
            add("Concat", (0..<model.layerCount).map { "\(name)_l\($0)" }, [name], .integer("axis", 0))
        }
    }

    /// The name of a recurrent layer's state, [directions, batch, hidden].
    /// - Parameters:
    ///   - layer: its number among the recurrent layers.
    ///   - group: that of its state.
    func stateName(_ part: Int, _ suffix: String, layer: Int, group: Int) -> String {
        guard states.isStacked else { return states.groups[group][part].name(suffix) }
        return states.parts[part].name(suffix) + (model.layerCount > 1 ? "_l\(layer)" : "")
    }

    mutating func addRecurrent(_ layer: ExportedLayer, _ description: RecurrentDescription, index: Int) {
        let (cell, directions, hidden) = (CellExport(description), layer.directions, description.hidden)
        let (rows, count) = (cell.onnxGates.count * hidden, layer.directions.count)
        func gates(_ places: Int...) -> [Float] { directions.flatMap { half in places.flatMap { half.gates($0, inOrder: cell.onnxGates) } } }
        add("rnn.W_l\(index)", gates(0), count, rows, layer.plan.inputWidth)
        add("rnn.R_l\(index)", gates(1), count, rows, hidden)
        add("rnn.B_l\(index)", gates(2, 3), count, 2 * rows)
        let peephole = "rnn.P_l\(index)"
        if !cell.onnxPeepholes.isEmpty {
            add(peephole, directions.flatMap { $0.peepholes(inOrder: cell.onnxPeepholes) }, count, cell.onnxPeepholes.count * hidden)
        }
        let needsSteps = index < model.layerCount - 1 || !model.headReadsState
        func stateNames(_ suffix: String) -> [String] { cell.states.indices.map { stateName($0, suffix, layer: index, group: layer.stateIndex ?? 0) } }
        add(
            cell.onnxOperator,
            [below, "rnn.W_l\(index)", "rnn.R_l\(index)", "rnn.B_l\(index)", lengths] + stateNames("0") + (cell.onnxPeepholes.isEmpty ? [] : [peephole]),
            [needsSteps ? "y_l\(index)" : ""] + stateNames("n"), [.integer("hidden_size", hidden)] + cell.onnxAttributes(directionCount: count))
        if needsSteps { connect(merge("y_l\(index)", description, index: index), description, index: index) }
    }

    /// Makes [time, batch, width] of a recurrent layer's outputs [time, directions, batch, hidden]. - Returns: its name.
    private mutating func merge(_ outputs: String, _ description: RecurrentDescription, index: Int) -> String {
        let merged = "hidden_l\(index)"
        guard description.isBidirectional else {
            add("Squeeze", [outputs, constant("direction_axis", [1])], [merged])
            return merged
        }
        switch description.merge {
        case .concatenate:
            add("Transpose", [outputs], ["y_by_unit_l\(index)"], .integers("perm", [0, 2, 1, 3]))
            add("Reshape", ["y_by_unit_l\(index)", constant("shape_l\(index)", [0, 0, 2 * description.hidden])], [merged])
        case .sum: add("ReduceSum", [outputs, constant("direction_axis", [1])], [merged], .integer("keepdims", 0))
        case .average: add("ReduceMean", [outputs], [merged], .integers("axes", [1]), .integer("keepdims", 0))
        }
        return merged
    }

    private mutating func connect(_ outputs: String, _ description: RecurrentDescription, index: Int) {
        let connected = "connected_l\(index)"
        switch description.connection {
        case .none:
            below = outputs
            return
        case .residual: add("Add", [below, outputs], [connected])
        case .concatenate: add("Concat", [below, outputs], [connected], .integer("axis", 2))
        }
        below = connected
    }
}

// Layers that are at each time step by themselves.
extension ONNXGraph {
    mutating func addDense(_ layer: ExportedLayer, _ activation: DenseActivation) {
        let name = layer.plan.parameters[0].name.replacing(".weight", with: "")
        add("\(name).weight_transposed", layer.transposed(0), layer.plan.inputWidth, layer.plan.width)
        add("\(name).bias", layer.values(1), layer.plan.width)
        add("MatMul", [below, "\(name).weight_transposed"], ["\(name)_product"])
        add("Add", ["\(name)_product", "\(name).bias"], ["\(name)_sum"])
        below = "\(name)_sum"
        if let operation = activation.onnxOperator {
            add(operation, [below], ["\(name)_output"])
            below = "\(name)_output"
        }
    }

    mutating func addLayerNorm(_ layer: ExportedLayer, epsilon: Double) {
        let name = layer.plan.parameters[0].name.replacing(".weight", with: "")
        add("\(name).weight", layer.values(0), layer.plan.width)
        add("\(name).bias", layer.values(1), layer.plan.width)
        add(
            "LayerNormalization", [below, "\(name).weight", "\(name).bias"], ["\(name)_output"], .integer("axis", 2), .real("epsilon", Float(epsilon)))
        below = "\(name)_output"
    }
}

extension DenseActivation {
    var onnxOperator: String? {
        switch self {
        case .linear: nil
        case .relu: "Relu"
        case .tanh: "Tanh"
        case .sigmoid: "Sigmoid"
        }
    }
}
