import Batches
public import Kernels
public import Layers

/// A model in numbers, worked out once from its description: parameters with names, shapes, offsets and initial values, and a row for each layer.
///
/// Initialization, the flat buffers, checkpoints, exports, memory estimates, summaries and benchmarks read it. Phases of a step count their own executed
/// multiply-adds, which are fewer where a token saves a product.
public struct ModelPlan: Sendable, Equatable {
    /// All parameters, in the order of the layers.
    public let parameters: ParameterLayout
    /// From the input to the head.
    public let layers: [LayerPlan]
    /// The states of all layers that have one.
    public let state: StateLayout
    private let descriptions: [LayerDescription]
    private let characterEncoder: CharacterEncoder?
    /// Parameters of which a training step keeps a masked or normalised copy.
    public let copiedParameterCount: Int
    private let hiddenCount: Int

    public init(_ shape: ModelDescription) {
        var rows: [LayerPlan] = []
        if case .embedding(let vocabularyCount, let width) = shape.input {
            rows.append(.embedding(vocabularyCount: vocabularyCount, width: width, shape))
            if let encoder = shape.characterEncoder { rows.append(.characters(encoder, shape.initialization)) }
        }
        var recurrentCount = 0
        for (index, layer) in shape.layers.enumerated() {
            let isEveryStep = index < shape.layers.count - 1 || shape.head == .everyStep
            let inputWidth = shape.inputWidth(ofLayer: index)
            switch layer {
            case .recurrent(let layer):
                rows.append(.recurrent(layer, index: recurrentCount, inputWidth: inputWidth, shape.initialization, isEveryStep: isEveryStep))
                recurrentCount += 1
            case .dropout(let layer):
                let kind = layer.isVariational ? "variational dropout" : "dropout"
                rows.append(.unweighted("\(kind) \(layer.rate)", width: inputWidth, isEveryStep: isEveryStep))
            case .noise(let layer): rows.append(.unweighted("noise \(layer.deviation)", width: inputWidth, isEveryStep: isEveryStep))
            case .dense(let layer):
                rows.append(.dense(layer, index: index, inputWidth: inputWidth, shape.initialization, isEveryStep: isEveryStep))
            case .layerNorm: rows.append(.layerNorm(index: index, width: inputWidth, isEveryStep: isEveryStep))
            case .transformer(let layer):
                rows.append(.transformer(layer, index: index, width: inputWidth, shape.initialization, isEveryStep: isEveryStep))
            case .convolution(let layer): rows.append(.convolution(layer, index: index, inputWidth: inputWidth, shape.initialization))
            case .temporalBlock(let layer): rows.append(.temporalBlock(layer, index: index, inputWidth: inputWidth, shape.initialization))
            case .pool(let layer): rows.append(.pool(layer, index: index, inputWidth: inputWidth, shape.initialization))
            case .subsample(let layer): rows.append(.frames("subsampling by \(layer.factor)", inputWidth: inputWidth, layer: .subsample(layer)))
            case .stack(let layer): rows.append(.frames("stack of \(layer.frames) frames", inputWidth: inputWidth, layer: .stack(layer)))
            }
        }
        rows.append(
            .linear(
                inputWidth: shape.topWidth, outputs: shape.outputs, shape.loss, shape.initialization,
                isTied: shape.isTied, isEveryStep: shape.head == .everyStep))
        var offset = 0
        for row in rows.indices {
            for index in rows[row].parameters.indices {
                if shape.initialization == .uniform, rows[row].parameters[index].initial.isRandom {
                    rows[row].parameters[index].initial = .uniform(limit: shape.initialRange)
                }
                rows[row].parameters[index].offset = offset
                offset += rows[row].parameters[index].count
            }
        }
        layers = rows
        hiddenCount = shape.layers.count
        (descriptions, characterEncoder) = (shape.layers, shape.characterEncoder)
        copiedParameterCount = shape.layers.enumerated().reduce(shape.embeddingDropout > 0 ? rows[0].parameterCount : 0) {
            $0 + $1.element.copiedWeightCount(reading: shape.inputWidth(ofLayer: $1.offset))
        }
        state = StateLayout(shape.layers.enumerated().flatMap { index, layer in layer.stateParts(reading: shape.inputWidth(ofLayer: index)) })
        parameters = ParameterLayout(parameters: rows.flatMap(\.parameters))
    }

