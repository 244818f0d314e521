import CVector
import Kernels

/// One layer at one time step, forward: rows are sequences.
struct ForwardStep {
    let layouts: RowLayouts
    /// The input's part of the sums before, the kept values after, `[batch, kept]`.
    let kept: FloatView
    /// `[batch, units]`; empty where the cell has no such state.
    let previousCells: FloatView
    let cells: FloatView
    /// `[batch, units]`.
    let previousHiddens: FloatView
    let hiddens: FloatView
    /// The previous hidden states as products read them, and, with bfloat16, where the new ones go rounded.
    let previousOperands: OperandView
    let roundedHiddens: OperandView?
    /// The biases, in a row of kept values.
    let bias: FloatView
    /// Source of the input's part of the sums.
    let input: StepInput
    /// With two phases a step: r ∘ h as products read it, `[batch, units]`.
    let resetOperands: OperandView

    /// The input's part of the sums at one time step: in `kept`, or made when the recurrence's chains begin, which saves a way to memory and back.
    enum StepInput {
        case inPlace
        case narrow(NarrowInput)
        case tokens(TokenSumsInput)
    }

    /// Tokens, whose sums a table has.
    struct TokenSumsInput {
        /// `[batch]`.
        let tokens: TokenView
        /// `[vocabulary, kept]`.
        let table: FloatView
    }

    /// A layer's input of few numbers.
    struct NarrowInput {
        /// The most numbers that are taken so.
        static let widthAtMost = 8

        /// `[batch, rowStride]`.
        let numbers: OperandView
        let rowStride: Int
        /// W_ih, units with their gates.
        let weights: PanelView
    }

    /// From the sums of a vector of units: what is kept, and the state.
    @inline(__always)
    func update<Cell: RecurrentCell>(_: Cell.Type, row: Int, unit: Int, sums: FourLanes) {
        let place = index(Cell.self, row: row, unit: unit)
        let state = row &* layouts.stateWidth &+ unit
        let zero = Lane(repeating: 0)
        let cell = Cell(sums: sums, inputSum: Cell.splitsLastGate ? kept.lane(at: place &+ 16 &* Cell.gateCount) : zero)
        let previous = StateLanes(hidden: previousHiddens.lane(at: state), cell: Cell.hasCellState ? previousCells.lane(at: state) : zero)
        let next = cell.state(after: previous)
        let values = cell.kept
        kept.setLane(values.a, at: place)
        if Cell.keptCount > 1 { kept.setLane(values.b, at: place &+ 16) }
        if Cell.keptCount > 2 { kept.setLane(values.c, at: place &+ 32) }
        if Cell.keptCount > 3 { kept.setLane(values.d, at: place &+ 48) }
        if Cell.hasCellState { cells.setLane(next.cell, at: state) }
        hiddens.setLane(next.hidden, at: state)
        if let roundedHiddens { roundedHiddens.setLane(next.hidden, at: state) }
    }

    /// From a fused panel's sums: the same of all its vectors of units.
    @inline(__always)
    func update<Cell: RecurrentCell>(_: Cell.Type, row: Int, panel: Int, sums: FourLanes) {
        FusedPanel<Cell>(panel, hidden: layouts.hidden).forEachVector(sums) { update(Cell.self, row: row, unit: $0, sums: $1) }
    }

    /// Index of a unit's first value in ``kept``.
    @inline(__always)
    func index<Cell: RecurrentCell>(_: Cell.Type, row: Int, unit: Int) -> Int {
        row &* layouts.kept.width &+ GateLayout.index(group: 0, unit: unit, groupCount: Cell.keptCount)
    }

    /// Fused: W_hh·h added to the sums, and all that follows, for some rows and panels.
    func run<Cell: RecurrentCell>(_: Cell.Type, rows: Range<Int>, panels: Range<Int>, weights: PanelView) {
        let left = RowsOperand(previousOperands, rowStride: layouts.stateWidth)
        switch input {
        case .inPlace: multiply(rows: rows, of: left, by: weights, panels: panels, ends: FusedForward<Cell>(step: self))
        case .narrow(let input):
            multiply(rows: rows, of: left, by: weights, panels: panels, ends: NarrowFusedForward<Cell>(step: self, input: input))
        case .tokens(let input):
            multiply(rows: rows, of: left, by: weights, panels: panels, ends: TokenFusedForward<Cell>(step: self, input: input))
        }
    }

    /// Split, first half: one gate's W_hh·h added to its sums.
    func addRecurrentSums(gate: Int, rows: Range<Int>, weights: PanelView) {
        // A gate whose parts stay apart begins with its recurrent bias.
        let (source, stride) = layouts.isSplit(gate) ? (bias, 0) : (kept, layouts.kept.width)
        multiply(
            rows: rows, of: RowsOperand(previousOperands, rowStride: layouts.stateWidth), by: weights, panels: 0..<layouts.panelsPerGate,
            ends: GateSums(layout: layouts.kept, group: gate, source: source, sourceStride: stride, target: kept))
    }

