import Batches
import Kernels
import Layers

// What each kind of layer has: its parameters with their first values, and its multiply-adds.
extension LayerPlan {
    /// A table with a row of `width` numbers for each token.
    static func embedding(vocabularyCount: Int, width: Int, _ shape: ModelDescription) -> LayerPlan {
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
    static func characters(_ encoder: CharacterEncoder, _ scheme: ModelDescription.Initialization) -> LayerPlan {
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
            parameters: ([table] + plan.parameters).map { $0.renamed("characters.\($0.name)") },
            multiplyAddsPerStep: CharacterEncoder.usualLength * plan.multiplyAddsPerStep)
    }

    /// A layer without parameters.
    static func unweighted(_ name: String, width: Int, isEveryStep: Bool) -> LayerPlan {
        LayerPlan(
            name: name, inputWidth: width, width: width, isEveryStep: isEveryStep, isRecurrent: false, parameters: [], multiplyAddsPerStep: 0)
    }

    /// A linear layer with an activation; its parameters are called by its number among the layers, from 0.
    static func dense(
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
    static func layerNorm(index: Int, width: Int, isEveryStep: Bool) -> LayerPlan {
        LayerPlan(
            name: "layer normalisation", inputWidth: width, width: width, isEveryStep: isEveryStep, isRecurrent: false,
            parameters: [
                Parameter(name: "layers.\(index).weight", shape: [width], initial: .zero, raised: 0..<width, by: [1]),
                Parameter(name: "layers.\(index).bias", shape: [width], initial: .zero),
            ], multiplyAddsPerStep: 0)
    }

    /// A Transformer's block, with the names and first values of `torch.nn.TransformerEncoderLayer`.
    static func transformer(
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
    static func recurrent(
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
    static func linear(
        inputWidth: Int, outputs: Int, _ loss: Loss, _ scheme: ModelDescription.Initialization, isTied: Bool, isEveryStep: Bool
    ) -> LayerPlan {
        let uniform = InitialValues.uniform(limit: 1 / Double(inputWidth).squareRoot())
        let function = switch loss {
        case .crossEntropy: ", softmax"
        case .binaryCrossEntropy: ", sigmoid"
        case .crf: ", CRF"
        case .ctc: ", CTC"
        case .mixture: ", mixture"
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
