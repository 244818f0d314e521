import CVector
import Kernels

/// One layer at one time step, backward: rows are sequences.
struct BackwardStep {
    let layouts: RowLayouts
    /// What the forward pass kept, `[batch, kept]`; derivatives may take its place.
    let kept: FloatView
    /// ∂L/∂(gates' sums), `[batch, sums]`: of a gate whose parts stay apart, by the part that comes from the hidden state.
    let derivatives: OperandView
    /// With two phases a step, those of the last gate, `[batch, units]`.
    let candidateDerivatives: OperandView
    /// The same by the part that comes from the input: the same memory where the parts are added.
    let inputDerivatives: OperandView
    /// ``derivatives`` of the next time step; nil at the last.
    let laterDerivatives: OperandView?
    /// `[batch, units]`, before and after the time step.
    var previousHiddens: FloatView
    var hiddens: FloatView
    /// `[batch, units]`; empty where the cell has no such state.
    let previousCells: FloatView
    /// The peepholes, `[places, units]`; empty where there are none.
    let peepholes: FloatView
    /// ∂L/∂h as far as it comes from above, `[batch, outputGradientWidth]`.
    let outputGradients: FloatView
    var outputGradientWidth: Int
    /// ∂L/∂h without what goes on element by element, `[batch, outputGradientWidth]`: only where gates' tasks are split.
    let hiddenGradients: FloatView
    /// ``RecurrentCell/previousStateGradient(_:_:)`` of the next time step, `[batch, outputGradientWidth]`, and the same for the step before.
    var laterStateGradients: FloatView
    var stateGradients: FloatView
    /// ``outputGradients`` of the step before, to which zoneout adds.
    let earlierOutputGradients: FloatView
    /// With recurrent dropout: the masks of what the products read, `[batch, units]`.
    let operandMasks: FloatView?
    /// Masks of a regularised cell.
    let noise: StepNoise?

    /// One vector of units: what each derivative needs.
    private struct Place<Cell: RecurrentCell> {
        let cell: Cell
        let lanes: StepLanes
        /// Index of its first derivative.
        let derivative: Int
        /// Index among the gradients.
        let gradient: Int
        let stateGradient: Lane
    }

    @inline(__always)
    private func place<Cell: RecurrentCell>(_: Cell.Type, row: Int, unit: Int, hiddenGradient: Lane) -> Place<Cell> {
        let index = row &* layouts.kept.width &+ GateLayout.index(group: 0, unit: unit, groupCount: Cell.keptCount)
        let state = row &* layouts.stateWidth &+ unit
        let gradient = row &* outputGradientWidth &+ unit
        let zero = Lane(repeating: 0)
        let values = FourLanes(
            kept.lane(at: index), Cell.keptCount > 1 ? kept.lane(at: index &+ 16) : zero, Cell.keptCount > 2 ? kept.lane(at: index &+ 32) : zero,
            Cell.keptCount > 3 ? kept.lane(at: index &+ 48) : zero)
        let cell = Cell(kept: values)
        let previous = StateLanes(hidden: previousHiddens.lane(at: state), cell: Cell.hasCellState ? previousCells.lane(at: state) : zero)
        let lanes = StepLanes(hiddenGradient: hiddenGradient, previous: previous, hidden: hiddens.lane(at: state),
            peepholes: layouts.peepholeLanes(Cell.self, of: peepholes, unit: unit))
        return Place(
            cell: cell, lanes: lanes,
            derivative: row &* layouts.sums.width &+ GateLayout.index(group: 0, unit: unit, groupCount: Cell.gateCount), gradient: gradient,
            stateGradient: cell.stateGradient(lanes, later: Cell.statePassesElementwise ? laterStateGradients.lane(at: gradient) : zero))
    }

    /// All derivatives of a vector of units, and the state's gradient for the step before.
    @inline(__always)
    func update<Cell: RecurrentCell>(_: Cell.Type, row: Int, unit: Int, hiddenGradient: Lane) {
        let at = place(Cell.self, row: row, unit: unit, hiddenGradient: hiddenGradient)
        write(0, at)
        if Cell.gateCount > 1 { write(1, at) }
        if Cell.gateCount > 2 { write(2, at) }
        if Cell.gateCount > 3 { write(3, at) }
        if Cell.statePassesElementwise { stateGradients.setLane(at.cell.previousStateGradient(at.lanes, at.stateGradient), at: at.gradient) }
    }

    @inline(__always)
    private func write<Cell: RecurrentCell>(_ gate: Int, _ at: Place<Cell>) {
        let value = at.cell.sumGradient(ofGate: gate, at.lanes, stateGradient: at.stateGradient)
        let index = at.derivative &+ 16 &* gate
        derivatives.setLane(value, at: index)
        guard Cell.splitsLastGate else { return }
        let isLast = gate == Cell.gateCount &- 1
        inputDerivatives.setLane(isLast ? at.cell.inputSumGradient(at.lanes, stateGradient: at.stateGradient) : value, at: index)
    }

    /// The same of a fused tile's units.
    @inline(never)
    func finish<Cell: RecurrentCell>(_: Cell.Type, _ row: Int, _ panel: Int, _ sums: Span<FourLanes>) {
        for place in sums.indices {
            sums[place].forEachVector(from: panel &* PanelView.width, to: layouts.hidden) {
                update(Cell.self, row: row &+ place, unit: $0, hiddenGradient: $1)
            }
        }
    }

