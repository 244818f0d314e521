import Batches
import Kernels

extension Network {
    var topHiddens: OperandView {
        let activations = layers[shape.layers - 1].activations
        return head.precision == .float32 ? activations.exactOutputs : activations.outputs
    }
    var topGradients: FloatView { layers[shape.layers - 1].activations.outputGradients }
    var topGradientWidth: Int { layers[shape.layers - 1].activations.outputGradientWidth }

    func prepareBackward(_ segment: SegmentPosition) {
        for layer in layers { layer.activations.prepareBackward(segment) }
    }

    func backwardHead(_ batch: Batch, shards: [Range<Int>], _ segment: SegmentPosition, gradient: FloatView) {
        profile.measure(.head, multiplyAdds: 2 * headMultiplyAdds(batch)) {
            head.hiddenGradients(into: topGradients, rowStride: topGradientWidth, batch: batch)
            sumHeadGradients(batch, shards: shards, phase: segment.phase, gradient: gradient)
        }
    }

    func sumHeadGradients(_ batch: Batch, shards: [Range<Int>], phase: AccumulationPhase, gradient: FloatView) {
        head.sumGradients(
            gradientSums, hidden: topHiddens, weight: headWeight.view(in: gradient), bias: headBias.view(in: gradient), batch: batch,
            shards: shards, phase: phase)
    }

    func backwardLayers(_ batch: Batch, shards: [Range<Int>], _ segment: SegmentPosition, gradient: FloatView) {
        let rows = ShardedRows(timeCount: batch.timeCount, shards: shards)
        let products = 4 * shape.hidden * shape.hidden
        for index in layers.indices.reversed() {
            let layer = layers[index]
            profile.measure(.recurrenceBackward, multiplyAdds: (rows.count - batch.sequenceCount) * products) { layer.recurrence().backward(segment) }
            // For the segment before this one, as long as they are there.
            if !segment.isFirst { layer.activations.carryDerivatives() }
            if index > 0 {
                let below = layers[index - 1].activations
                profile.measure(.inputGradients, multiplyAdds: rows.count * products) {
                    layer.multiplyInputGradients(
                        layer.activations.derivatives, rowCount: rows.count, into: below.outputGradients, rowStride: below.outputGradientWidth,
                        zeros: zeros.view)
                }
            }
            sumGradients(layer: index, rows: rows, phase: segment.phase, gradient: gradient)
        }
        input.sumTokenGradients(layers[0], rows: rows, phase: segment.phase, sums: gradientSums, zeros: zeros.view, gradient: gradient)
    }

    func inputMultiplyAdds(_ batch: Batch, layer: Int) -> Int {
        batch.timeCount * batch.sequenceCount * 4 * shape.hidden * shape.inputWidth(ofLayer: layer)
    }

    func headMultiplyAdds(_ batch: Batch) -> Int {
        shape.hidden * shape.outputs * batch.sequenceCount * (shape.head == .everyStep ? batch.timeCount : 1)
    }
}

extension Network {
    /// The gradients of one layer's weights and biases.
    private func sumGradients(layer index: Int, rows: ShardedRows, phase: AccumulationPhase, gradient: FloatView) {
        let layer = layers[index]
        let gradients = parameterSlots[index].parameters(in: gradient)
        var input: WeightGradients.Factor?
        if index > 0 {
            let below = layers[index - 1].activations
            input = WeightGradients.Factor(
                right: below.outputs, rowStride: below.layout.stateWidth, columnCount: shape.hidden, gradient: gradients.inputWeight)
        } else {
            input = self.input.factor(gradient: gradients.inputWeight)
        }
        profile.measure(.weightGradients, multiplyAdds: rows.count * 4 * shape.hidden * (shape.hidden + (input?.columnCount ?? 0))) {
            gradientSums.sum(
                layer.recurrentFactor(gradient: gradients.recurrentWeight), input, derivatives: layer.derivatives(biasGradient: gradients.inputBias),
                rows: rows, phase: phase, carried: layer.carriedSums)
        }
        // Both biases are added to the same sums.
        if parameterSlots[index].trainsRecurrentBias { gradients.recurrentBias.copy(gradients.inputBias) } else { gradients.recurrentBias.fill(0) }
    }
}
