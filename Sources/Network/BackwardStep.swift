import CVector
import Kernels

/// One layer at one time step, backward: rows are sequences.
struct BackwardStep {
    let layout: GateLayout
    /// Gates as the forward pass left them; the derivatives take their place unless they have memory of their own.
    let gates: FloatView
    /// ∂L/∂(gates' sums), `[batch, gates]`.
    let derivatives: OperandView
    /// Those of the next time step; nil at the last.
    let laterDerivatives: OperandView?
    let previousCells: FloatView
    let hiddens: FloatView
    /// ∂L/∂h as far as it comes from above, `[batch, outputGradientWidth]`.
    let outputGradients: FloatView
    let outputGradientWidth: Int
    /// ∂L/∂h in all, `[batch, outputGradientWidth]`: only where gates' tasks are split.
    let hiddenGradients: FloatView
    /// ∂L/∂C as far as it comes from later steps, `[batch, outputGradientWidth]`, and the same for the step before.
    let laterCellGradients: FloatView
    let cellGradients: FloatView

    /// One vector of units: what each derivative needs.
    private struct Place {
        let cell: LSTMCell
        let gate: Int
        let state: Int
        let hiddenGradient: Lane
        let cellGradient: Lane
        let hidden: Lane
        let previousCell: Lane
    }

    @inline(__always)
    private func place(row: Int, unit: Int, hiddenGradient: Lane) -> Place {
        let gate = row &* layout.gateWidth &+ layout.index(gate: 0, unit: unit)
        let state = row &* layout.stateWidth &+ unit
        let gradient = row &* outputGradientWidth &+ unit
        let cell = LSTMCell(
            input: gates.lane(at: gate), forget: gates.lane(at: gate &+ 16), candidate: gates.lane(at: gate &+ 32),
            output: gates.lane(at: gate &+ 48))
        let hidden = hiddens.lane(at: state)
        return Place(
            cell: cell, gate: gate, state: gradient, hiddenGradient: hiddenGradient,
            cellGradient: cell.cellGradient(hiddenGradient: hiddenGradient, later: laterCellGradients.lane(at: gradient), hidden: hidden),
            hidden: hidden, previousCell: previousCells.lane(at: state))
    }

    /// All four derivatives of a vector of units, and the cell's gradient for the step before.
    @inline(__always)
    func update(row: Int, unit: Int, hiddenGradient: Lane) {
        let at = place(row: row, unit: unit, hiddenGradient: hiddenGradient)
        derivatives.setLane(derivative(0, at), at: at.gate)
        derivatives.setLane(derivative(1, at), at: at.gate &+ 16)
        derivatives.setLane(derivative(2, at), at: at.gate &+ 32)
        derivatives.setLane(derivative(3, at), at: at.gate &+ 48)
        cellGradients.setLane(at.cell.previousCellGradient(cellGradient: at.cellGradient), at: at.state)
    }

    @inline(__always)
    private func derivative(_ gate: Int, _ at: Place) -> Lane {
        switch gate {
        case 0: at.cell.inputSumGradient(cellGradient: at.cellGradient)
        case 1: at.cell.forgetSumGradient(cellGradient: at.cellGradient, previousCell: at.previousCell)
        case 2: at.cell.candidateSumGradient(cellGradient: at.cellGradient)
        default: at.cell.outputSumGradient(hiddenGradient: at.hiddenGradient, hidden: at.hidden)
        }
    }