    /// The embedding, if the model begins with one.
    var embeddingPlan: LayerPlan? { layers.count > hiddenCount + 1 ? layers[0] : nil }
    /// What is computed from words' characters, if the model reads them.
    var characterPlan: LayerPlan? { layers.count > hiddenCount + 2 ? layers[1] : nil }
    /// The layers between the input and the head.
    var hiddenPlans: [LayerPlan] { Array(layers.dropLast().suffix(hiddenCount)) }
    var headPlan: LayerPlan { layers[layers.count - 1] }

    /// Floats that a training step keeps of each sequence and time step, at the least: of each unit what its cell keeps and its states, or a layer's
    /// outputs; with bfloat16 also the same as products read them; and one layer's derivatives where they have memory of their own.
    public func keptFloats(_ precision: Precision) -> Double {
        // Steps that a layer reads for each step of a sequence.
        var ratio = 1.0
        let layers = zip(descriptions, hiddenPlans).map { description, plan -> (kept: Double, derivatives: Double) in
            let floats = description.keptFloats(precision, width: plan.width, inputWidth: plan.inputWidth)
            let own = plan.stepChange == .toOne ? ratio : ratio * plan.stepChange.ratio
            ratio *= plan.stepChange.ratio
            return (floats.kept * own, floats.derivatives * own)
        }
        return layers.reduce(characterEncoder?.keptFloats(precision) ?? 0) { $0 + $1.kept } + (layers.map(\.derivatives).max() ?? 0)
    }

    /// Floats that a training step keeps of each sequence for time steps before its own, at the least, where the model carries its state: transformers' contexts.
    public func contextFloats(_ precision: Precision) -> Double {
        zip(descriptions, hiddenPlans).reduce(0) { $0 + $1.0.contextFloats(precision, inputWidth: $1.1.inputWidth) }
    }

    /// Time steps that each of ``layers`` reads of a sequence of `timeCount` steps.
    public func stepCounts(timeCount: Int) -> [Int] {
        var count = timeCount
        return layers.map { layer in
            defer { count = layer.stepChange.stepCount(count) }
            return count
        }
    }

    /// Whether the top layer gives another number of time steps than the input has.
    var changesSteps: Bool { layers.contains { $0.stepChange != .none } }

    /// Multiply-adds of a forward pass over one sequence of `timeCount` steps, counted as other frameworks do: a one-hot input as a product, a lookup as none.
    public func multiplyAdds(timeCount: Int) -> Int {
        zip(layers, stepCounts(timeCount: timeCount)).reduce(0) { $0 + $1.0.multiplyAdds(timeCount: $1.1) }
    }
}

extension LayerPlan {
    /// A table with a row of `width` numbers for each token.
    fileprivate static func embedding(vocabularyCount: Int, width: Int, _ shape: ModelDescription) -> LayerPlan {
        // As weights of the head, normal values would be far too large.
        let initial: InitialValues = shape.initialization == .keras ? .uniform(limit: 0.05) : shape.isTied ? .uniform(limit: 0.1) : .normal
        let dropout = shape.embeddingDropout
        return LayerPlan(
            name: dropout > 0 ? "embedding, dropout \(dropout)" : "embedding", inputWidth: vocabularyCount, width: width, isEveryStep: true, isRecurrent: false,
            parameters: [Parameter(name: "embedding.weight", shape: [vocabularyCount, width], initial: initial, isTrained: shape.trainsEmbedding)],
            multiplyAddsPerStep: 0)
    }

    /// The embedding of characters, then the encoder's layer; parameters are called as a model's own, with "characters." before.
    ///
    /// Multiply-adds are those of a word of ``CharacterEncoder/usualLength`` characters.
    fileprivate static func characters(_ encoder: CharacterEncoder, _ scheme: ModelDescription.Initialization) -> LayerPlan {
        let (count, width) = (encoder.characterCount, encoder.embeddingWidth)
        let table = Parameter(name: "embedding.weight", shape: [count, width], initial: scheme == .keras ? .uniform(limit: 0.05) : .normal)
        let plan: LayerPlan =
            switch encoder.layer {
            case .recurrent(let layer): .recurrent(layer, index: 0, inputWidth: width, scheme, isEveryStep: false)
            case .convolution(let layer): .convolution(layer, index: 0, inputWidth: width, scheme)
            default: preconditionFailure("characters are read by a recurrent layer or a convolution")
            }
        return LayerPlan(
            name: "characters, \(plan.name)", inputWidth: count, width: encoder.width, isEveryStep: true, isRecurrent: false,
            parameters: ([table] + plan.parameters).map { $0.renamed("characters.\($0.name)") }, multiplyAddsPerStep: CharacterEncoder.usualLength * plan.multiplyAddsPerStep)
    }

