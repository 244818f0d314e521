import CVector
import Kernels

/// One layer at one time step, forward: rows are sequences.
struct ForwardStep {
    let layout: GateLayout
    /// Sums before, gates after, `[batch, gates]`.
    let gates: FloatView
    let previousCells: FloatView
    let previousHiddens: FloatView
    let cells: FloatView
    let hiddens: FloatView

    /// From the four sums of a vector of units: gates, cell and hidden state.
    @inline(__always)
    func update(row: Int, unit: Int, inputSum: Lane, forgetSum: Lane, candidateSum: Lane, outputSum: Lane) {
        let gate = row * layout.gateWidth + layout.index(gate: 0, unit: unit)
        let state = row * layout.stateWidth + unit
        let cell = LSTMCell(inputSum: inputSum, forgetSum: forgetSum, candidateSum: candidateSum, outputSum: outputSum)
        let newCell = cell.cell(previous: previousCells.lane(at: state))
        gates.setLane(cell.input, at: gate)
        gates.setLane(cell.forget, at: gate + 16)
        gates.setLane(cell.candidate, at: gate + 32)
        gates.setLane(cell.output, at: gate + 48)
        cells.setLane(newCell, at: state)
        hiddens.setLane(cell.hidden(cell: newCell), at: state)
    }

    /// Fused: W_hh·h added to the sums, and all that follows, for some rows and panels.
    func run(rows: Range<Int>, panels: Range<Int>, weights: PanelView) {
        multiply(
            rows: rows, of: LeftOperand(rowsOf: previousHiddens, rowStride: layout.stateWidth), by: weights, panels: panels,
            ends: FusedForward(step: self))
    }

    /// Split, first half: one gate's W_hh·h added to its sums.
    func addRecurrentSums(gate: Int, rows: Range<Int>, weights: PanelView) {
        multiply(
            rows: rows, of: LeftOperand(rowsOf: previousHiddens, rowStride: layout.stateWidth), by: weights,
            panels: gate * layout.panelsPerGate..<(gate + 1) * layout.panelsPerGate,
            ends: GateSums(layout: layout, source: gates, sourceStride: layout.gateWidth, target: gates))
    }

    /// Split, second half: gates, cells and hidden states of some rows, from the sums.
    func updateCells(rows: Range<Int>) {
        for row in rows {
            for unit in stride(from: 0, to: layout.hidden, by: laneCount) {
                let gate = row * layout.gateWidth + layout.index(gate: 0, unit: unit)
                update(
                    row: row, unit: unit, inputSum: gates.lane(at: gate), forgetSum: gates.lane(at: gate + 16),
                    candidateSum: gates.lane(at: gate + 32), outputSum: gates.lane(at: gate + 48))
            }
        }
    }
}

/// A panel is a vector of units with their four gates: the sums go on from the input's, and never leave the registers before the cell is updated.
struct FusedForward: TileEnds {
    let step: ForwardStep

    @inline(__always)
    func begin(row: Int, panel: Int) -> (Lane, Lane, Lane, Lane) {
        let gate = row * step.layout.gateWidth + step.layout.index(gate: 0, unit: panel * laneCount)
        let gates = step.gates
        return (gates.lane(at: gate), gates.lane(at: gate + 16), gates.lane(at: gate + 32), gates.lane(at: gate + 48))
    }

    @inline(__always)
    func finish(row: Int, panel: Int, _ a: Lane, _ b: Lane, _ c: Lane, _ d: Lane) {
        step.update(row: row, unit: panel * laneCount, inputSum: a, forgetSum: b, candidateSum: c, outputSum: d)
    }
}

/// A panel is four vectors of one gate's units: the sums go on from `source` (a bias, for stride 0) and end in rows of gates.
struct GateSums: TileEnds {
    let layout: GateLayout
    let source: FloatView
    let sourceStride: Int
    let target: FloatView

    @inline(__always)
    private func index(_ panel: Int, _ vector: Int) -> Int? {
        let unit = panel % layout.panelsPerGate * PanelView.width + vector * laneCount
        return unit < layout.stateWidth ? layout.index(gate: panel / layout.panelsPerGate, unit: unit) : nil
    }

    @inline(__always)
    private func load(_ row: Int, _ panel: Int, _ vector: Int) -> Lane {
        index(panel, vector).map { source.lane(at: row * sourceStride + $0) } ?? Lane(repeating: 0)
    }

    @inline(__always)
    private func store(_ sum: Lane, _ row: Int, _ panel: Int, _ vector: Int) {
        if let index = index(panel, vector) { target.setLane(sum, at: row * layout.gateWidth + index) }
    }

    func begin(row: Int, panel: Int) -> (Lane, Lane, Lane, Lane) {
        (load(row, panel, 0), load(row, panel, 1), load(row, panel, 2), load(row, panel, 3))
    }

    func finish(row: Int, panel: Int, _ a: Lane, _ b: Lane, _ c: Lane, _ d: Lane) {
        store(a, row, panel, 0)
        store(b, row, panel, 1)
        store(c, row, panel, 2)
        store(d, row, panel, 3)
    }
}