    /// Fused: ∂L/∂h = what comes from above + W_hhᵀ · the later derivatives, and all that follows, for some rows and panels of units.
    func run(rows: Range<Int>, panels: Range<Int>, weights: PanelView) {
        guard let laterDerivatives else {
            multiply(
                rows: rows, of: RowsOperand(derivatives, rowStride: layout.gateWidth), by: weights, panels: panels, steps: 0..<0,
                ends: FusedBackward(step: self))
            return
        }
        let left = RowsOperand(laterDerivatives, rowStride: layout.gateWidth)
        for panel in panels {
            var start = 0
            while weights.stepCount - start > Self.blockSteps {
                multiply(
                    rows: rows, of: left.from(step: start), by: weights, panels: panel..<panel + 1, steps: start..<start + Self.blockSteps,
                    ends: AddedProduct(to: outputGradients, rowStride: outputGradientWidth))
                start += Self.blockSteps
            }
            multiply(
                rows: rows, of: left.from(step: start), by: weights, panels: panel..<panel + 1, steps: start..<weights.stepCount,
                ends: FusedBackward(step: self))
        }
    }

    /// Steps of a panel that go through all rows together: what they read stays in the second-level cache.
    static let blockSteps = 1024

    /// Split, first half: ∂L/∂h of some rows and panels of units.
    func addRecurrentGradients(rows: Range<Int>, panels: Range<Int>, weights: PanelView) {
        sumHiddenGradients(rows: rows, panels: panels, weights: weights, ends: HiddenGradients(step: self))
    }

    /// Split, second half: one gate's derivatives of some rows. The forget gate's task also goes back through the cell.
    func updateDerivatives(gate: Int, rows: Range<Int>) {
        for row in rows {
            for unit in stride(from: 0, to: layout.hidden, by: laneCount) {
                let at = place(row: row, unit: unit, hiddenGradient: hiddenGradients.lane(at: row * outputGradientWidth + unit))
                derivatives.setLane(derivative(gate, at), at: at.gate + 16 * gate)
                if gate == 1 {
                    cellGradients.setLane(at.cell.previousCellGradient(cellGradient: at.cellGradient), at: at.state)
                }
            }
        }
    }

    @inline(__always)
    private func sumHiddenGradients<Ends: TileEpilogue>(rows: Range<Int>, panels: Range<Int>, weights: PanelView, ends: Ends) {
        // At the last step nothing comes from later: the sums end where they begin.
        multiply(
            rows: rows, of: RowsOperand(laterDerivatives ?? derivatives, rowStride: layout.gateWidth), by: weights, panels: panels,
            steps: laterDerivatives == nil ? 0..<0 : 0..<weights.stepCount, ends: ends)
    }

    /// Asks for what `update` will read of a panel's units: the forward pass left it long ago.
    @inline(__always)
    fileprivate func prefetch(_ row: Int, _ panel: Int) {
        let unit = panel &* PanelView.width
        let gate = row &* layout.gateWidth &+ layout.index(gate: 0, unit: unit)
        let state = row &* layout.stateWidth &+ unit
        for line in 0..<PanelView.width / 4 { gates.prefetch(at: gate &+ 16 &* line) }
        for line in 0..<(PanelView.width + 15) / 16 {
            previousCells.prefetch(at: state &+ 16 &* line)
            hiddens.prefetch(at: state &+ 16 &* line)
        }
    }

    @inline(__always)
    fileprivate func gradientsFromAbove(_ row: Int, _ panel: Int) -> FourLanes {
        outputGradients.fourLanes(at: row * outputGradientWidth + panel * PanelView.width)
    }
}

/// A panel is four vectors of units; their sums go on into the gates' derivatives.
struct FusedBackward: TileEpilogue {
    let step: BackwardStep

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        step.prefetch(row, panel)
        return step.gradientsFromAbove(row, panel)
    }

    @inline(never)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) {
        let unit = panel &* PanelView.width
        let end = step.layout.hidden
        for place in sums.indices {
            let (row, sum) = (row &+ place, sums[place])
            step.update(row: row, unit: unit, hiddenGradient: sum.a)
            if unit + laneCount < end { step.update(row: row, unit: unit + laneCount, hiddenGradient: sum.b) }
            if unit + 2 * laneCount < end { step.update(row: row, unit: unit + 2 * laneCount, hiddenGradient: sum.c) }
            if unit + 3 * laneCount < end { step.update(row: row, unit: unit + 3 * laneCount, hiddenGradient: sum.d) }
        }
    }
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