    /// A layer without parameters.
    fileprivate static func unweighted(_ name: String, width: Int, isEveryStep: Bool) -> LayerPlan {
        LayerPlan(
            name: name, inputWidth: width, width: width, isEveryStep: isEveryStep, isRecurrent: false, parameters: [], multiplyAddsPerStep: 0)
    }

    /// A linear layer with an activation; its parameters are called by its number among the layers, from 0.
    fileprivate static func dense(
        _ layer: DenseDescription, index: Int, inputWidth: Int, _ scheme: ModelDescription.Initialization, isEveryStep: Bool
    ) -> LayerPlan {
        let uniform = InitialValues.uniform(limit: 1 / Double(inputWidth).squareRoot())
        let isKeras = scheme == .keras
        return LayerPlan(
            name: layer.activation == .linear ? "dense" : "dense, \(layer.activation.rawValue)", inputWidth: inputWidth, width: layer.units,
            isEveryStep: isEveryStep, isRecurrent: false,
            parameters: [
                Parameter(
                    name: "layers.\(index).weight", shape: [layer.units, inputWidth], initial: isKeras ? .glorot(layer.units, inputWidth) : uniform),
                Parameter(name: "layers.\(index).bias", shape: [layer.units], initial: isKeras ? .zero : uniform),
            ], multiplyAddsPerStep: inputWidth * layer.units)
    }

    /// Layer normalisation: gains begin at 1.
    fileprivate static func layerNorm(index: Int, width: Int, isEveryStep: Bool) -> LayerPlan {
        LayerPlan(
            name: "layer normalisation", inputWidth: width, width: width, isEveryStep: isEveryStep, isRecurrent: false,
            parameters: [
                Parameter(name: "layers.\(index).weight", shape: [width], initial: .zero, raised: 0..<width, by: [1]),
                Parameter(name: "layers.\(index).bias", shape: [width], initial: .zero),
            ], multiplyAddsPerStep: 0)
    }

    /// A Transformer's block, with the names and first values of `torch.nn.TransformerEncoderLayer`.
    fileprivate static func transformer(
        _ layer: TransformerDescription, index: Int, width: Int, _ scheme: ModelDescription.Initialization, isEveryStep: Bool
    ) -> LayerPlan {
        func name(_ name: String) -> String { "layers.\(index).\(name)" }
        let isKeras = scheme == .keras
        func linear(_ place: String, _ rows: Int, _ columns: Int, zeroBias: Bool = false) -> [Parameter] {
            let uniform = InitialValues.uniform(limit: 1 / Double(columns).squareRoot())
            return [
                Parameter(name: name("\(place).weight"), shape: [rows, columns], initial: isKeras ? .glorot(rows, columns) : uniform),
                Parameter(name: name("\(place).bias"), shape: [rows], initial: isKeras || zeroBias ? .zero : uniform),
            ]
        }
        func norm(_ place: String) -> [Parameter] {
            [
                Parameter(name: name("\(place).weight"), shape: [width], initial: .zero, raised: 0..<width, by: [1]),
                Parameter(name: name("\(place).bias"), shape: [width], initial: .zero),
            ]
        }
        let projection = [
            Parameter(name: name("self_attn.in_proj_weight"), shape: [3 * width, width], initial: .glorot(3 * width, width)),
            Parameter(name: name("self_attn.in_proj_bias"), shape: [3 * width], initial: .zero),
        ]
        let attention = projection + linear("self_attn.out_proj", width, width, zeroBias: true)
        let feedForward = linear("linear1", layer.feedForward, width) + linear("linear2", width, layer.feedForward)
        return LayerPlan(
            name: layer.name, inputWidth: width, width: width, isEveryStep: isEveryStep, isRecurrent: false,
            parameters: attention + feedForward + norm("norm1") + norm("norm2"), multiplyAddsPerStep: 4 * width * width + 2 * width * layer.feedForward,
            multiplyAddsPerPair: layer.isCausal ? width : 2 * width)
    }

    /// A recurrent layer with PyTorch's parameters, of the forward direction and then, if there is one, of the backward direction.
    fileprivate static func recurrent(
        _ layer: RecurrentDescription, index: Int, inputWidth: Int, _ scheme: ModelDescription.Initialization, isEveryStep: Bool
    ) -> LayerPlan {
        let suffixes = layer.isBidirectional ? ["", "_reverse"] : [""]
        return LayerPlan(
            name: layer.name, inputWidth: inputWidth, width: LayerDescription.recurrent(layer).width(reading: inputWidth), isEveryStep: isEveryStep,
            isRecurrent: true, parameters: suffixes.flatMap { parameters(layer, "l\(index)\($0)", inputWidth: inputWidth, scheme) },
            multiplyAddsPerStep: suffixes.count * layer.hidden * (layer.gateCount * (inputWidth + layer.outputUnits) + layer.projection))
    }

