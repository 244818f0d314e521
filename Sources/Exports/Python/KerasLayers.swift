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
        case .convolution(let description): kerasConvolution(layer, description)
        case .pool(let method): kerasPool(layer, method) + kerasMask("mask[:, :1]")
        case .frames(_, let stride): ["x = x[:, ::\(stride)]"] + kerasMask("mask[:, ::\(stride)]")
        case .temporalBlock, .transformer: preconditionFailure("refused before: ExportError.layerUnknown")
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
            "    last = \(Self.kerasLengths) - 1",
            "    x = keras.ops.take_along_axis(x, last[:, None, None], axis=1)[:, 0]",
            "else:",
            "    x = x[:, -1]",
        ]
    }

    // MARK: Layers over time

    private func kerasConvolution(_ layer: ExportedLayer, _ description: ConvolutionDescription) -> [String] {
        let (extent, stride) = (description.extent, description.stride)
        let options = [("strides", stride), ("dilation_rate", description.dilation), ("groups", description.groups)].filter { $0.1 > 1 }.map { ", \($0.0)=\($0.1)" }
        let activation = description.activation == .linear ? "" : ", activation=\"\(description.activation.rawValue)\""
        let padding = layer.stateIndex != nil || description.padding == .valid ? "" : ", padding=\"\(description.padding.rawValue)\""
        let read =
            layer.stateIndex.map { "precede(x, \(extent - 1), \(layer.plan.inputWidth), \"\(states.groups[$0][0].name("_0"))\")" } ?? "own(x)"
        let mask: String? =
            switch description.stepChange {
            case .none: nil
            case .toOne: "mask[:, :1]"
            case .every(let stride): "mask[:, ::\(stride)]"
            case .windows: "keras.ops.concatenate([mask[:, :1], mask[:, \(extent - 1 + stride)::\(stride)]], axis=1)"
            }
        return [
            "x = keras.layers.Conv1D(\(description.channels), \(description.width)\(options.joined())\(padding)\(activation), name=\"\(layer.kerasName)\")(\(read))",
        ] + (mask.map(kerasMask) ?? [])
    }

    private func kerasPool(_ layer: ExportedLayer, _ method: PoolMethod) -> [String] {
        switch method {
        case .mean: ["x = keras.layers.GlobalAveragePooling1D(keepdims=True, name=\"\(layer.kerasName)\")(x, mask=mask)"]
        case .max: ["x = keras.layers.GlobalMaxPooling1D(keepdims=True, name=\"\(layer.kerasName)\")(own(x, -float(\"inf\")))"]
        case .last:
            [
                "if with_state:", "    x = keras.ops.take_along_axis(x, (\(Self.kerasLengths) - 1)[:, None, None], axis=1)", "else:", "    x = x[:, -1:]",
            ]
        case .attention:
            [
                "scores = keras.layers.Dense(\(layer.plan.parameters[0].shape[0]), activation=\"tanh\", name=\"\(layer.kerasName)\")(x)",
                "scores = keras.layers.Dense(1, use_bias=False, name=\"\(layer.kerasName)_query\")(scores)",
                "x = keras.ops.sum(keras.ops.softmax(own(scores, -1e30), axis=1) * x, axis=1, keepdims=True)",
            ]
        }
    }

    /// Which steps count above a layer that changes their number.
    private func kerasMask(_ mask: String) -> [String] { ["if with_state:", "    mask = \(mask)"] }

    private static let kerasLengths = "keras.ops.sum(keras.ops.cast(mask, \"int32\"), axis=1)"

    /// Functions within `build` that layers over time call.
    var kerasFunctions: [String] {
        var (needsOwn, needsSteps) = (false, false)
        for layer in model.layers {
            switch layer.kind {
            case .convolution: (needsOwn, needsSteps) = (true, needsSteps || layer.stateIndex != nil)
            case .pool: needsOwn = true
            default: break
            }
        }
        return (needsOwn ? [Self.kerasOwn] : []) + (needsSteps ? [Self.kerasSteps] : [])
    }

    private static let kerasOwn = """
        def own(x, otherwise: float = 0.0):
            \"\"\"x with 0, or another number, behind each sequence's end.\"\"\"
            return x if mask is None else keras.ops.where(mask[:, :, None], x, otherwise)
        """

    private static let kerasSteps = """
        def precede(x, count: int, width: int, name: str):
            \"\"\"x behind the `count` steps before it: zeros, or those of a state. The next state are the last so many steps of both.\"\"\"
            x = own(x)
            if not with_state:
                return keras.layers.ZeroPadding1D((count, 0))(x)
            state = keras.Input((count * width,), name=name)
            x = keras.ops.concatenate([keras.ops.reshape(state, (-1, count, width)), x], axis=1)
            last = \(kerasLengths)[:, None] + keras.ops.arange(count, dtype="int32")
            steps = keras.ops.take_along_axis(x, last[:, :, None], axis=1)
            before.append(state)
            after.append(keras.ops.reshape(steps, (-1, count * width)))
            return x
        """

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
        case .convolution: "conv1d_\(place ?? 0)"
        case .pool(let method): (method == .attention ? "attention_" : "pooling_") + "\(place ?? 0)"
        case .nothing, .frames, .temporalBlock, .transformer: ""
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
