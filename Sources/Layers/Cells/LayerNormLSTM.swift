import CVector
import Kernels

/// The LSTM with layer normalisation (Ba, Kiros & Hinton 2016), in two forms; N is ``NormalizedRows``:
///
/// ```
/// products   [i f C̃ o] = [σ σ tanh σ](γ_x ∘ N(W·x) + b + γ_h ∘ N(U·h_{t-1}) + b′)      N over the units of all gates, ε = 1e-5
///            C_t = γ_C ∘ N(f ∘ C_{t-1} + i ∘ C̃) + β_C      h_t = o ∘ tanh(C_t)
/// gates      i = σ(γ_i ∘ N(W_i·x + U_i·h_{t-1}) + b_i + b′_i), and so on      N over the gate's units, ε = 1e-3
///            C_t = f ∘ C_{t-1} + i ∘ C̃                     h_t = o ∘ tanh(γ_C ∘ N(C_t) + β_C)
/// ```
///
/// The first is `LayerNormLSTMCell` of PyTorch's benchmarks (fastrnns/custom_lstms.py), whose cell state is the normalised one; the biases of its
/// `layernorm_i` and `layernorm_h` are b and b′. The second is sketch-rnn's (Ha & Eck 2017).
final class LayerNormLSTM: RowCell, @unchecked Sendable {
    private let isOfProducts: Bool
    private let layouts: RowLayouts
    private let activations: LayerActivations
    private let context: LayerContext
    /// Of W·x and of U·h, or of the gates' sums.
    private let sums: [NormalizedRows]
    /// Names of their γ.
    private let gainNames: [String]
    private let cell: NormalizedRows
    private let cellLayout: GateLayout
    /// U·h as it is summed, `[time, batch, sums]`, if it is normalised on its own.
    private var productMemory = FloatMemory(count: 0)
    /// b + b′, in a row of kept values, and β_C.
    private let biasMemory: FloatMemory
    private let cellBiasMemory: FloatMemory
    private let zeros: FloatMemory
    /// ∂L/∂(γ_C ∘ N + β_C), `[time, batch, units]`.
    private var normalizedGradientMemory = FloatMemory(count: 0)
    /// ∂L/∂C_{t-1}, `[batch, units]`.
    private var cellGradientMemory = FloatMemory(count: 0)
    private let carried = (0..<5).map { _ in CarriedSums() }

    init(_ description: RecurrentDescription, _ activations: LayerActivations, _ context: LayerContext) {
        isOfProducts = description.layerNorm == .products
        (self.activations, self.context) = (activations, context)
        layouts = activations.layouts
        let (layout, epsilon) = (layouts.kept, isOfProducts ? Float(1e-5) : 1e-3)
        sums =
            isOfProducts
            ? (0..<2).map { _ in NormalizedRows(layout, parts: [0..<4], epsilon: epsilon) }
            : [NormalizedRows(layout, parts: (0..<4).map { $0..<$0 + 1 }, epsilon: epsilon)]
        gainNames = isOfProducts ? ["gain_ih", "gain_hh"] : ["gain_gates"]
        cellLayout = GateLayout(hidden: layout.hidden, groupCount: 1)
        cell = NormalizedRows(cellLayout, parts: [0..<1], epsilon: epsilon)
        biasMemory = FloatMemory(count: layout.width)
        cellBiasMemory = FloatMemory(count: layouts.stateWidth)
        zeros = FloatMemory(count: layout.width)
    }

    func load(_ slots: LayerParameterSlots, _ parameters: FloatView) {
        let (own, hidden) = (slots.parameters(in: parameters), layouts.hidden)
        for gate in 0..<layouts.gateCount {
            for unit in 0..<hidden {
                biasMemory.view[layouts.kept.index(group: gate, unit: unit)] = own.inputBias[gate * hidden + unit] + own.recurrentBias[gate * hidden + unit]
            }
        }
        for (name, rows) in zip(gainNames, sums) { rows.load(slots.additional(name, in: parameters)) }
        cell.load(slots.additional("gain_cell", in: parameters))
        cellBiasMemory.view.copy(slots.additional("bias_cell", in: parameters))
    }

    // MARK: Forward

    func prepareForward() {
        let rowCount = activations.timeCount * activations.sequenceCount
        for rows in sums { rows.prepare(rowCount: rowCount) }
        cell.prepare(rowCount: rowCount)
        if isOfProducts, productMemory.count < activations.sequenceCount * layouts.kept.width {
            productMemory = FloatMemory(count: activations.sequenceCount * layouts.kept.width)
        }
    }