    /// Fused: ∂L/∂h = what comes from above + W_hhᵀ · the later derivatives, and all that follows, for some rows and panels of units.
    func run(rows: Range<Int>, panels: Range<Int>, weights: PanelView) {
        addLaterGradients(rows: rows, panels: panels, weights: weights, ends: FusedBackward(step: self))
    }

    /// Sums what comes from above and the products of the later derivatives; `ends` begins with the former.
    @inline(__always)
    func addLaterGradients(rows: Range<Int>, panels: Range<Int>, weights: PanelView, ends: some TileEpilogue) {
        guard let laterDerivatives else {
            multiply(rows: rows, of: RowsOperand(derivatives, rowStride: layouts.firstSums.width), by: weights, panels: panels, steps: 0..<0, ends: ends)
            return
        }
        if let operandMasks {
            addMaskedGradients(of: laterDerivatives, by: operandMasks, into: outputGradients, rows: rows, panels: panels, weights: weights)
            return multiply(
                rows: rows, of: RowsOperand(derivatives, rowStride: layouts.firstSums.width), by: weights, panels: panels, steps: 0..<0, ends: ends)
        }
        let left = RowsOperand(laterDerivatives, rowStride: layouts.firstSums.width)
        for panel in panels {
            var start = 0
            while weights.stepCount - start > Self.blockSteps {
                multiply(
                    rows: rows, of: left.from(step: start), by: weights, panels: panel..<panel + 1, steps: start..<start + Self.blockSteps,
                    ends: AddedProduct(to: outputGradients, rowStride: outputGradientWidth))
                start += Self.blockSteps
            }
            multiply(
                rows: rows, of: left.from(step: start), by: weights, panels: panel..<panel + 1, steps: start..<weights.stepCount, ends: ends)
        }
    }

    /// Steps of a panel that go through all rows together: what they read stays in the second-level cache.
    static let blockSteps = 1024

    /// Split, first half: ∂L/∂h of some rows and panels of units.
    func addRecurrentGradients(rows: Range<Int>, panels: Range<Int>, weights: PanelView) {
        if let operandMasks, let laterDerivatives {
            return addMaskedGradients(of: laterDerivatives, by: operandMasks, into: hiddenGradients, rows: rows, panels: panels, weights: weights)
        }
        // At the last step nothing comes from later: the sums end where they begin.
        multiply(
            rows: rows, of: RowsOperand(laterDerivatives ?? derivatives, rowStride: layouts.sums.width), by: weights, panels: panels,
            steps: laterDerivatives == nil ? 0..<0 : 0..<weights.stepCount, ends: HiddenGradients(step: self))
    }

    /// Split, second half: one gate's derivatives of some rows. The second gate's task also goes back through the state.
    func updateDerivatives<Cell: RecurrentCell>(_: Cell.Type, gate: Int, rows: Range<Int>) {
        for row in rows {
            for unit in stride(from: 0, to: layouts.hidden, by: laneCount) {
                let at = place(Cell.self, row: row, unit: unit, hiddenGradient: hiddenGradients.lane(at: row * outputGradientWidth + unit))
                write(gate, at)
                if Cell.statePassesElementwise && gate == 1 {
                    stateGradients.setLane(at.cell.previousStateGradient(at.lanes, at.stateGradient), at: at.gradient)
                }
            }
        }
    }

    /// Asks for what `update` will read of a panel's units: the forward pass left it long ago.
    @inline(__always)
    fileprivate func prefetch(_ row: Int, _ panel: Int) {
        let unit = panel &* PanelView.width
        let index = row &* layouts.kept.width &+ layouts.kept.index(group: 0, unit: unit)
        let state = row &* layouts.stateWidth &+ unit
        for line in 0..<PanelView.width &* layouts.kept.groupCount / 16 { kept.prefetch(at: index &+ 16 &* line) }
        // A cell with one gate needs no states.
        guard layouts.gateCount > 1 else { return }
        for line in 0..<(PanelView.width + 15) / 16 {
            (previousCells.count > 0 ? previousCells : previousHiddens).prefetch(at: state &+ 16 &* line)
            hiddens.prefetch(at: state &+ 16 &* line)
        }
    }

    @inline(__always)
    func gradientsFromAbove(_ row: Int, _ panel: Int) -> FourLanes {
        outputGradients.fourLanes(at: row * outputGradientWidth + panel * PanelView.width)
    }
}

/// A panel is four vectors of units; their sums go on into the gates' derivatives. The tiles are the same for each cell.
struct FusedBackward: TileEpilogue {
    let step: BackwardStep

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        step.prefetch(row, panel)
        return step.gradientsFromAbove(row, panel)
    }

    @inline(__always)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) { step.finish(row: row, panel: panel, sums) }
}

/// A panel is four vectors of units; their sums are kept for the gates' tasks.
struct HiddenGradients: TileEpilogue {
    let step: BackwardStep

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes { step.gradientsFromAbove(row, panel) }

    @inline(__always)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) {
        for place in sums.indices {
            let index = (row + place) * step.outputGradientWidth + panel * PanelView.width
            step.hiddenGradients.setLane(sums[place].a, at: index)
            step.hiddenGradients.setLane(sums[place].b, at: index + laneCount)
            step.hiddenGradients.setLane(sums[place].c, at: index + 2 * laneCount)
            step.hiddenGradients.setLane(sums[place].d, at: index + 3 * laneCount)
        }
    }
}
