import CVector
package import Kernels
import Threads

/// A convolution over time with an activation: `torch.nn.Conv1d` and, for example, `torch.nn.ReLU`. Source: Waibel et al. 1989; dilated: van den Oord et al. 2016.
///
/// ```
/// z[t] = b + Σ over k of W[:, :, k]·x[f(t) + k·dilation]      f(t) = t·stride - padding      y = a(z)
/// ∂L/∂W[:, :, k] = Σ over t of ∂L/∂z[t]·x[f(t) + k·dilation]ᵀ      ∂L/∂x[s] = Σ over k and t with f(t) + k·dilation = s of W[:, :, k]ᵀ·∂L/∂z[t]
/// ```
///
/// Steps before a sequence's first and after its own last count as zeros, whatever the padding of the batch. The steps that an output is computed from are
/// gathered side by side (``ConvolutionRows``), so that all of it is one product each way. Backward, the products of one row with all taps are added up by
/// step, k ascending. With groups, weights between one group's channels and another's input are zeros of the same product.
///
/// A causal convolution of stride 1 has a state: the last steps that it has read, `extent - 1` of them. So sequences may be read part by part. From one segment
/// to the one before, the sums of ∂L/∂x go on; from a chunk of a text to the one before, no gradient passes.
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
package final class ConvolutionLayer: Layer, @unchecked Sendable {
    private let description: ConvolutionDescription
    private let inputWidth: Int
    private let weight: Parameter
    /// If `weight` is v.
    private let weightNorm: WeightNorm?
    private let bias: Parameter
    private let context: LayerContext
    private let weights: ConvolutionWeights
    private let biasMemory: FloatMemory
    private let gathered: ConvolutionRows
    /// z, then its derivatives, `[time, batch, sumStride]`: rows of whole panels.
    private var sumMemory = FloatMemory(count: 0)
    /// The derivatives as products read them, with bfloat16.
    private var pairMemory = FloatMemory(count: 0)
    private let sumStride: Int
    private let outputs: RowMemory
    private let gradients: GradientMemory
    private let inputSums: ConvolutionInputGradients
    private let carriedSums = CarriedSums()
    private var outputLengths: [Int] = []

    /// - Parameters:
    ///   - weight: `[channels, inputWidth / groups, width]`; with ``WeightNorm`` v.
    ///   - gain: with it g, one number for each channel; nil for none.
    ///   - stateIndex: the layer's number among those with a state; of effect only for a causal convolution of stride 1.
    package init(
        _ description: ConvolutionDescription, inputWidth: Int, weight: Parameter, gain: Parameter? = nil, bias: Parameter, stateIndex: Int,
        _ context: LayerContext
    ) {
        precondition(inputWidth % description.groups == 0 && description.channels % description.groups == 0, "groups of equal size")
        (self.description, self.inputWidth, self.weight, self.bias, self.context) = (description, inputWidth, weight, bias, context)
        weightNorm = gain.map { WeightNorm(gain: $0, direction: weight) }
        weights = ConvolutionWeights(description, inputWidth: inputWidth, context)
        gathered = ConvolutionRows(description, inputWidth: inputWidth, stateIndex: stateIndex, context)
        inputSums = ConvolutionInputGradients(description, inputWidth: inputWidth, context)
        sumStride = PanelView.panelCount(columns: description.channels) * PanelView.width
        biasMemory = FloatMemory(count: sumStride)
        outputs = RowMemory(width: description.channels, precision: context.precision)
        gradients = GradientMemory(width: description.channels)
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) {
        biasMemory.view.copy(bias.view(in: parameters))
        weights.pack(weightNorm?.weight(parameters, team: context.team) ?? weight.view(in: parameters))
    }

    package func finishGradient(_ gradient: FloatView, for purpose: Purpose) { weightNorm?.finishGradient(gradient, team: context.team) }

    package func outputPass(_ pass: Pass) -> Pass { pass.changed(by: description.stepChange, &outputLengths) }

    private func rowCount(_ pass: Pass) -> Int { description.stepChange.stepCount(pass.timeCount) * pass.sequenceCount }

    private func multiplyAdds(_ pass: Pass) -> Int { rowCount(pass) * description.width * inputWidth * description.channels }

    // MARK: Forward

    package func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        let rowCount = rowCount(pass)
        if sumMemory.count < rowCount * sumStride { sumMemory = FloatMemory(count: rowCount * sumStride) }
        outputs.prepare(rowCount: rowCount)
        gathered.prepare(input, from: state, rowCount: rowCount, pass)
        let (sums, panels, bias) = (sumMemory.view, weights.rows, biasMemory.view)
        context.profile.measure(.otherLayers, multiplyAdds: multiplyAdds(pass)) {
            context.team.run(taskCount: context.team.threadCount) { part in
                let range = context.team.tasks(ofShare: part, taskCount: rowCount)
                // While a block of rows goes through all panels, it stays in the second-level cache.
                for first in stride(from: range.lowerBound, to: range.upperBound, by: 96) {
                    let block = first..<min(first + 96, range.upperBound)
                    for row in block { gathered.gather(row, pass, part: part) }
                    panels.multiply(
                        rows: block, of: RowsOperand(gathered.operand, rowStride: gathered.rowStride), into: sums, rowStride: sumStride, bias: bias)
                    for row in block { activate(row, pass) }
                }
            }
        }
        return outputs.signal
    }

    /// Writes a row of outputs; 0 past a sequence's end, and in units behind the last.
    private func activate(_ row: Int, _ pass: Pass) {
        let (sums, channels, activation) = (sumMemory.view, description.channels, description.activation)
        let target = outputs.exact.slice(from: row * outputs.rowStride, count: outputs.rowStride)
        let (step, sequence) = row.quotientAndRemainder(dividingBy: pass.sequenceCount)
        if step < description.stepChange.stepCount(pass.lengths[sequence]) {
            for unit in stride(from: 0, to: channels, by: laneCount) {
                let value = activation.value(sums.lane(at: row * sumStride + unit))
                target.setLane(unit + laneCount <= channels ? value : laneKept(value, Int32(channels - unit)), at: unit)
            }
        } else {
            target.fill(0)
        }
        outputs.round(row: row)
    }

    // MARK: Backward

    package func prepareBackward(_ pass: Pass) { gradients.prepare(rowCount: rowCount(pass)) }

    package var outputGradients: GradientRows { gradients.rows }

    package func backward(_ input: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?) {
        differentiate(rowCount: rowCount(pass))
        context.profile.measure(.weightGradients, multiplyAdds: multiplyAdds(pass)) {
            context.gradientSums.sum(
                WeightGradients.Factor(
                    right: gathered.operand, rowStride: gathered.rowStride, columnCount: gathered.width, gradient: weights.expanded),
                derivatives: WeightGradients.Derivatives(
                    numbers: derivatives, rowStride: sumStride, weightRows: WeightRows(groupCount: 1, groupSize: description.channels),
                    biasGradient: bias.view(in: gradient)),
                rows: rows.allRows(timeCount: description.stepChange.stepCount(pass.timeCount)), phase: pass.segment.phase,
                carried: carriedSums)
            if pass.segment.phase.end {
                weights.collect(into: weight.view(in: gradient))
                weightNorm?.clearGain(in: gradient)
            }
        }
        guard let inputGradients else { return }
        context.profile.measure(.inputGradients, multiplyAdds: multiplyAdds(pass)) {
            inputSums.multiply(RowsOperand(derivatives, rowStride: sumStride), by: weights.columns, rowCount: rowCount(pass))
            inputSums.sum(into: inputGradients, pass)
        }
    }

    private var derivatives: OperandView {
        context.precision == .float32 ? OperandView(sumMemory.view) : OperandView(words: pairMemory.view, precision: .bfloat16)
    }

    /// ∂L/∂z in the sums' place.
    private func differentiate(rowCount: Int) {
        if context.precision == .bfloat16, pairMemory.count < rowCount * sumStride / 2 { pairMemory = FloatMemory(count: rowCount * sumStride / 2) }
        let (sums, above, values, activation) = (sumMemory.view, gradients.rows, outputs.exact, description.activation)
        let (rounded, precision) = (derivatives, context.precision)
        context.profile.measure(.otherLayers) {
            context.forEachRow(rowCount) { row in
                for unit in stride(from: 0, to: outputs.rowStride, by: laneCount) {
                    let value = activation.derivative(
                        ofValue: values.lane(at: row * outputs.rowStride + unit), above.floats.lane(at: row * above.rowStride + unit))
                    sums.setLane(value, at: row * sumStride + unit)
                }
                if precision == .bfloat16 { rounded.setRow(sums.slice(from: row * sumStride, count: sumStride), at: row * sumStride) }
            }
        }
    }

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) { gathered.keepState(state, after: stepCount) }
}
