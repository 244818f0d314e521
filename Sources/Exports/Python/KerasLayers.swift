import Layers
import Models

// Layers in `model.py` for Keras.
extension PythonModule {
    /// Statements from `x` below the layer to `x` above it; the names are those of the weights' file.
    func kerasStep(_ layer: ExportedLayer) -> [String] {
        switch layer.kind {
        case .embedding, .nothing: []
        case .dense(let activation):
            ["x = keras.layers.Dense(\(layer.plan.width), activation=\"\(activation.rawValue)\", name=\"\(layer.kerasName)\")(x)"]
        case .layerNorm(let epsilon): ["x = keras.layers.LayerNormalization(epsilon=\(epsilon), name=\"\(layer.kerasName)\")(x)"]
        case .recurrent(let description, let index): kerasRecurrence(layer, description, index: index)
        case .head: kerasLastStep
        }
    }

    private func kerasRecurrence(_ layer: ExportedLayer, _ description: RecurrentDescription, index: Int) -> [String] {
        let cell = CellExport(description)
        let (options, name) = ("return_sequences=True, return_state=True\(cell.kerasArguments)", "name=\"\(layer.kerasName)\"")
        let module = "keras.layers.\(cell.kerasLayer)(\(description.hidden), \(options)"
        let whole = description.isBidirectional ? "keras.layers.Bidirectional(\(module)), merge_mode=\"\(description.merge.kerasName)\", \(name))" : "\(module), \(name))"
        let endings = description.isBidirectional ? ["", "_reverse"] : [""]
        let names = endings.flatMap { ending in cell.stateNames.map { "\"\($0)_\(index)\(ending)\"" } }
        let call = "recur(\(whole), x, \(description.hidden), \(names.joined(separator: ", ")))"
        return switch description.connection {
        case .none: ["x = \(call)"]
        case .residual: ["x = keras.layers.Add(name=\"add_\(index)\")([x, \(call)])"]
        case .concatenate: ["x = keras.layers.Concatenate(name=\"concatenate_\(index)\")([x, \(call)])"]
        }
    }

    /// `x` [batch, width] for a head that reads the last step.
    private var kerasLastStep: [String] {
        if model.hasOutputEveryStep { return [] }
        // A recurrent layer's final states are those at each sequence's end.
        if model.headReadsState, let top = model.shape.recurrentLayers.last { return ["x = after[-\(CellExport(top).states.count)]"] }
        return [
            "if with_state:",
            "    last = keras.ops.sum(keras.ops.cast(mask, \"int32\"), axis=1) - 1",
            "    x = keras.ops.take_along_axis(x, last[:, None, None], axis=1)[:, 0]",
            "else:",
            "    x = x[:, -1]",
        ]
    }

    // MARK: States

    /// The first layer's inputs for states: "h_0, c_0".
    func kerasNames(suffix: String) -> String { (states.groups.first ?? []).map { $0.name + suffix }.joined(separator: ", ") }

    /// Keras's states in its order: layer after layer, of each direction h and c. `place` is the layer, or the direction, within the part.
    var kerasPlaces: [(part: ExportedStates.Part, place: Int)] {
        states.groups.flatMap { group in (0..<(group.first?.count ?? 0)).flatMap { place in group.map { ($0, place) } } }
    }

    /// A model with one output doesn't return a list.
    var kerasCall: String {
        let call = "model([\(inputName), mask\(kerasPlaces.map { ", \($0.part.name("0"))[\($0.place)]" }.joined())])"
        return states.parts.isEmpty ? "outputs, after = \(call), []" : "outputs, *after = \(call)"
    }

    /// The final states as the state's type has them, of `after`, which has Keras's order.
    var kerasFinalStates: String {
        let places = kerasPlaces.map { $0.part.name("n") }
        return states.expression { part in
            "np.stack([" + places.enumerated().filter { $0.element == part.name("n") }.map { "after[\($0.offset)]" }.joined(separator: ", ") + "])"
        }
    }
}

extension ExportedLayer {
    /// What the layer and its weights are called in Keras.
    var kerasName: String {
        switch kind {
        case .embedding: "embedding"
        case .recurrent(let description, let index):
            (description.isBidirectional ? "bidirectional_" : "") + "\(CellExport(description).kerasLayer.lowercased())_\(index)"
        case .dense: "dense_\(place ?? 0)"
        case .layerNorm: "layer_normalization_\(place ?? 0)"
        case .nothing: ""
        case .head: "head"
        }
    }
}

extension DirectionMerge {
    fileprivate var kerasName: String {
        switch self {
        case .concatenate: "concat"
        case .sum: "sum"
        case .average: "ave"
        }
    }
}
