package import Kernels
import Threads

/// A recurrent layer of any cell: packed weights, and what it keeps of a batch.
///
/// Forward: the input's sums for all time steps (``InputProjection``), then the recurrence (``Recurrence``).
/// Backward: the recurrence, then for all time steps the weights' gradients (``WeightGradients``) and the input's.
///
/// Sendable: it has no memory but its weights' and activations'.
package final class RecurrentLayer: Layer, @unchecked Sendable {
    /// Its number among the model's recurrent layers, from 0.
    private let index: Int
    let context: LayerContext
    let slots: LayerParameterSlots
    let layouts: RowLayouts
    let peepholes: [Peephole]
    let weights: LayerWeights
    let activations: LayerActivations
    private let input: InputProjection
    private let weightDrop: WeightDrop?
    private let operandMask: OperandMask?
    private let noise: StateNoise?
    private let carriedSums = CarriedSums()
    private let carriedInputSums = CarriedSums()
    private let carriedCandidateSums = CarriedSums()
    let carriedPeepholeSums = CarriedSums()
    private let rowCell: (any RowCell)?
    private let projection: Projection?
    private let initialStates: InitialStates?

    /// - Parameters:
    ///   - number: its number among the model's layers, for random masks.
    ///   - isReverse: whether it is a bidirectional layer's second recurrence, whose masks are its own.
    ///   - source: what the layer reads.
    ///   - order: in which an embedding's gradient is summed.
    package init(
        _ description: RecurrentDescription, _ plan: LayerPlan, index: Int, number: Int, isReverse: Bool = false, source: InputProjection.Source,
        order: EmbeddingGradient, embeddingDropout: Double = 0, _ context: LayerContext
    ) {
        let regularization = description.regularization
        precondition(!regularization.changesCell || description.canChangeCell, "zoneout and dropout of the candidate don't go with the cell")
        precondition(regularization.recurrentDropout == 0 || description.canMaskOperands, "recurrent dropout doesn't go with the cell")
        self.index = index
        self.context = context
        slots = LayerParameterSlots(plan, description)
        layouts = RowLayouts(description)
        peepholes = description.shape.peepholes
        weights = LayerWeights(layouts: layouts, gates: context.gates, precision: context.precision, source: source)
        activations = LayerActivations(layouts: layouts, gates: context.gates, precision: context.precision, derivatives: context.derivatives)
        input = InputProjection(source, slots: slots, layouts: layouts, order: order, embeddingDropout: embeddingDropout, context)
        func mask(_ use: MaskUse) -> Int { use.number(layer: number, isReverse: isReverse) }
        weightDrop = WeightDrop(
            rate: regularization.weightDrop, number: mask(.weightDrop), count: layouts.gateCount * layouts.hidden * layouts.outputUnits)
        operandMask = OperandMask(
            rate: regularization.recurrentDropout, number: mask(.recurrentDropout), width: layouts.stateWidth, precision: context.precision)
        noise = StateNoise(regularization, layer: number, isReverse: isReverse, width: layouts.stateWidth)
        precondition(description.layerNorm == .none || description.isPlain, "layer normalisation is of an LSTM without other options")
        precondition(description.projection == 0 || description.cell.hasCellState, "only an LSTM has a projection")
        rowCell = description.rowCell(activations, context)
        projection = description.projection > 0 ? Projection(activations, context) : nil
        initialStates = description.initialState == .learned ? InitialStates(layouts, context) : nil
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) {
        var own = slots.parameters(in: parameters)
        if let weightDrop { own.recurrentWeight = weightDrop.dropped(own.recurrentWeight, for: purpose, team: context.team) }
        weights.pack(own, team: context.team)
        for place in peepholes.indices { weights.set(peepholes[place], slots.peephole(place, in: parameters)) }
        rowCell?.load(slots, parameters)
        projection?.load(slots.additional("weight_hr", in: parameters))
        initialStates?.load(slots, parameters)
        input.load(parameters, layer: self, for: purpose)
    }

    package func finishGradient(_ gradient: FloatView, for purpose: Purpose) {
        weightDrop?.maskGradient(slots.parameters(in: gradient).recurrentWeight, for: purpose, team: context.team)
        input.finishGradient(gradient, for: purpose)
    }

    package func forward(_ signal: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        activations.prepareForward(pass, shareCount: context.team.threadCount)
        drawMasks(pass)
        rowCell?.prepareForward()
        projection?.prepareForward()
        begin(state)
        let start = input.start(signal, self, pass)
        let narrowWidth = weights.isNarrow ? weights.inputWidth : 0
        context.profile.measure(.recurrenceForward, multiplyAdds: pass.activeRows.count * (rowCount * (layouts.outputUnits + narrowWidth) + projectionCount)) {
            forward(recurrence(start))
            activations.clearOutputs()
        }
        return .rows(activations.outputs, exact: activations.exactOutputs, rowStride: layouts.outputWidth)
    }

    private func forward(_ recurrence: Recurrence) {
        if let rowCell { return recurrence.forward(rowCell) }
        if let projection { return recurrence.forward(projection) }
        recurrence.forward()
    }

    private func drawMasks(_ pass: Pass) {
        guard operandMask != nil || noise != nil else { return }
        context.profile.measure(.otherLayers) {
            noise?.prepare(pass, context)
            let isMasked = operandMask?.prepare(pass, context) == true
            activations.setNoise(isMasked ? operandMask : nil, noise)
        }
    }

    /// Rows of the weights.
    var rowCount: Int { layouts.gateCount * layouts.hidden }
    /// Multiply-adds of the projection of a time step of a sequence.
    private var projectionCount: Int { layouts.layer.projection * layouts.hidden }
    var inputSums: InputSums { InputSums(team: context.team, weights: weights, activations: activations) }

    private func recurrence(_ input: ChainStart = .inPlace) -> Recurrence {
        Recurrence(team: context.team, weights: weights, activations: activations, input: input)
    }

    // MARK: Backward

    package func prepareBackward(_ pass: Pass) {
        activations.prepareBackward(pass.segment)
        rowCell?.prepareBackward(pass.segment)
        projection?.prepareBackward(pass.segment)
    }

    package var outputGradients: GradientRows { GradientRows(floats: activations.outputGradients, rowStride: activations.outputGradientWidth) }

    package func backward(_ signal: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?) {
        if !pass.segment.isLast { activations.takeEarlierGradients() }
        let recurrentCount = (rows.placeCount - pass.sequenceCount) * rowCount * layouts.outputUnits
        context.profile.measure(.recurrenceBackward, multiplyAdds: recurrentCount + rows.placeCount * projectionCount) {
            activations.clearDerivatives()
            backward(recurrence(), pass.segment)
        }
        // For the segment before this one, as long as they are there.
        if !pass.segment.isFirst { activations.carryDerivatives() }
        if let inputGradients {
            context.profile.measure(.inputGradients, multiplyAdds: rows.placeCount * rowCount * weights.inputWidth) {
                multiplyInputGradients(activations.inputDerivatives, of: pass.activeRows, into: inputGradients)
            }
        }
        sumGradients(signal, rows: rows, phase: pass.segment.phase, gradient: gradient)
        sumPeepholeGradients(rows: rows, phase: pass.segment.phase, gradient: gradient)
        sumAdditionalGradients(pass.segment, rows: rows, gradient: gradient)
        input.sumTokenGradients(self, rows: rows, phase: pass.segment.phase, gradient: gradient)
    }

    private func backward(_ recurrence: Recurrence, _ segment: SegmentPosition) {
        if let rowCell { return recurrence.backward(rowCell, segment) }
        if let projection { return recurrence.backward(projection, segment) }
        recurrence.backward(segment)
    }

    /// The gradients of the parameters that only some layers have.
    private func sumAdditionalGradients(_ segment: SegmentPosition, rows: ShardedRows, gradient: FloatView) {
        context.profile.measure(.weightGradients, multiplyAdds: rows.placeCount * projectionCount) {
            rowCell?.sumGradients(slots, rows: rows, phase: segment.phase, gradient: gradient)
            if let projection { projection.sumGradients(rows: rows, phase: segment.phase, gradient: slots.additional("weight_hr", in: gradient)) }
            guard let initialStates, segment.isFirst else { return }
            let step = activations.backwardStep(at: 0, weights, segment)
            initialStates.sumGradients(
                activations, weights,
                stateGradients: rowCell?.cellGradients ?? projection?.cellGradients ?? (step.stateGradients, step.outputGradientWidth), slots, rows: rows,
                gradient: gradient)
        }
    }

    /// The gradients of weights and biases, but for tokens those of the input weights.
    private func sumGradients(_ signal: Signal, rows: ShardedRows, phase: AccumulationPhase, gradient: FloatView) {
        let gradients = slots.parameters(in: gradient)
        let recurrentFactor = WeightGradients.Factor(
            right: activations.recurrentOperands, rowStride: layouts.outputWidth, columnCount: layouts.outputUnits, gradient: gradients.recurrentWeight)
        let inputFactor = input.factor(signal, gradient: gradients.inputWeight)
        let columns = layouts.outputUnits + (inputFactor?.columnCount ?? 0)
        context.profile.measure(.weightGradients, multiplyAdds: rows.placeCount * rowCount * columns) {
            guard !layouts.hasTwoPhases else {
                sumRecurrentGradientsOfPhases(gradients, rows: rows, phase: phase)
                sumInputGradients(inputFactor, gradients, rows: rows, phase: phase)
                if slots.trainsRecurrentBias { gradients.recurrentBias.copy(gradients.inputBias) } else { gradients.recurrentBias.fill(0) }
                return
            }
            guard layouts.hasInputDerivatives else {
                context.gradientSums.sum(
                    recurrentFactor, inputFactor, derivatives: derivatives(activations.derivatives, biasGradient: gradients.inputBias), rows: rows,
                    phase: phase, carried: carriedSums)
                // Both biases are added to the same sums.
                if slots.trainsRecurrentBias { gradients.recurrentBias.copy(gradients.inputBias) } else { gradients.recurrentBias.fill(0) }
                return
            }
            context.gradientSums.sum(
                recurrentFactor, derivatives: derivatives(activations.derivatives, biasGradient: gradients.recurrentBias), rows: rows, phase: phase,
                carried: carriedSums)
            sumInputGradients(inputFactor, gradients, rows: rows, phase: phase)
        }
    }

    /// The gradients of the input weights and their bias, where the input has derivatives of its own.
    private func sumInputGradients(_ factor: WeightGradients.Factor?, _ gradients: LayerParameters, rows: ShardedRows, phase: AccumulationPhase) {
        // Tokens' input weights have their own sums, so only the bias is left.
        let noColumns = WeightGradients.Factor(
            right: activations.hiddenOperands, rowStride: layouts.outputWidth, columnCount: 0, gradient: gradients.inputWeight)
        context.gradientSums.sum(
            factor ?? noColumns, derivatives: derivatives(activations.inputDerivatives, biasGradient: gradients.inputBias), rows: rows,
            phase: phase, carried: carriedInputSums)
    }

    /// With two phases a step: the first gates' recurrent weights multiplied h, the last one's r ∘ h.
    private func sumRecurrentGradientsOfPhases(_ gradients: LayerParameters, rows: ShardedRows, phase: AccumulationPhase) {
        let (hidden, stride, first) = (layouts.hidden, layouts.stateWidth, layouts.firstSums)
        func sum(_ right: OperandView, _ numbers: OperandView, gates: Range<Int>, carried: CarriedSums) {
            context.gradientSums.sum(
                WeightGradients.Factor(
                    right: right, rowStride: stride, columnCount: hidden,
                    gradient: gradients.recurrentWeight.slice(from: gates.lowerBound * hidden * hidden, count: gates.count * hidden * hidden)),
                derivatives: WeightGradients.Derivatives(
                    numbers: numbers, rowStride: gates.count * stride, weightRows: WeightRows(groupCount: gates.count, groupSize: hidden),
                    biasGradient: nil),
                rows: rows, phase: phase, carried: carried)
        }
        sum(activations.recurrentOperands, activations.derivatives, gates: 0..<first.groupCount, carried: carriedSums)
        sum(activations.resetOperands, activations.candidateDerivatives, gates: first.groupCount..<layouts.gateCount, carried: carriedCandidateSums)
    }

    /// Derivatives of the gates' sums, as the weights' gradients read them.
    /// - Parameter numbers: `[rows, sums]`.
    func derivatives(_ numbers: OperandView, biasGradient: FloatView?) -> WeightGradients.Derivatives {
        WeightGradients.Derivatives(
            numbers: numbers, rowStride: layouts.sums.width,
            weightRows: WeightRows(groupCount: layouts.gateCount, groupSize: layouts.hidden), biasGradient: biasGradient)
    }

    /// The input weights' gradient where a token picked a column: its sum of derivatives. A task is a block of units of one gate.
    /// - Parameter derivatives: `[rows, sums]`, the rows that `tokens` groups.
    func sumTokenGradients(_ tokens: TokenRows, derivatives: OperandView, vocabularyCount: Int, gradient: FloatView) {
        context.team.fill(gradient, with: 0)
        context.team.run(taskCount: layouts.sums.blockCount * layouts.gateCount) { task in
            let (block, gate) = task.quotientAndRemainder(dividingBy: layouts.gateCount)
            let firstUnit = block * GateLayout.blockUnits
            let unitCount = min(GateLayout.blockUnits, layouts.hidden - firstUnit)
            tokens.sum(
                derivatives, rowStride: layouts.sums.width, offset: layouts.sums.index(group: gate, unit: firstUnit)
            ) { token, sum in
                for unit in 0..<unitCount {
                    gradient[(gate * layouts.hidden + firstUnit + unit) * vocabularyCount + token] = sum[unit]
                }
            }
        }
    }

    /// Writes ∂L/∂x of rows of derivatives to `target`: 0 for padding.
    func multiplyInputGradients(_ derivatives: OperandView, of rows: ActiveRows, into target: GradientRows) {
        let (panels, team, zeros) = (weights.inputGradientPanels, context.team, context.zeros.view)
        team.run(taskCount: team.threadCount) { block in
            rows.forEachRange(ofShare: block, of: team.threadCount) { rows in
                panels.multiply(
                    rows: rows, of: RowsOperand(derivatives, rowStride: layouts.sums.width), into: target.floats, rowStride: target.rowStride, bias: zeros)
            }
        }
        rows.forEachPadding { rows in target.floats.slice(from: rows.lowerBound * target.rowStride, count: rows.count * target.rowStride).fill(0) }
    }
}

