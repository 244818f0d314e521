/// A model in numbers, worked out once from its shape: parameters with names, shapes, offsets and initial values, and a row for each layer.
///
/// Initialization, the flat buffers, checkpoints, exports, memory estimates, summaries and benchmarks read it. Phases of a step count their own executed
/// multiply-adds, which are fewer where a token saves a product.
public struct ModelPlan: Sendable, Equatable {
    /// All parameters, in the order of the layers.
    public let parameters: ParameterLayout
    /// From the input to the head.
    public let layers: [LayerPlan]

    public init(_ shape: NetworkShape) {
        var rows: [LayerPlan] = []
        if case .embedding(let vocabularyCount, let width) = shape.input {
            rows.append(.embedding(vocabularyCount: vocabularyCount, width: width, shape.initialization))
        }
        for layer in 0..<shape.layers {
            rows.append(
                .lstm(
                    layer: layer, inputWidth: shape.inputWidth(ofLayer: layer), hidden: shape.hidden, forgetBias: shape.forgetBias, shape.initialization,
                    isEveryStep: layer < shape.layers - 1 || shape.head == .everyStep))
        }
        rows.append(
            .linear(
                inputWidth: shape.hidden, outputs: shape.outputs, isSoftmax: shape.loss == .crossEntropy, shape.initialization,
                isEveryStep: shape.head == .everyStep))
        var offset = 0
        for row in rows.indices {
            for index in rows[row].parameters.indices {
                rows[row].parameters[index].offset = offset
                offset += rows[row].parameters[index].count
            }
        }
        layers = rows
        parameters = ParameterLayout(parameters: rows.flatMap(\.parameters))
    }

    /// Multiply-adds of a forward pass over one sequence of `timeCount` steps, counted as other frameworks do: a one-hot input as a product, a lookup as none.
    public func multiplyAdds(timeCount: Int) -> Int { layers.reduce(0) { $0 + $1.multiplyAdds(timeCount: timeCount) } }
}

/// One layer of a ``ModelPlan``.
public struct LayerPlan: Sendable, Equatable {
    /// "LSTM", "embedding", "linear, softmax".
    public let name: String
    /// Features of its input at a time step: symbols, where it reads them.
    public let inputWidth: Int
    /// Features of its output at a time step.
    public let width: Int
    /// Whether it has an output at every time step rather than at the last one.
    public let isEveryStep: Bool
    /// Whether it computes every time step, although it may have an output at the last one only.
    let isRecurrent: Bool
    /// In the order of the flat buffer.
    public fileprivate(set) var parameters: [Parameter]
    /// Of a forward pass, for each time step that it computes.
    let multiplyAddsPerStep: Int

    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

    /// Multiply-adds of a forward pass over one sequence.
    public func multiplyAdds(timeCount: Int) -> Int { multiplyAddsPerStep * (isRecurrent || isEveryStep ? timeCount : 1) }
}

extension LayerPlan {
    /// A table with a row of `width` numbers for each token.
    fileprivate static func embedding(vocabularyCount: Int, width: Int, _ scheme: NetworkShape.Initialization) -> LayerPlan {
        let initial: InitialValues = scheme == .pyTorch ? .normal : .uniform(limit: 0.05)
        return LayerPlan(
            name: "embedding", inputWidth: vocabularyCount, width: width, isEveryStep: true, isRecurrent: false,
            parameters: [Parameter(name: "embedding.weight", shape: [vocabularyCount, width], initial: initial)], multiplyAddsPerStep: 0)
    }

    /// An LSTM layer with PyTorch's parameters: rows of the four gates i, f, g, o, and two biases.
    fileprivate static func lstm(
        layer: Int, inputWidth: Int, hidden: Int, forgetBias: Double, _ scheme: NetworkShape.Initialization, isEveryStep: Bool
    ) -> LayerPlan {
        let rows = 4 * hidden
        // The second quarter of the bias is the forget gate's.
        let forgetRows = hidden..<2 * hidden
        let parameters: [Parameter]
        switch scheme {
        case .pyTorch:
            let uniform = InitialValues.uniform(limit: 1 / Double(hidden).squareRoot())
            parameters = [
                Parameter(name: "rnn.weight_ih_l\(layer)", shape: [rows, inputWidth], initial: uniform),
                Parameter(name: "rnn.weight_hh_l\(layer)", shape: [rows, hidden], initial: uniform),
                Parameter(name: "rnn.bias_ih_l\(layer)", shape: [rows], initial: uniform, raised: forgetRows, by: [Float(forgetBias)]),
                Parameter(name: "rnn.bias_hh_l\(layer)", shape: [rows], initial: uniform),
            ]
        case .keras:
            parameters = [
                Parameter(name: "rnn.weight_ih_l\(layer)", shape: [rows, inputWidth], initial: .glorot(rows, inputWidth)),
                Parameter(name: "rnn.weight_hh_l\(layer)", shape: [rows, hidden], initial: .orthogonal),
                Parameter(name: "rnn.bias_ih_l\(layer)", shape: [rows], initial: .zero, raised: forgetRows, by: [1, Float(forgetBias)]),
                // Keras has one bias.
                Parameter(name: "rnn.bias_hh_l\(layer)", shape: [rows], initial: .zero, isTrained: false),
            ]
        }
        return LayerPlan(
            name: "LSTM", inputWidth: inputWidth, width: hidden, isEveryStep: isEveryStep, isRecurrent: true, parameters: parameters,
            multiplyAddsPerStep: rows * (inputWidth + hidden))
    }

    /// The linear layer on top.
    fileprivate static func linear(
        inputWidth: Int, outputs: Int, isSoftmax: Bool, _ scheme: NetworkShape.Initialization, isEveryStep: Bool
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
