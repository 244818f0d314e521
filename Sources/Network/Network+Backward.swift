import Batches
import Kernels

extension Network {
    var topHiddens: OperandView {
        let activations = layers[shape.layers - 1].activations
        return head.precision == .float32 ? activations.exactOutputs : activations.outputs
    }
    var topGradients: FloatView { layers[shape.layers - 1].activations.outputGradients }
    var topGradientWidth: Int { layers[shape.layers - 1].activations.outputGradientWidth }

    func prepareBackward(firstTime: Int, continues: Bool) {
        for layer in layers { layer.activations.prepareBackward(firstTime: firstTime, continues: continues) }
    }

    /// Says which part of the shards' chains comes next.
    func setAccumulationPhase(_ part: AccumulationPhase) {
        if shape.head == .everyStep { head.carriedSums.part = part }
        for layer in layers { layer.carriedSums.part = part }
        tokenInput?.carriedSums.part = part
    }

    func backwardHead(_ batch: Batch, shards: [Range<Int>], gradient: FloatView) {
        profile.measure(.head, multiplyAdds: 2 * headMultiplyAdds(batch)) {
            head.hiddenGradients(into: topGradients, rowStride: topGradientWidth, batch: batch)
            sumHeadGradients(batch, shards: shards, gradient: gradient)
        }
    }

    func sumHeadGradients(_ batch: Batch, shards: [Range<Int>], gradient: FloatView) {
        head.sumGradients(
            gradientSums, hidden: topHiddens, weight: headWeight.view(in: gradient), bias: headBias.view(in: gradient), batch: batch,
            shards: shards)
    }

    func backwardLayers(_ batch: Batch, shards: [Range<Int>], gradient: FloatView, carriesDerivatives: Bool = false) {
        let rows = ShardedRows(timeCount: batch.timeCount, shards: shards)
        let products = 4 * shape.hidden * shape.hidden
        for index in layers.indices.reversed() {
            let layer = layers[index]
            profile.measure(.recurrenceBackward, multiplyAdds: (rows.count - batch.sequenceCount) * products) { layer.recurrence().backward() }
            // For the segment before this one, as long as they are there.
            if carriesDerivatives { layer.activations.carryDerivatives() }
            if index > 0 {
                let below = layers[index - 1].activations
                profile.measure(.inputGradients, multiplyAdds: rows.count * products) {
                    layer.multiplyInputGradients(
                        layer.activations.derivatives, rowCount: rows.count, into: below.outputGradients, rowStride: below.outputGradientWidth,
                        zeros: zeros.view)
                }
            }
            sumGradients(layer: index, rows: rows, gradient: gradient)
        }
        tokenInput?.sumGradients(layer: layers[0], rows: rows, sums: gradientSums, zeros: zeros.view, gradient: gradient)
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
    private func sumGradients(layer index: Int, rows: ShardedRows, gradient: FloatView) {
        let layer = layers[index]
        let gradients = parameterSlots[index].parameters(in: gradient)
        var input: WeightGradients.Factor?
        if index > 0 {
            let below = layers[index - 1].activations
            input = WeightGradients.Factor(
                right: below.outputs, rowStride: below.layout.stateWidth, columnCount: shape.hidden, gradient: gradients.inputWeight)
        } else if tokenInput == nil {
            let width = shape.inputWidth(ofLayer: 0)
            input = WeightGradients.Factor(right: vectors, rowStride: vectorWidth, columnCount: width, gradient: gradients.inputWeight)
        }
        profile.measure(.weightGradients, multiplyAdds: rows.count * 4 * shape.hidden * (shape.hidden + (input?.columnCount ?? 0))) {
            gradientSums.sum(
                layer.recurrentFactor(gradient: gradients.recurrentWeight), input, derivatives: layer.derivatives(biasGradient: gradients.inputBias),
                rows: rows, carried: layer.carriedSums)
        }
        switch shape.initialization {
        case .pyTorch: gradients.recurrentBias.copy(gradients.inputBias)
        case .keras: gradients.recurrentBias.fill(0)
        }
    }
}