    func recurrentSums(_ step: ForwardStep, time: Int) -> RecurrentSums {
        isOfProducts
            ? RecurrentSums(source: zeros.view, sourceStride: 0, target: productMemory.view)
            : RecurrentSums(source: step.kept, sourceStride: layouts.kept.width, target: step.kept)
    }

    func update(_ step: ForwardStep, time: Int, rows: Range<Int>) {
        for sequence in rows {
            let (row, start) = (time * activations.sequenceCount + sequence, sequence * layouts.kept.width)
            sums[0].normalize(step.kept, from: start, row: row)
            if isOfProducts { sums[1].normalize(productMemory.view, from: start, row: row) }
            updateGates(step, sequence, row)
            cell.normalize(step.cells, from: sequence * layouts.stateWidth, row: row)
            updateHiddenState(step, sequence, row)
        }
    }

    /// The gates, and C_t before its normalisation.
    private func updateGates(_ step: ForwardStep, _ sequence: Int, _ row: Int) {
        let (kept, biases, layout) = (step.kept, biasMemory.view, layouts.kept)
        let (first, state) = (sequence * layout.width, sequence * layouts.stateWidth)
        for unit in stride(from: 0, to: layout.hidden, by: laneCount) {
            let index = layout.index(group: 0, unit: unit)
            @inline(__always)
            func sum(_ gate: Int) -> Lane {
                let place = index + 16 * gate
                var sum = biases.lane(at: place)
                for rows in sums { sum = laneFMA(rows.gains.lane(at: place), rows.values.lane(at: row * layout.width + place), sum) }
                return sum
            }
            let (input, forget, candidate, output) = (sigmoid(sum(0)), sigmoid(sum(1)), hyperbolicTangent(sum(2)), sigmoid(sum(3)))
            kept.setLane(input, at: first + index)
            kept.setLane(forget, at: first + index + 16)
            kept.setLane(candidate, at: first + index + 32)
            kept.setLane(output, at: first + index + 48)
            step.cells.setLane(laneFMA(forget, step.previousCells.lane(at: state + unit), input * candidate), at: state + unit)
        }
    }

    /// h_t, and C_t if that is the normalised one.
    private func updateHiddenState(_ step: ForwardStep, _ sequence: Int, _ row: Int) {
        let (first, state) = (sequence * layouts.kept.width, sequence * layouts.stateWidth)
        for unit in stride(from: 0, to: layouts.hidden, by: laneCount) {
            let normalized = normalizedCell(row: row, unit: unit)
            if isOfProducts { step.cells.setLane(normalized, at: state + unit) }
            let hidden = step.kept.lane(at: first + layouts.kept.index(group: 3, unit: unit)) * hyperbolicTangent(normalized)
            step.hiddens.setLane(hidden, at: state + unit)
            if let rounded = step.roundedHiddens { rounded.setLane(hidden, at: state + unit) }
        }
    }

    /// γ_C ∘ N + β_C.
    @inline(__always)
    private func normalizedCell(row: Int, unit: Int) -> Lane {
        laneFMA(cell.gains.lane(at: unit), cell.values.lane(at: row * cellLayout.width + unit), cellBiasMemory.view.lane(at: unit))
    }

    // MARK: Backward

    func prepareBackward(_ segment: SegmentPosition) {
        let (rowCount, width) = (activations.timeCount * activations.sequenceCount, layouts.stateWidth)
        if normalizedGradientMemory.count < rowCount * width { normalizedGradientMemory = FloatMemory(count: rowCount * width) }
        if cellGradientMemory.count < activations.sequenceCount * width { cellGradientMemory = FloatMemory(count: activations.sequenceCount * width) }
        if segment.isLast { cellGradientMemory.view.fill(0) }
    }

    var cellGradients: (floats: FloatView, rowStride: Int) { (cellGradientMemory.view, layouts.stateWidth) }

    /// Leaves ∂L/∂(the gates' normalised sums) in place of the kept values: with them the biases are summed.
    func differentiate(_ step: BackwardStep, time: Int, rows: Range<Int>) {
        for sequence in rows {
            let (row, start) = (time * activations.sequenceCount + sequence, sequence * layouts.kept.width)
            differentiateOutput(step, sequence, row)
            differentiateCell(step, sequence, row)
            let target = sequence * layouts.sums.width
            if isOfProducts {
                sums[0].differentiate(step.kept, from: start, row: row, into: step.inputDerivatives, at: target)
                sums[1].differentiate(step.kept, from: start, row: row, into: step.derivatives, at: target)
            } else {
                sums[0].differentiate(step.kept, from: start, row: row, into: step.derivatives, at: target)
            }
        }
    }