    /// The parameters of one direction: rows of all gates, and two biases.
    private static func parameters(
        _ layer: RecurrentDescription, _ suffix: String, inputWidth: Int, _ scheme: ModelDescription.Initialization
    ) -> [Parameter] {
        let hidden = layer.hidden
        let rows = layer.gateCount * hidden
        let memoryRows = layer.memoryGate.map { $0 * hidden..<($0 + 1) * hidden } ?? 0..<0
        let uniform = InitialValues.uniform(limit: 1 / Double(hidden).squareRoot())
        let isKeras = scheme == .keras
        let bias: InitialValues = isKeras ? .zero : uniform
        var parameters = [
            Parameter(name: "rnn.weight_ih_\(suffix)", shape: [rows, inputWidth], initial: isKeras ? .glorot(rows, inputWidth) : uniform),
            Parameter(name: "rnn.weight_hh_\(suffix)", shape: [rows, layer.outputUnits], initial: isKeras ? .orthogonal : uniform),
            Parameter(
                name: "rnn.bias_ih_\(suffix)", shape: [rows], initial: bias, raised: memoryRows,
                by: (isKeras && layer.forgetGate != nil ? [1] : []) + [Float(layer.forgetBias)]),
            // Where both biases are added to the same sums, Keras has one.
            Parameter(name: "rnn.bias_hh_\(suffix)", shape: [rows], initial: bias, isTrained: !(isKeras && layer.biasesAreSummed)),
        ]
        parameters += layer.peepholeNames.map { Parameter(name: "rnn.\($0)_\(suffix)", shape: [hidden], initial: uniform) }
        parameters += layer.additionalParameters.map { parameter in
            let (name, shape) = ("rnn.\(parameter.name)_\(suffix)", parameter.shape)
            return switch parameter.kind {
            case .weight: Parameter(name: name, shape: shape, initial: isKeras ? .glorot(shape[0], shape[1]) : uniform)
            case .gain: Parameter(name: name, shape: shape, initial: .zero, raised: 0..<shape[0], by: [1])
            case .bias: Parameter(name: name, shape: shape, initial: .zero)
            }
        }
        return parameters
    }

    /// The linear layer on top.
    /// - Parameter isTied: whether its weights are the embedding's.
    fileprivate static func linear(
        inputWidth: Int, outputs: Int, _ loss: Loss, _ scheme: ModelDescription.Initialization, isTied: Bool, isEveryStep: Bool
    ) -> LayerPlan {
        let uniform = InitialValues.uniform(limit: 1 / Double(inputWidth).squareRoot())
        let function = switch loss {
        case .crossEntropy: ", softmax"
        case .binaryCrossEntropy: ", sigmoid"
        case .crf: ", CRF"
        case .squaredError, .absoluteError, .huber, .quantiles, .likelihood: ""
        }
        let transitions = zip(CRFHead.parameterNames, [[outputs, outputs], [outputs], [outputs]]).map { name, shape in
            Parameter(name: name, shape: shape, initial: .uniform(limit: 0.1))
        }
        return LayerPlan(
            name: "linear" + function, inputWidth: inputWidth, width: outputs, isEveryStep: isEveryStep, isRecurrent: false,
            parameters: [
                Parameter(
                    name: "head.weight", shape: [outputs, inputWidth], initial: isTied ? .zero : scheme == .keras ? .glorot(outputs, inputWidth) : uniform,
                    tiedTo: isTied ? "embedding.weight" : nil),
                Parameter(name: "head.bias", shape: [outputs], initial: scheme == .keras ? .zero : uniform),
            ] + (loss == .crf ? transitions : []), multiplyAddsPerStep: inputWidth * outputs)
    }
}

extension InitialValues {
    /// Whether the values are drawn.
    fileprivate var isRandom: Bool {
        switch self {
        case .zero, .lengths: false
        case .uniform, .normal, .orthogonal: true
        }
    }

    /// Glorot & Bengio 2010: variance 2 / (inputs + outputs).
    static func glorot(_ rows: Int, _ columns: Int) -> InitialValues { .uniform(limit: (6 / Double(rows + columns)).squareRoot()) }
}

extension ParameterLayout {
    public init(_ description: ModelDescription) { self = ModelPlan(description).parameters }
}
