import Kernels

/// One layer's activations and gradients of a batch, kept from forward to backward. Grows to the largest batch seen.
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
final class LayerActivations: @unchecked Sendable {
    let layouts: RowLayouts
    private let precision: Precision
    private let isSplit: Bool
    private(set) var timeCount = 0
    private(set) var sequenceCount = 0
    /// The rows that are computed; outputs and derivatives of the others are 0.
    private(set) var activeRows = ActiveRows.none
    /// With padding: the sequences of each share of the work, about as many rows a share. Otherwise not up to date.
    private(set) var sequenceShares: [Range<Int>] = []
    private var keptMemory = FloatMemory(count: 0)
    private var cellMemory = FloatMemory(count: 0)
    private var hiddenMemory = FloatMemory(count: 0)
    private var hiddenPairs = FloatMemory(count: 0)
    private var resetMemory = FloatMemory(count: 0)
    /// An sLSTM's normalizer and stabilizer.
    private var normalizerMemory = FloatMemory(count: 0)
    private var stabilizerMemory = FloatMemory(count: 0)
    private var outputGradientMemory = FloatMemory(count: 0)
    private let ownDerivatives: DerivativeMemory?
    private var stateGradientMemory = FloatMemory(count: 0)
    private var carriedMemory = FloatMemory(count: 0)
    /// What zoneout hands on to the step before the first one: to the segment before this one.
    private var earlierGradientMemory = FloatMemory(count: 0)
    /// In training with recurrent dropout: of the products' operands.
    private(set) var operandMask: OperandMask?
    private var noise: StateNoise?

    /// - Parameters:
    ///   - gates: with `split`, gates' tasks still read the gates while others write derivatives.
    ///   - precision: of hidden states and derivatives as products read them. What is computed element by element (gates, cells, hidden states for
    ///     the cell's gradient) is float32: of a gate near 1, bfloat16 would lose 1 - σ.
    ///   - derivatives: memory for them where they can't take the kept values' place: with split gates, with bfloat16, and for cells that have not as many.
    init(layouts: RowLayouts, gates: GateMode, precision: Precision, derivatives: DerivativeMemory) {
        self.layouts = layouts
        self.precision = precision
        isSplit = gates == .split
        ownDerivatives = isSplit || precision == .bfloat16 || layouts.hasInputDerivatives || layouts.isRowwise || layouts.sums != layouts.kept
            ? derivatives : nil
    }

    /// Floats from one row of ``outputGradients`` to the next: whole panels.
    var outputGradientWidth: Int { layouts.outputPanelCount * PanelView.width }

    /// Makes room for a batch. Contents are undefined, except that padding units are 0.
    /// - Parameter shareCount: parts into which the recurrence divides the sequences.
    func prepareForward(_ pass: Pass, shareCount: Int) {
        timeCount = pass.timeCount
        sequenceCount = pass.sequenceCount
        activeRows = pass.activeRows
        if activeRows.hasPadding { sequenceShares = activeRows.divided(into: shareCount) }
        let rows = timeCount * sequenceCount
        let states = rows + sequenceCount
        if keptMemory.count < rows * layouts.kept.width { keptMemory = FloatMemory(count: rows * layouts.kept.width) }
        if hiddenMemory.count < states * layouts.outputWidth {
            if hasCellState { cellMemory = FloatMemory(count: states * layouts.stateWidth) }
            hiddenMemory = FloatMemory(count: states * layouts.outputWidth)
            if precision == .bfloat16 { hiddenPairs = FloatMemory(count: precision.wordCount(states * layouts.outputWidth)) }
            if layouts.layer.hasNormalizer {
                normalizerMemory = FloatMemory(count: states * layouts.stateWidth)
                stabilizerMemory = FloatMemory(count: states * layouts.stateWidth)
            }
            if layouts.hasTwoPhases { resetMemory = FloatMemory(count: precision.wordCount(states * layouts.stateWidth)) }
        }
    }

    /// Has padding's outputs 0.
    func clearOutputs() {
        activeRows.forEachPadding { rows in
            clear(exactOutputs, rows, width: layouts.outputWidth)
            if precision == .bfloat16 { clear(outputs, rows, width: layouts.outputWidth) }
        }
    }

    /// Has padding's derivatives 0.
    func clearDerivatives() {
        activeRows.forEachPadding { rows in
            clear(derivatives, rows, width: layouts.firstSums.width)
            if layouts.hasTwoPhases { clear(candidateDerivatives, rows, width: layouts.stateWidth) }
            if layouts.hasInputDerivatives { clear(inputDerivatives, rows, width: layouts.sums.width) }
        }
    }

    private func clear(_ floats: FloatView, _ rows: Range<Int>, width: Int) {
        floats.slice(from: rows.lowerBound * width, count: rows.count * width).fill(0)
    }

    private func clear(_ numbers: OperandView, _ rows: Range<Int>, width: Int) {
        numbers.slice(from: rows.lowerBound * width, count: rows.count * width).clear()
    }

    /// Takes what changes the time steps of the next pass.
    func setNoise(_ operandMask: OperandMask?, _ noise: StateNoise?) { (self.operandMask, self.noise) = (operandMask, noise) }

