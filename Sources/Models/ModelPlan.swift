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
            case .specAugment(let layer):
                let words = "masks: \(layer.timeMasks) of time, \(layer.featureMasks) of features"
                rows.append(.unweighted(words, width: inputWidth, isEveryStep: isEveryStep))
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