    /// ∂L/∂(γ_C ∘ N + β_C) = ∂L/∂h ∘ o ∘ (1 - tanh²), and with the normalised cell state what later steps give it; and the output gate's derivative.
    private func differentiateOutput(_ step: BackwardStep, _ sequence: Int, _ row: Int) {
        let (kept, one) = (step.kept, Lane(repeating: 1))
        for unit in stride(from: 0, to: layouts.hidden, by: laneCount) {
            let index = sequence * layouts.kept.width + layouts.kept.index(group: 3, unit: unit)
            let (output, squashed) = (kept.lane(at: index), hyperbolicTangent(normalizedCell(row: row, unit: unit)))
            let hiddenGradient = step.outputGradients.lane(at: sequence * step.outputGradientWidth + unit)
            var gradient = hiddenGradient * output * (one - squashed * squashed)
            if isOfProducts { gradient += cellGradientMemory.view.lane(at: sequence * layouts.stateWidth + unit) }
            normalizedGradientMemory.view.setLane(gradient, at: row * layouts.stateWidth + unit)
            kept.setLane(hiddenGradient * squashed * (output * (one - output)), at: index)
        }
    }

    /// ∂L/∂C through the normalisation, then the derivatives of the other gates and ∂L/∂C_{t-1} = ∂L/∂C ∘ f.
    private func differentiateCell(_ step: BackwardStep, _ sequence: Int, _ row: Int) {
        let (kept, gradients, values, later, one) = (step.kept, normalizedGradientMemory.view, cell.values, cellGradientMemory.view, Lane(repeating: 1))
        let (first, state) = (row * layouts.stateWidth, sequence * layouts.stateWidth)
        let (mean, share, scale) = cell.statistics(part: 0, gradients, from: first, row: row)
        for unit in stride(from: 0, to: layouts.hidden, by: laneCount) {
            let (gradient, value) = (gradients.lane(at: first + unit), values.lane(at: first + unit))
            var cellGradient = (gradient * cell.gains.lane(at: unit) - Lane(repeating: mean) - value * Lane(repeating: share)) * Lane(repeating: scale)
            if unit + laneCount > layouts.hidden { cellGradient = laneKept(cellGradient, Int32(layouts.hidden - unit)) }
            if !isOfProducts { cellGradient += later.lane(at: state + unit) }
            values.setLane(gradient * value, at: first + unit)
            let index = sequence * layouts.kept.width + layouts.kept.index(group: 0, unit: unit)
            let (input, forget, candidate) = (kept.lane(at: index), kept.lane(at: index + 16), kept.lane(at: index + 32))
            kept.setLane(cellGradient * candidate * (input * (one - input)), at: index)
            kept.setLane(cellGradient * step.previousCells.lane(at: state + unit) * (forget * (one - forget)), at: index + 16)
            kept.setLane(cellGradient * input * (one - candidate * candidate), at: index + 32)
            later.setLane(cellGradient * forget, at: state + unit)
        }
    }

    func sumGradients(_ slots: LayerParameterSlots, rows: ShardedRows, phase: AccumulationPhase, gradient: FloatView) {
        let (layout, own) = (layouts.kept, slots.parameters(in: gradient))
        context.gradientSums.sumRows(activations.kept, rowStride: layout.width, layout, rows: rows, phase: phase, into: own.inputBias, carried: carried[0])
        // Both biases are added to the same sums.
        if slots.trainsRecurrentBias { own.recurrentBias.copy(own.inputBias) } else { own.recurrentBias.fill(0) }
        for (place, name) in gainNames.enumerated() {
            context.gradientSums.sumRows(
                sums[place].values, rowStride: layout.width, layout, rows: rows, phase: phase, into: slots.additional(name, in: gradient),
                carried: carried[1 + place])
        }
        context.gradientSums.sumRows(
            cell.values, rowStride: cellLayout.width, cellLayout, rows: rows, phase: phase, into: slots.additional("gain_cell", in: gradient),
            carried: carried[3])
        context.gradientSums.sumRows(
            normalizedGradientMemory.view, rowStride: cellLayout.width, cellLayout, rows: rows, phase: phase,
            into: slots.additional("bias_cell", in: gradient), carried: carried[4])
    }
}
