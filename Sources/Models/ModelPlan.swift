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
    /// The states of all recurrent layers.
    public let state: StateLayout
    private let recurrentLayers: [RecurrentDescription]
    private let hiddenCount: Int

    public init(_ shape: ModelDescription) {
        var rows: [LayerPlan] = []
        if case .embedding(let vocabularyCount, let width) = shape.input {
            rows.append(.embedding(vocabularyCount: vocabularyCount, width: width, shape.initialization))
        }
        for (index, layer) in shape.layers.enumerated() {
            let isEveryStep = index < shape.layers.count - 1 || shape.head == .everyStep
            switch layer {
            case .recurrent(let layer):
                rows.append(
                    .recurrent(layer, index: index, inputWidth: shape.inputWidth(ofLayer: index), shape.initialization, isEveryStep: isEveryStep))
            }
        }
        rows.append(
            .linear(
                inputWidth: shape.topWidth, outputs: shape.outputs, isSoftmax: !shape.loss.isOfNumbers, shape.initialization,
                isEveryStep: shape.head == .everyStep))
        var offset = 0
        for row in rows.indices {
            for index in rows[row].parameters.indices {
                rows[row].parameters[index].offset = offset
                offset += rows[row].parameters[index].count
            }
        }
        layers = rows
        hiddenCount = shape.layers.count
        recurrentLayers = shape.recurrentLayers
        state = StateLayout(shape.recurrentLayers.map { StateLayout.Part(width: $0.hidden, partCount: $0.statePartCount) })
        parameters = ParameterLayout(parameters: rows.flatMap(\.parameters))
    }

    /// The embedding, if the model begins with one.
    var embeddingPlan: LayerPlan? { layers.count > hiddenCount + 1 ? layers[0] : nil }
    /// The layers between the input and the head.
    var hiddenPlans: [LayerPlan] { Array(layers.dropLast().suffix(hiddenCount)) }
    var headPlan: LayerPlan { layers[layers.count - 1] }

    /// Floats that a training step keeps of each sequence and time step, at the least: of each unit what its cell keeps and its states; with bfloat16 also
    /// the hidden states as products read them; and one layer's derivatives where they have memory of their own.
    public func keptFloats(_ precision: Precision) -> Double {
        let layers = recurrentLayers.map { $0.keptFloats(precision) }
        return layers.reduce(0) { $0 + $1.kept } + (layers.map(\.derivatives).max() ?? 0)
    }

    /// Multiply-adds of a forward pass over one sequence of `timeCount` steps, counted as other frameworks do: a one-hot input as a product, a lookup as none.
    public func multiplyAdds(timeCount: Int) -> Int { layers.reduce(0) { $0 + $1.multiplyAdds(timeCount: timeCount) } }
}

extension LayerPlan {
    /// A table with a row of `width` numbers for each token.
    fileprivate static func embedding(vocabularyCount: Int, width: Int, _ scheme: ModelDescription.Initialization) -> LayerPlan {
        let initial: InitialValues = scheme == .pyTorch ? .normal : .uniform(limit: 0.05)
        return LayerPlan(
            name: "embedding", inputWidth: vocabularyCount, width: width, isEveryStep: true, isRecurrent: false,
            parameters: [Parameter(name: "embedding.weight", shape: [vocabularyCount, width], initial: initial)], multiplyAddsPerStep: 0)
    }

    /// A recurrent layer with PyTorch's parameters: rows of all gates, and two biases.
    fileprivate static func recurrent(
        _ layer: RecurrentDescription, index: Int, inputWidth: Int, _ scheme: ModelDescription.Initialization, isEveryStep: Bool
    ) -> LayerPlan {
        let hidden = layer.hidden
        let rows = layer.gateCount * hidden
        let forgetRows = layer.forgetGate.map { $0 * hidden..<($0 + 1) * hidden } ?? 0..<0
        let uniform = InitialValues.uniform(limit: 1 / Double(hidden).squareRoot())
        let isKeras = scheme == .keras
        let bias: InitialValues = isKeras ? .zero : uniform
        var parameters = [
            Parameter(name: "rnn.weight_ih_l\(index)", shape: [rows, inputWidth], initial: isKeras ? .glorot(rows, inputWidth) : uniform),
            Parameter(name: "rnn.weight_hh_l\(index)", shape: [rows, hidden], initial: isKeras ? .orthogonal : uniform),
            Parameter(
                name: "rnn.bias_ih_l\(index)", shape: [rows], initial: bias, raised: forgetRows,
                by: isKeras ? [1, Float(layer.forgetBias)] : [Float(layer.forgetBias)]),
            // Where both biases are added to the same sums, Keras has one.
            Parameter(name: "rnn.bias_hh_l\(index)", shape: [rows], initial: bias, isTrained: !(isKeras && layer.biasesAreSummed)),
        ]
        parameters += layer.peepholeNames.map { Parameter(name: "rnn.\($0)_l\(index)", shape: [hidden], initial: uniform) }
        return LayerPlan(
            name: layer.name, inputWidth: inputWidth, width: hidden, isEveryStep: isEveryStep, isRecurrent: true, parameters: parameters,
            multiplyAddsPerStep: rows * (inputWidth + hidden))
    }

    /// The linear layer on top.
    fileprivate static func linear(
        inputWidth: Int, outputs: Int, isSoftmax: Bool, _ scheme: ModelDescription.Initialization, isEveryStep: Bool
    ) -> LayerPlan {
        let uniform = InitialValues.uniform(limit: 1 / Double(inputWidth).squareRoot())
        return LayerPlan(
            name: isSoftmax ? "linear, softmax" : "linear", inputWidth: inputWidth, width: outputs, isEveryStep: isEveryStep, isRecurrent: false,
            parameters: [
                Parameter(name: "head.weight", shape: [outputs, inputWidth], initial: scheme == .pyTorch ? uniform : .glorot(outputs, inputWidth)),
                Parameter(name: "head.bias", shape: [outputs], initial: scheme == .pyTorch ? uniform : .zero),
            ], multiplyAddsPerStep: inputWidth * outputs)
    }
}

extension InitialValues {
    /// Glorot & Bengio 2010: variance 2 / (inputs + outputs).
    fileprivate static func glorot(_ rows: Int, _ columns: Int) -> InitialValues { .uniform(limit: (6 / Double(rows + columns)).squareRoot()) }
}

extension ParameterLayout {
    public init(_ description: ModelDescription) { self = ModelPlan(description).parameters }
}