    /// Makes room for the backward pass over a segment. After the last segment's, gradients from later time steps stay for the one before.
    func prepareBackward(_ segment: SegmentPosition = .whole) {
        let rows = timeCount * sequenceCount
        if outputGradientMemory.count < rows * outputGradientWidth {
            outputGradientMemory = FloatMemory(count: rows * outputGradientWidth)
        }
        if stateGradientMemory.count < 3 * sequenceCount * outputGradientWidth {
            stateGradientMemory = FloatMemory(count: 3 * sequenceCount * outputGradientWidth)
        }
        ownDerivatives?.makeRoom(for: precision.wordCount(rows * layouts.sums.width), slots: layouts.hasInputDerivatives ? 2 : 1)
        if segment.isLast { stateGradientMemory.view.fill(0) }
        guard noise != nil else { return }
        if earlierGradientMemory.count < sequenceCount * outputGradientWidth {
            earlierGradientMemory = FloatMemory(count: sequenceCount * outputGradientWidth)
        }
        if segment.isLast { earlierGradientMemory.view.fill(0) }
    }

    /// Adds what zoneout of the next segment handed on to the gradients of this one's last time step.
    func takeEarlierGradients() {
        guard noise != nil else { return }
        let count = sequenceCount * outputGradientWidth
        let handedOn = earlierGradientMemory.view.slice(from: 0, count: count)
        rows(of: outputGradients, width: outputGradientWidth, time: timeCount - 1).add(handedOn)
        handedOn.fill(0)
    }

    /// Keeps the derivatives of the first time step for the part of the sequences before this one.
    func carryDerivatives() {
        let first = rows(of: derivatives, width: layouts.firstSums.width, time: 0)
        if carriedMemory.count < precision.wordCount(first.count) { carriedMemory = FloatMemory(count: precision.wordCount(first.count)) }
        carried.copy(first)
    }

    private var carried: OperandView { OperandView(words: carriedMemory.view, precision: precision) }

    /// Derivatives of the time step after `time`, as far as there is one.
    private func derivatives(after time: Int, _ segment: SegmentPosition) -> OperandView? {
        if time + 1 < timeCount { return rows(of: derivatives, width: layouts.firstSums.width, time: time + 1) }
        return segment.isLast ? nil : carried.slice(from: 0, count: sequenceCount * layouts.firstSums.width)
    }

    /// What the cell keeps of the forward pass, `[time, batch, kept]`.
    var kept: FloatView { keptMemory.view }

    /// Derivatives of the loss by gates' sums, `[time, batch, sums]`: in the kept values' place, or in memory that
    /// all layers share: those of a layer are done with when the one below begins. With two phases a step those of the first, `[time, batch, firstSums]`.
    var derivatives: OperandView { OperandView(words: ownDerivatives?.slot(0) ?? keptMemory.view, precision: precision) }

    /// With two phases a step: those of the last gate, `[time, batch, units]`, behind the others.
    var candidateDerivatives: OperandView {
        let rows = timeCount * sequenceCount
        return derivatives.slice(from: rows * layouts.firstSums.width, count: rows * layouts.stateWidth)
    }

    /// The same by the input's part of the sums: another slot only where a gate's parts stay apart.
    var inputDerivatives: OperandView {
        guard layouts.hasInputDerivatives, let ownDerivatives else { return derivatives }
        return OperandView(words: ownDerivatives.slot(1), precision: precision)
    }

    var hasCellState: Bool { layouts.layer.statePartCount > 1 }

    /// Cell states, `[1 + time, batch, units]`: the initial one first. Empty where the cell has none.
    var cells: FloatView { cellMemory.view }

    /// An sLSTM's normalizers and stabilizers, as ``cells``.
    private var normalizers: FloatView { normalizerMemory.view }
    private var stabilizers: FloatView { stabilizerMemory.view }

    /// Hidden states, `[1 + time, batch, units]`: the initial one first.
    var hiddens: FloatView { hiddenMemory.view }

    /// Hidden states as products read them, `[1 + time, batch, units]`: the same, or the same rounded.
    var hiddenOperands: OperandView { OperandView(words: precision == .float32 ? hiddenMemory.view : hiddenPairs.view, precision: precision) }

    /// What the products with W_hh read, `[1 + time, batch, units]`: ``hiddenOperands``, or the same masked.
    var recurrentOperands: OperandView { operandMask?.operands ?? hiddenOperands }

    /// The same in float32.
    var exactOutputs: FloatView { rows(of: hiddens, width: layouts.outputWidth, time: 1, timeCount: timeCount) }

    /// With two phases a step: r ∘ h_{t-1} as products read it, `[time, batch, units]`. Otherwise empty.
    var resetOperands: OperandView { OperandView(words: resetMemory.view, precision: precision) }

    /// Has the initial hidden states for products too, once they are set.
    func roundInitialStates() {
        operandMask?.write(state(.hidden, at: 0), place: 0, rows: 0..<sequenceCount, units: 0..<layouts.stateWidth)
        guard precision == .bfloat16 else { return }
        for sequence in 0..<sequenceCount {
            hiddenOperands.setRow(hiddens.slice(from: sequence * layouts.outputWidth, count: layouts.outputWidth), at: sequence * layouts.outputWidth)
        }
    }

