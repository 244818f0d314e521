import Kernels

/// One layer's activations and gradients of a batch, kept from forward to backward. Grows to the largest batch seen.
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
final class LayerActivations: @unchecked Sendable {
    let layout: GateLayout
    private let precision: Precision
    private let isSplit: Bool
    private(set) var timeCount = 0
    private(set) var sequenceCount = 0
    private var gateMemory = FloatMemory(count: 0)
    private var cellMemory = FloatMemory(count: 0)
    private var hiddenMemory = FloatMemory(count: 0)
    private var hiddenPairs = FloatMemory(count: 0)
    private var outputGradientMemory = FloatMemory(count: 0)
    private let ownDerivatives: DerivativeMemory?
    private var cellGradientMemory = FloatMemory(count: 0)
    private var carriedMemory = FloatMemory(count: 0)

    /// - Parameters:
    ///   - gates: with `split`, gates' tasks still read the gates while others write derivatives.
    ///   - precision: of hidden states and derivatives as products read them. What is computed element by element (gates, cells, hidden states for
    ///     the cell's gradient) is float32: of a gate near 1, bfloat16 would lose 1 - σ.
    ///   - derivatives: memory for them where they can't take the gates' place: with split gates, and with bfloat16.
    init(hidden: Int, gates: GateMode, precision: Precision, derivatives: DerivativeMemory) {
        layout = GateLayout(hidden: hidden)
        self.precision = precision
        isSplit = gates == .split
        ownDerivatives = isSplit || precision == .bfloat16 ? derivatives : nil
    }

    /// Floats from one row of ``outputGradients`` to the next: whole panels.
    var outputGradientWidth: Int { layout.panelsPerGate * PanelView.width }

    /// Makes room for a batch. Contents are undefined, except that padding units are 0.
    func prepareForward(timeCount: Int, sequenceCount: Int) {
        self.timeCount = timeCount
        self.sequenceCount = sequenceCount
        let rows = timeCount * sequenceCount
        let states = rows + sequenceCount
        if gateMemory.count < rows * layout.gateWidth { gateMemory = FloatMemory(count: rows * layout.gateWidth) }
        if cellMemory.count < states * layout.stateWidth {
            cellMemory = FloatMemory(count: states * layout.stateWidth)
            hiddenMemory = FloatMemory(count: states * layout.stateWidth)
            if precision == .bfloat16 { hiddenPairs = FloatMemory(count: precision.wordCount(states * layout.stateWidth)) }
        }
    }

    /// Makes room for the backward pass over a segment. After the last segment's, gradients from later time steps stay for the one before.
    func prepareBackward(_ segment: SegmentPosition = .whole) {
        let rows = timeCount * sequenceCount
        if outputGradientMemory.count < rows * outputGradientWidth {
            outputGradientMemory = FloatMemory(count: rows * outputGradientWidth)
        }
        if cellGradientMemory.count < 3 * sequenceCount * outputGradientWidth {
            cellGradientMemory = FloatMemory(count: 3 * sequenceCount * outputGradientWidth)
        }
        ownDerivatives?.makeRoom(for: precision.wordCount(rows * layout.gateWidth))
        if segment.isLast { cellGradientMemory.view.fill(0) }
    }

    /// Keeps the derivatives of the first time step for the part of the sequences before this one.
    func carryDerivatives() {
        let first = rows(of: derivatives, width: layout.gateWidth, time: 0)
        if carriedMemory.count < precision.wordCount(first.count) { carriedMemory = FloatMemory(count: precision.wordCount(first.count)) }
        carried.copy(first)
    }

    private var carried: OperandView { OperandView(words: carriedMemory.view, precision: precision) }

    /// Derivatives of the time step after `time`, as far as there is one.
    private func derivatives(after time: Int, _ segment: SegmentPosition) -> OperandView? {
        if time + 1 < timeCount { return rows(of: derivatives, width: layout.gateWidth, time: time + 1) }
        return segment.isLast ? nil : carried.slice(from: 0, count: sequenceCount * layout.gateWidth)
    }

    /// Gates after a forward pass, `[time, batch, gates]`.
    var gates: FloatView { gateMemory.view }

