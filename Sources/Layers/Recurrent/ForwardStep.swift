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
    var previousHiddens: FloatView
    var hiddens: FloatView
    /// The previous hidden states as products read them, and, with bfloat16, where the new ones go rounded.
    let previousOperands: OperandView
    var roundedHiddens: OperandView?
    /// The biases, in a row of kept values.
    let bias: FloatView
    /// The peepholes, `[places, units]`; empty where there are none.
    let peepholes: FloatView
    /// Source of the input's part of the sums.
    let input: StepInput
    /// With two phases a step: r ∘ h as products read it, `[batch, units]`.
    let resetOperands: OperandView
    /// With recurrent dropout: the masks of what the products read, `[batch, units]`.
    let operandMasks: FloatView?
    /// Masks of a regularised cell.
    let noise: StepNoise?

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
        let previous = StateLanes(hidden: previousHiddens.lane(at: state), cell: Cell.hasCellState ? previousCells.lane(at: state) : zero)
        let cell = Cell(
            sums: sums, inputSum: Cell.splitsLastGate ? kept.lane(at: place &+ 16 &* Cell.gateCount) : zero, after: previous,
            layouts.peepholeLanes(Cell.self, of: peepholes, unit: unit))
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

    /// Index of a unit's first value in ``kept``.
    @inline(__always)
    func index<Cell: RecurrentCell>(_: Cell.Type, row: Int, unit: Int) -> Int {
        row &* layouts.kept.width &+ GateLayout.index(group: 0, unit: unit, groupCount: Cell.keptCount)
    }

    /// Fused: W_hh·h added to the sums, and all that follows, for some rows and panels.
    func run(rows: Range<Int>, panels: Range<Int>, weights: PanelView) {
        switch (layouts.gateCount, layouts.kept.groupCount) {
        case (4, _): run(FourGatePanel.self, rows: rows, panels: panels, weights: weights)
        case (3, 3): run(ThreeGatePanel.self, rows: rows, panels: panels, weights: weights)
        case (3, _): run(SplitGatePanel.self, rows: rows, panels: panels, weights: weights)
        default: run(OneGatePanel.self, rows: rows, panels: panels, weights: weights)
        }
    }

    private func run<Shape: PanelShape>(_: Shape.Type, rows: Range<Int>, panels: Range<Int>, weights: PanelView) {
        let left = RowsOperand(previousOperands, rowStride: layouts.outputWidth)
        switch input {
        case .inPlace:
            multiply(rows: rows, of: left, by: weights, panels: panels, vectorsPerPanel: Shape.vectorCount, ends: FusedForward<Shape>(step: self))
        case .narrow(let input):
            multiply(
                rows: rows, of: left, by: weights, panels: panels, vectorsPerPanel: Shape.vectorCount,
                ends: NarrowFusedForward<Shape>(step: self, input: input))
        case .tokens(let input):
            multiply(
                rows: rows, of: left, by: weights, panels: panels, vectorsPerPanel: Shape.vectorCount,
                ends: TokenFusedForward<Shape>(step: self, input: input))
        }
    }

    /// Kept values and states of a fused tile's units, from their sums.
    // Not inlined: into the tiles the activations would come six times, and the compiler then leaves them as calls.
    @inline(never)
    func finish<Cell: RecurrentCell>(_: Cell.Type, _ row: Int, _ panel: Int, _ sums: Span<FourLanes>) {
        let zero = Lane(repeating: 0)
        for place in sums.indices {
            guard Cell.unitVectorsPerPanel > 1 else {
                update(Cell.self, row: row &+ place, unit: panel &* laneCount, sums: sums[place])
                continue
            }
            sums[place].forEachVector(from: panel &* PanelView.width, to: layouts.hidden) {
                update(Cell.self, row: row &+ place, unit: $0, sums: FourLanes($1, zero, zero, zero))
            }
        }
    }

    /// Split, first half: one gate's W_hh·h added to its sums.
    func addRecurrentSums(gate: Int, rows: Range<Int>, weights: PanelView) {
        // A gate whose parts stay apart begins with its recurrent bias.
        let (source, stride) = layouts.isSplit(gate) ? (bias, 0) : (kept, layouts.kept.width)
        multiply(
            rows: rows, of: RowsOperand(previousOperands, rowStride: layouts.outputWidth), by: weights, panels: 0..<layouts.panelsPerGate,
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
    func sums<Cell: RecurrentCell>(_: Cell.Type, at index: Int) -> FourLanes {
        let zero = Lane(repeating: 0)
        return FourLanes(
            kept.lane(at: index), Cell.gateCount > 1 ? kept.lane(at: index &+ 16) : zero, Cell.gateCount > 2 ? kept.lane(at: index &+ 32) : zero,
            Cell.gateCount > 3 ? kept.lane(at: index &+ 48) : zero)
    }
}

/// A panel is units with their gates (``PanelShape``): the sums go on from the input's, and never leave the registers before the state is updated.
struct FusedForward<Shape: PanelShape>: TileEpilogue {
    let step: ForwardStep

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        let start = row &* step.layouts.kept.width
        guard Shape.splitsLastGate else { return panelLanes(panel, of: step.kept, row: start) }
        let index = start &+ unitIndex(panel)
        return FourLanes(step.kept.lane(at: index), step.kept.lane(at: index &+ 16), recurrentBias(panel), Lane(repeating: 0))
    }

    /// Begins the chains with a row's part of the sums. What doesn't belong to them goes to its place among the kept values.
    /// - Parameter sums: in the order of the kept values.
    @inline(__always)
    func begin(row: Int, panel: Int, with sums: FourLanes) -> FourLanes {
        guard Shape.splitsLastGate else { return sums }
        step.kept.setLane(sums.d, at: row &* step.layouts.kept.width &+ unitIndex(panel) &+ 48)
        return FourLanes(sums.a, sums.b, recurrentBias(panel), Lane(repeating: 0))
    }

    /// A panel's numbers in a row of kept values.
    @inline(__always)
    func panelLanes(_ panel: Int, of floats: FloatView, row: Int) -> FourLanes {
        Shape.lanes(ofPanel: panel, in: floats, row: row, hidden: step.layouts.hidden)
    }

    /// Index of the panel's first value in a row of kept values, where a panel is one vector of units.
    @inline(__always)
    private func unitIndex(_ panel: Int) -> Int { GateLayout.index(group: 0, unit: panel &* laneCount, groupCount: Shape.keptCount) }

    /// The last gate's, for a cell that keeps it apart: three gates, so it is the third group.
    @inline(__always)
    private func recurrentBias(_ panel: Int) -> Lane { step.bias.lane(at: unitIndex(panel) &+ 32) }

    @inline(__always)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) { step.finish(row: row, panel: panel, sums) }
}

