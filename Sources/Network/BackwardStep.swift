import CVector
import Kernels

/// One layer at one time step, backward: rows are sequences.
struct BackwardStep {
    let layout: GateLayout
    /// Gates as the forward pass left them; the derivatives take their place unless they have memory of their own.
    let gates: FloatView
    /// ∂L/∂(gates' sums), `[batch, gates]`.
    let derivatives: FloatView
    /// Those of the next time step; nil at the last.
    let laterDerivatives: FloatView?
    let previousCells: FloatView
    let cells: FloatView
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
        let tanhOfCell: Lane
        let previousCell: Lane
    }

    @inline(__always)
    private func place(row: Int, unit: Int, hiddenGradient: Lane) -> Place {
        let gate = row * layout.gateWidth + layout.index(gate: 0, unit: unit)
        let state = row * layout.stateWidth + unit
        let cell = LSTMCell(
            input: gates.lane(at: gate), forget: gates.lane(at: gate + 16), candidate: gates.lane(at: gate + 32),
            output: gates.lane(at: gate + 48))
        let tanhOfCell = hyperbolicTangent(cells.lane(at: state))
        let later = laterCellGradients.lane(at: row * outputGradientWidth + unit)
        return Place(
            cell: cell, gate: gate, state: row * outputGradientWidth + unit, hiddenGradient: hiddenGradient,
            cellGradient: cell.cellGradient(hiddenGradient: hiddenGradient, later: later, tanhOfCell: tanhOfCell),
            tanhOfCell: tanhOfCell, previousCell: previousCells.lane(at: state))
    }

    /// All four derivatives of a vector of units, and the cell's gradient for the step before.
    @inline(__always)
    func update(row: Int, unit: Int, hiddenGradient: Lane) {
        let at = place(row: row, unit: unit, hiddenGradient: hiddenGradient)
        for gate in 0..<4 { derivatives.setLane(derivative(gate, at), at: at.gate + 16 * gate) }
        cellGradients.setLane(at.cell.previousCellGradient(cellGradient: at.cellGradient), at: at.state)
    }

    @inline(__always)
    private func derivative(_ gate: Int, _ at: Place) -> Lane {
        switch gate {
        case 0: at.cell.inputSumGradient(cellGradient: at.cellGradient)
        case 1: at.cell.forgetSumGradient(cellGradient: at.cellGradient, previousCell: at.previousCell)
        case 2: at.cell.candidateSumGradient(cellGradient: at.cellGradient)
        default: at.cell.outputSumGradient(hiddenGradient: at.hiddenGradient, tanhOfCell: at.tanhOfCell)
        }
    }

    /// Fused: ∂L/∂h = what comes from above + W_hhᵀ · the later derivatives, and all that follows, for some rows and panels of units.
    func run(rows: Range<Int>, panels: Range<Int>, weights: PanelView) {
        sumHiddenGradients(rows: rows, panels: panels, weights: weights, ends: FusedBackward(step: self))
    }

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
    private func sumHiddenGradients<Ends: TileEnds>(rows: Range<Int>, panels: Range<Int>, weights: PanelView, ends: Ends) {
        // At the last step nothing comes from later: the sums end where they begin.
        multiply(
            rows: rows, of: LeftOperand(rowsOf: laterDerivatives ?? derivatives, rowStride: layout.gateWidth), by: weights, panels: panels,
            steps: laterDerivatives == nil ? 0..<0 : 0..<weights.depth, ends: ends)
    }

    @inline(__always)
    fileprivate func gradientsFromAbove(_ row: Int, _ panel: Int) -> (Lane, Lane, Lane, Lane) {
        let index = row * outputGradientWidth + panel * PanelView.width
        return (
            outputGradients.lane(at: index), outputGradients.lane(at: index + laneCount),
            outputGradients.lane(at: index + 2 * laneCount), outputGradients.lane(at: index + 3 * laneCount)
        )
    }
}

/// A panel is four vectors of units; their sums go on into the gates' derivatives.
struct FusedBackward: TileEnds {
    let step: BackwardStep

    @inline(__always)
    func begin(row: Int, panel: Int) -> (Lane, Lane, Lane, Lane) { step.gradientsFromAbove(row, panel) }

    func finish(row: Int, panel: Int, _ a: Lane, _ b: Lane, _ c: Lane, _ d: Lane) {
        let unit = panel * PanelView.width
        let end = step.layout.hidden
        if unit < end { step.update(row: row, unit: unit, hiddenGradient: a) }
        if unit + laneCount < end { step.update(row: row, unit: unit + laneCount, hiddenGradient: b) }
        if unit + 2 * laneCount < end { step.update(row: row, unit: unit + 2 * laneCount, hiddenGradient: c) }
        if unit + 3 * laneCount < end { step.update(row: row, unit: unit + 3 * laneCount, hiddenGradient: d) }
    }
}

/// A panel is four vectors of units; their sums are kept for the gates' tasks.
struct HiddenGradients: TileEnds {
    let step: BackwardStep

    @inline(__always)
    func begin(row: Int, panel: Int) -> (Lane, Lane, Lane, Lane) { step.gradientsFromAbove(row, panel) }

    func finish(row: Int, panel: Int, _ a: Lane, _ b: Lane, _ c: Lane, _ d: Lane) {
        let index = row * step.outputGradientWidth + panel * PanelView.width
        step.hiddenGradients.setLane(a, at: index)
        step.hiddenGradients.setLane(b, at: index + laneCount)
        step.hiddenGradients.setLane(c, at: index + 2 * laneCount)
        step.hiddenGradients.setLane(d, at: index + 3 * laneCount)
    }
}