    /// Hidden states as products read them, without the initial one, `[time, batch, units]`.
    var outputs: OperandView { rows(of: hiddenOperands, width: layouts.outputWidth, time: 1, timeCount: timeCount) }

    /// Derivatives of the loss by this layer's outputs, as far as they come from above, `[time, batch, outputGradientWidth]`.
    var outputGradients: FloatView { outputGradientMemory.view }

    /// Rows of `timeCount` time steps from `time` on.
    func rows(of floats: FloatView, width: Int, time: Int, timeCount: Int = 1) -> FloatView {
        floats.slice(from: time * sequenceCount * width, count: timeCount * sequenceCount * width)
    }

    func rows(of numbers: OperandView, width: Int, time: Int, timeCount: Int = 1) -> OperandView {
        numbers.slice(from: time * sequenceCount * width, count: timeCount * sequenceCount * width)
    }

    /// Floats of a row of such states.
    func width(of part: RecurrentState.Part) -> Int { part == .hidden ? layouts.outputWidth : layouts.stateWidth }

    /// One of the states of a time step, `[batch, units]`; place 0 is the initial one. Only parts that the layer has, or the cell state.
    func state(_ part: RecurrentState.Part, at place: Int) -> FloatView {
        switch part {
        case .hidden: rows(of: hiddens, width: layouts.outputWidth, time: place)
        case .cell: hasCellState ? rows(of: cells, width: layouts.stateWidth, time: place) : cells
        case .normalizer: rows(of: normalizers, width: layouts.stateWidth, time: place)
        case .stabilizer: rows(of: stabilizers, width: layouts.stateWidth, time: place)
        }
    }

    func forwardStep(at time: Int, _ weights: LayerWeights, input: ForwardStep.StepInput) -> ForwardStep {
        ForwardStep(
            layouts: layouts,
            kept: rows(of: kept, width: layouts.kept.width, time: time),
            previousCells: state(.cell, at: time),
            cells: state(.cell, at: time + 1),
            previousHiddens: state(.hidden, at: time),
            hiddens: state(.hidden, at: time + 1),
            previousOperands: rows(of: recurrentOperands, width: layouts.outputWidth, time: time),
            roundedHiddens: precision == .float32 ? nil : rows(of: hiddenOperands, width: layouts.outputWidth, time: time + 1), bias: weights.bias,
            peepholes: weights.peepholes, input: input,
            resetOperands: layouts.hasTwoPhases ? rows(of: resetOperands, width: layouts.stateWidth, time: time) : resetOperands,
            operandMasks: operandMask?.masks, noise: noise?.step(at: time))
    }

    func backwardStep(at time: Int, _ weights: LayerWeights, _ segment: SegmentPosition) -> BackwardStep {
        let width = outputGradientWidth
        let size = sequenceCount * width
        // A gate's task still reads what the later step left while another writes for the earlier one, so the two take turns.
        let parity = isSplit ? (segment.firstTime + time) & 1 : 0
        return BackwardStep(
            layouts: layouts,
            kept: rows(of: kept, width: layouts.kept.width, time: time),
            derivatives: rows(of: derivatives, width: layouts.firstSums.width, time: time),
            candidateDerivatives: layouts.hasTwoPhases ? rows(of: candidateDerivatives, width: layouts.stateWidth, time: time) : derivatives,
            inputDerivatives: rows(of: inputDerivatives, width: layouts.sums.width, time: time),
            laterDerivatives: derivatives(after: time, segment),
            previousHiddens: state(.hidden, at: time),
            hiddens: state(.hidden, at: time + 1),
            previousCells: state(.cell, at: time),
            peepholes: weights.peepholes,
            outputGradients: rows(of: outputGradients, width: width, time: time),
            outputGradientWidth: width,
            hiddenGradients: stateGradientMemory.view.slice(from: 0, count: size),
            laterStateGradients: stateGradientMemory.view.slice(from: (1 + parity) * size, count: size),
            stateGradients: stateGradientMemory.view.slice(from: (isSplit ? 2 - parity : 1) * size, count: size),
            earlierOutputGradients: time > 0 || noise == nil
                ? rows(of: outputGradients, width: width, time: max(0, time - 1)) : earlierGradientMemory.view.slice(from: 0, count: size),
            operandMasks: operandMask?.masks, noise: noise?.step(at: time))
    }
}

/// Memory for the derivatives of one layer at a time: one slot, or two for a cell whose input has derivatives of its own.
final class DerivativeMemory {
    private var memory = FloatMemory(count: 0)
    private var slotCount = 1
    private var slotSize = 0

    func slot(_ index: Int) -> FloatView { memory.view.slice(from: index * slotSize, count: slotSize) }

    func makeRoom(for count: Int, slots: Int) {
        slotSize = max(slotSize, count)
        slotCount = max(slotCount, slots)
        if memory.count < slotCount * slotSize { memory = FloatMemory(count: slotCount * slotSize) }
    }
}