    /// Derivatives of the loss by gates' sums, `[time, batch, gates]`: in the gates' place, or in memory that
    /// all layers share: those of a layer are done with when the one below begins.
    var derivatives: OperandView { OperandView(words: ownDerivatives?.floats ?? gateMemory.view, precision: precision) }

    /// Cell states, `[1 + time, batch, units]`: the initial one first.
    var cells: FloatView { cellMemory.view }

    /// Hidden states, `[1 + time, batch, units]`: the initial one first.
    var hiddens: FloatView { hiddenMemory.view }

    /// Hidden states as products read them, `[1 + time, batch, units]`: the same, or the same rounded.
    var hiddenOperands: OperandView { OperandView(words: precision == .float32 ? hiddenMemory.view : hiddenPairs.view, precision: precision) }

    /// The same in float32.
    var exactOutputs: OperandView { OperandView(rows(of: hiddens, width: layout.stateWidth, time: 1, timeCount: timeCount)) }

    /// Has the initial hidden states for products too, once they are set.
    func roundInitialStates() {
        guard precision == .bfloat16 else { return }
        for sequence in 0..<sequenceCount {
            hiddenOperands.setRow(hiddens.slice(from: sequence * layout.stateWidth, count: layout.stateWidth), at: sequence * layout.stateWidth)
        }
    }

    /// Hidden states as products read them, without the initial one, `[time, batch, units]`.
    var outputs: OperandView { rows(of: hiddenOperands, width: layout.stateWidth, time: 1, timeCount: timeCount) }

    /// Derivatives of the loss by this layer's outputs, as far as they come from above, `[time, batch, outputGradientWidth]`.
    var outputGradients: FloatView { outputGradientMemory.view }

    /// Rows of `timeCount` time steps from `time` on.
    func rows(of floats: FloatView, width: Int, time: Int, timeCount: Int = 1) -> FloatView {
        floats.slice(from: time * sequenceCount * width, count: timeCount * sequenceCount * width)
    }

    func rows(of numbers: OperandView, width: Int, time: Int, timeCount: Int = 1) -> OperandView {
        numbers.slice(from: time * sequenceCount * width, count: timeCount * sequenceCount * width)
    }

    func forwardStep(at time: Int, input: ForwardStep.StepInput) -> ForwardStep {
        ForwardStep(
            layout: layout,
            gates: rows(of: gates, width: layout.gateWidth, time: time),
            previousCells: rows(of: cells, width: layout.stateWidth, time: time),
            previousHiddens: rows(of: hiddenOperands, width: layout.stateWidth, time: time),
            cells: rows(of: cells, width: layout.stateWidth, time: time + 1),
            hiddens: rows(of: hiddens, width: layout.stateWidth, time: time + 1),
            hiddenPairs: precision == .float32 ? nil : rows(of: hiddenOperands, width: layout.stateWidth, time: time + 1), input: input)
    }

    func backwardStep(at time: Int, _ segment: SegmentPosition) -> BackwardStep {
        let width = outputGradientWidth
        let size = sequenceCount * width
        // A gate's task still reads what the later step left while another writes for the earlier one, so the two take turns.
        let parity = isSplit ? (segment.firstTime + time) & 1 : 0
        return BackwardStep(
            layout: layout,
            gates: rows(of: gates, width: layout.gateWidth, time: time),
            derivatives: rows(of: derivatives, width: layout.gateWidth, time: time),
            laterDerivatives: derivatives(after: time, segment),
            previousCells: rows(of: cells, width: layout.stateWidth, time: time),
            hiddens: rows(of: hiddens, width: layout.stateWidth, time: time + 1),
            outputGradients: rows(of: outputGradients, width: width, time: time),
            outputGradientWidth: width,
            hiddenGradients: cellGradientMemory.view.slice(from: 0, count: size),
            laterCellGradients: cellGradientMemory.view.slice(from: (1 + parity) * size, count: size),
            cellGradients: cellGradientMemory.view.slice(from: (isSplit ? 2 - parity : 1) * size, count: size))
    }
}

/// Memory for the derivatives of one layer at a time.
final class DerivativeMemory {
    private var memory = FloatMemory(count: 0)

    var floats: FloatView { memory.view }

    func makeRoom(for count: Int) {
        if memory.count < count { memory = FloatMemory(count: count) }
    }
}
