import Batches
import Kernels
import Layers

/// Makes the layers and the head of a description: beside the plan and the exports' writers, the only place that knows the kinds of layers.
struct ModelFactory {
    let layers: [any Layer]
    let head: any Head

    init(_ description: ModelDescription, _ plan: ModelPlan, order: EmbeddingGradient, _ context: LayerContext) {
        let source: InputProjection.Source
        switch description.input {
        case .oneHot(let vocabularyCount): source = .tokens(vocabularyCount: vocabularyCount, embedding: nil)
        case .embedding(let vocabularyCount, _):
            source = .tokens(vocabularyCount: vocabularyCount, embedding: plan.embeddingPlan?.parameters[0])
        case .vectors(let width): source = .numbers(width: width)
        }
        layers = description.layers.enumerated().map { index, layer in
            switch layer {
            case .recurrent(let layer):
                RecurrentLayer(
                    layer, plan.hiddenPlans[index], index: index,
                    source: index == 0 ? source : .layer(width: description.inputWidth(ofLayer: index)), order: order, context)
            }
        }
        // 8 bits would show in a forecast, and the head of a regression costs nothing.
        let precision = description.loss.isOfNumbers ? .float32 : context.precision
        head = LinearHead(shape: description, plan.headPlan, precision: precision, context)
    }
}
