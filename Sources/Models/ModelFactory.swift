import Batches
import Kernels
import Layers

/// Makes the layers and the head of a description: beside the plan and the exports' writers, the only place that knows the kinds of layers.
///
/// A layer that reads rows can't read tokens or the batch's numbers: if one is the first, a layer that turns them into rows is put below it.
struct ModelFactory {
    let layers: [any Layer]
    let head: any Head

    init(_ description: ModelDescription, _ plan: ModelPlan, order: EmbeddingGradient, _ context: LayerContext) {
        var layers: [any Layer] = []
        var stateIndex = 0
        for (index, (layer, layerPlan)) in zip(description.layers, plan.hiddenPlans).enumerated() {
            if layers.isEmpty, description.characterEncoder != nil || !layer.readsInput(description.input) {
                layers.append(Self.inputLayer(description, plan, context))
            }
            let width = description.inputWidth(ofLayer: index)
            switch layer {
            case .recurrent(let layer):
                let source = layers.isEmpty ? Self.source(description.input, plan) : .layer(width: width)
                let made: any Layer =
                    layer.isBidirectional
                    ? BidirectionalLayer(layer, layerPlan, index: stateIndex, number: index, source: source, order: order, context)
                    : RecurrentLayer(
                        layer, layerPlan, index: stateIndex, number: index, source: source, order: order, embeddingDropout: description.embeddingDropout,
                        context)
                layers.append(
                    layer.connection == .none
                        ? made : ConnectedLayer(layer.connection, around: made, inputWidth: width, innerWidth: layer.width, context))
            case .dropout(let layer):
                layers.append(DropoutLayer(layer, width: width, number: index, below: layers[layers.count - 1], context))
            case .noise(let layer): layers.append(NoiseLayer(layer, width: width, number: index, below: layers[layers.count - 1], context))
            case .specAugment(let layer): layers.append(SpecAugmentLayer(layer, width: width, number: index, below: layers[layers.count - 1], context))
            case .dense(let layer): layers.append(DenseLayer(layer, layerPlan, context))
            case .layerNorm(let layer): layers.append(LayerNormLayer(layer, layerPlan, context))
            case .transformer(let layer):
                layers.append(TransformerLayer(layer, layerPlan, number: index, stateIndex: stateIndex, context))
            case .convolution(let layer):
                let (weight, bias) = (layerPlan.parameters[0], layerPlan.parameters[1])
                layers.append(ConvolutionLayer(layer, inputWidth: width, weight: weight, bias: bias, stateIndex: stateIndex, context))
            case .temporalBlock(let layer): layers.append(TemporalBlockLayer(layer, layerPlan, number: index, stateIndex: stateIndex, context))
            case .pool(let layer):
                layers.append(layer.method == .attention ? AttentionPoolLayer(layerPlan, context) : PoolLayer(layer.method, width: width, context))
            case .subsample(let layer): layers.append(FramesLayer(inputWidth: width, frameCount: 1, stride: layer.factor, context))
            case .stack(let layer): layers.append(FramesLayer(inputWidth: width, frameCount: layer.frames, stride: layer.frames, context))
            }
            stateIndex += layer.stateParts(reading: width).count
        }
        self.layers = layers
        // 8 bits would show in a forecast, and the head of a regression costs nothing.
        let precision = description.loss == .crossEntropy ? context.precision : .float32
        head =
            switch description.loss {
            case .crf: CRFHead(shape: description, plan.headPlan, context)
            case .ctc: CTCHead(shape: description, plan.headPlan, context)
            default: LinearHead(shape: description, plan.headPlan, precision: precision, context)
            }
    }

    /// What a recurrent layer reads that is the first.
    private static func source(_ input: ModelDescription.Input, _ plan: ModelPlan) -> InputProjection.Source {
        switch input {
        case .oneHot(let vocabularyCount): .tokens(vocabularyCount: vocabularyCount, embedding: nil)
        case .embedding(let vocabularyCount, _): .tokens(vocabularyCount: vocabularyCount, embedding: plan.embeddingPlan?.parameters[0])
        case .vectors(let width): .numbers(width: width)
        }
    }

    /// A layer that gives the input as rows.
    private static func inputLayer(_ description: ModelDescription, _ plan: ModelPlan, _ context: LayerContext) -> any Layer {
        switch description.input {
        case .vectors(let width): return NumbersLayer(width: width, context)
        case .embedding, .oneHot:
            guard let embedding = plan.embeddingPlan else { preconditionFailure("the first layer reads numbers, so symbols need an embedding") }
            let words = EmbeddingLayer(embedding.parameters[0], dropout: description.embeddingDropout, context)
            guard let encoder = description.characterEncoder, let encoderPlan = plan.characterPlan else { return words }
            return WordLayer(
                words, embeddingWidth: description.input.width, encoder: characterLayers(encoder, encoderPlan, context), encodedWidth: encoder.width, context)
        }
    }

    /// From a word's characters to one row.
    /// - Parameter plan: with the parameters of the characters' embedding, then those of the encoder's layer.
    private static func characterLayers(_ encoder: CharacterEncoder, _ plan: LayerPlan, _ context: LayerContext) -> [any Layer] {
        let embedding = EmbeddingLayer(plan.parameters[0], dropout: 0, context)
        var own = plan
        own.parameters.removeFirst()
        switch encoder.layer {
        case .recurrent(let layer):
            let recurrence = BidirectionalLayer(layer, own, index: 0, number: 0, source: .layer(width: encoder.embeddingWidth), order: .byRow, context)
            return [embedding, recurrence, FinalStatesLayer(width: encoder.width, context)]
        case .convolution(let layer):
            let convolution = ConvolutionLayer(
                layer, inputWidth: encoder.embeddingWidth, weight: own.parameters[0], bias: own.parameters[1], stateIndex: 0, context)
            return [embedding, convolution, PoolLayer(.max, width: encoder.width, context)]
        default: preconditionFailure("characters are read by a recurrent layer or a convolution")
        }
    }
}