/// The same where the input has few numbers: the chains begin with the bias, go over the input here, and then over the hidden state.
struct NarrowFusedForward<Shape: PanelShape>: TileEpilogue {
    let step: ForwardStep
    let input: ForwardStep.NarrowInput

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        let recurrence = FusedForward<Shape>(step: step)
        var start = recurrence.panelLanes(panel, of: step.bias, row: 0)
        // The panels have a vector for each gate; a last gate that is kept apart has its input's part one group further.
        if Shape.splitsLastGate { start.c = start.d }
        var sums = input.weights.sum(from: start, of: input.numbers, at: row &* input.rowStride, panel: panel)
        if Shape.splitsLastGate { sums.d = sums.c }
        return recurrence.begin(row: row, panel: panel, with: sums)
    }

    @inline(__always)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) { step.finish(row: row, panel: panel, sums) }
}

/// The same where the input is tokens: the chains begin with the token's row of a table, or 0 where there is none.
struct TokenFusedForward<Shape: PanelShape>: TileEpilogue {
    let step: ForwardStep
    let input: ForwardStep.TokenSumsInput

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        let recurrence = FusedForward<Shape>(step: step)
        let token = input.tokens[row]
        guard token >= 0 else {
            let zero = Lane(repeating: 0)
            return recurrence.begin(row: row, panel: panel, with: FourLanes(zero, zero, zero, zero))
        }
        return recurrence.begin(row: row, panel: panel, with: recurrence.panelLanes(panel, of: input.table, row: token &* step.layouts.kept.width))
    }

    @inline(__always)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) { step.finish(row: row, panel: panel, sums) }
}