extension RecurrentLayer {
    /// Outputs of the units after a time step, before a projection, `[batch, units]`.
    func unprojectedOutputs(time: Int) -> FloatView {
        guard let projection else { return activations.state(.hidden, at: time + 1) }
        return activations.rows(of: projection.outputs, width: layouts.stateWidth, time: time)
    }
}

// MARK: - States

extension RecurrentLayer {
    private func begin(_ state: RecurrentState?) {
        for part in RecurrentState.Part.allCases where part.rawValue < layouts.layer.statePartCount {
            let first = activations.state(part, at: 0)
            // Padding units too: after a batch of NaN they hold NaN, which a weight of 0 doesn't cancel.
            first.fill(0)
            guard let state else { continue }
            for sequence in 0..<activations.sequenceCount {
                if let own = state.part(part, layer: index, sequence: sequence) { first.copy(own, to: sequence * activations.width(of: part)) }
            }
        }
        initialStates?.begin(activations)
        activations.roundInitialStates()
    }

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {
        for sequence in 0..<activations.sequenceCount {
            guard let place = stepCount(sequence) else { continue }
            for part in RecurrentState.Part.allCases {
                guard let own = state.part(part, layer: index, sequence: sequence) else { continue }
                own.copy(activations.state(part, at: place).slice(from: sequence * activations.width(of: part), count: own.count))
            }
        }
    }
}