    /// Split, second half: kept values and states of some rows, from the sums.
    func updateStates<Cell: RecurrentCell>(_: Cell.Type, rows: Range<Int>) {
        for row in rows {
            for unit in stride(from: 0, to: layouts.hidden, by: laneCount) {
                update(Cell.self, row: row, unit: unit, sums: sums(Cell.self, at: index(Cell.self, row: row, unit: unit)))
            }
        }
    }

    @inline(__always)
    private func sums<Cell: RecurrentCell>(_: Cell.Type, at index: Int) -> FourLanes {
        let zero = Lane(repeating: 0)
        return FourLanes(
            kept.lane(at: index), Cell.gateCount > 1 ? kept.lane(at: index &+ 16) : zero, Cell.gateCount > 2 ? kept.lane(at: index &+ 32) : zero,
            Cell.gateCount > 3 ? kept.lane(at: index &+ 48) : zero)
    }
}

/// A panel is units with their gates (``FusedPanel``): the sums go on from the input's, and never leave the registers before the state is updated.
struct FusedForward<Cell: RecurrentCell>: TileEpilogue {
    let step: ForwardStep

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        guard Cell.splitsLastGate else { return panelLanes(panel, of: step.kept, row: row &* step.layouts.kept.width) }
        let index = step.index(Cell.self, row: row, unit: panel &* laneCount)
        return FourLanes(step.kept.lane(at: index), step.kept.lane(at: index &+ 16), recurrentBias(panel), Lane(repeating: 0))
    }

    /// Begins the chains with a row's part of the sums. What doesn't belong to them goes to its place among the kept values.
    /// - Parameter sums: in the order of the kept values.
    @inline(__always)
    func begin(row: Int, panel: Int, with sums: FourLanes) -> FourLanes {
        guard Cell.splitsLastGate else { return sums }
        step.kept.setLane(sums.d, at: step.index(Cell.self, row: row, unit: panel &* laneCount) &+ 48)
        return FourLanes(sums.a, sums.b, recurrentBias(panel), Lane(repeating: 0))
    }

    /// A panel's numbers in a row of kept values.
    @inline(__always)
    func panelLanes(_ panel: Int, of floats: FloatView, row: Int) -> FourLanes {
        FusedPanel<Cell>(panel, hidden: step.layouts.hidden).lanes(of: floats, row: row)
    }

    /// The last gate's, for a cell that keeps it apart: three gates, so it is the third group.
    @inline(__always)
    private func recurrentBias(_ panel: Int) -> Lane {
        step.bias.lane(at: GateLayout.index(group: 2, unit: panel &* laneCount, groupCount: Cell.keptCount))
    }

    // Not inlined: into the tiles the activations would come six times, and the compiler then leaves them as calls.
    @inline(never)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) {
        for place in sums.indices { step.update(Cell.self, row: row &+ place, panel: panel, sums: sums[place]) }
    }
}

/// The same where the input has few numbers: the chains begin with the bias, go over the input here, and then over the hidden state.
struct NarrowFusedForward<Cell: RecurrentCell>: TileEpilogue {
    let step: ForwardStep
    let input: ForwardStep.NarrowInput

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        let recurrence = FusedForward<Cell>(step: step)
        var start = recurrence.panelLanes(panel, of: step.bias, row: 0)
        // The panels have a vector for each gate; a last gate that is kept apart has its input's part one group further.
        if Cell.splitsLastGate { start.c = start.d }
        var sums = input.weights.sum(from: start, of: input.numbers, at: row &* input.rowStride, panel: panel)
        if Cell.splitsLastGate { sums.d = sums.c }
        return recurrence.begin(row: row, panel: panel, with: sums)
    }

    @inline(__always)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) { FusedForward<Cell>(step: step).finish(row: row, panel: panel, sums) }
}

/// The same where the input is tokens: the chains begin with the token's row of a table, or 0 where there is none.
struct TokenFusedForward<Cell: RecurrentCell>: TileEpilogue {
    let step: ForwardStep
    let input: ForwardStep.TokenSumsInput

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        let recurrence = FusedForward<Cell>(step: step)
        let token = input.tokens[row]
        guard token >= 0 else {
            let zero = Lane(repeating: 0)
            return recurrence.begin(row: row, panel: panel, with: FourLanes(zero, zero, zero, zero))
        }
        return recurrence.begin(row: row, panel: panel, with: recurrence.panelLanes(panel, of: input.table, row: token &* step.layouts.kept.width))
    }

    @inline(__always)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) { FusedForward<Cell>(step: step).finish(row: row, panel: panel, sums) }
}
