import Kernels
import Layers

/// The penalties on the outputs of a model's layers (``OutputPenalty``), with the layers whose gradients they are added to.
final class OutputPenalties {
    /// A penalty's layers among the model's: the recurrent one, and where its outputs are after dropout.
    private struct Place {
        let penalty: OutputPenalty
        let layer: Int
        let droppedLayer: Int
    }

    private let places: [Place]
    /// Of the batch that goes backward.
    var totals: BatchTotals?

    /// - Parameter layerCount: of the model, which may have one more in front of the description's.
    init(_ description: ModelDescription, layerCount: Int, _ context: LayerContext) {
        let first = layerCount - description.layers.count
        places = description.layers.enumerated().compactMap { index, layer in
            guard case .recurrent(let recurrence) = layer else { return nil }
            let (activation, temporal) = (recurrence.regularization.activationL2, recurrence.regularization.temporalL2)
            guard activation > 0 || temporal > 0 else { return nil }
            precondition(temporal == 0 || recurrence.connection == .none, "temporal L2 is of a recurrence's own outputs")
            var dropped = index
            if index + 1 < description.layers.count, case .dropout = description.layers[index + 1] { dropped += 1 }
            let penalty = OutputPenalty(activation: activation, temporal: temporal, width: description.inputWidth(ofLayer: index + 1), context)
            return Place(penalty: penalty, layer: first + index, droppedLayer: first + dropped)
        }
    }

    var isEmpty: Bool { places.isEmpty }

    /// Adds to the gradient by the outputs of a layer, before its backward pass.
    /// - Parameters:
    ///   - index: the layer's among the model's.
    ///   - outputs: of the last forward pass.
    func addGradients(_ index: Int, _ layer: any Layer, _ outputs: Signal, _ pass: Pass) {
        for place in places {
            guard let totals else { return }
            if place.droppedLayer == index { place.penalty.addActivationGradient(outputs, totals, pass, to: layer.outputGradients) }
            if place.layer == index {
                place.penalty.addTemporalGradient(outputs, previous: layer.previousOutputs, totals, pass, to: layer.outputGradients)
            }
        }
    }
}
