import CVector
import Kernels

/// One layer at one time step, forward: rows are sequences.
struct ForwardStep {
    let layout: GateLayout
    /// Sums before, gates after, `[batch, gates]`.
    let gates: FloatView
    let previousCells: FloatView
    let previousHiddens: OperandView
    let cells: FloatView
    let hiddens: FloatView
    /// With bfloat16: where the hidden states go rounded too.
    let hiddenPairs: OperandView?
    /// Source of the input's part of the sums.
    let input: StepInput

    /// The input's part of the sums at one time step: in `gates`, or made when the recurrence's chains begin, which saves a way to memory and back.
    enum StepInput {
        case inGates
        case narrow(NarrowInput)
        case tokens(TokenSumsInput)
    }

    /// Tokens, whose sums a table has.
    struct TokenSumsInput {
        /// `[batch]`.
        let tokens: TokenView
        /// `[vocabulary, gates]`.
        let table: FloatView
    }

    /// A layer's input of few numbers.
    struct NarrowInput {
        /// The most numbers that are taken so.
        static let widthAtMost = 8

        /// `[batch, rowStride]`.
        let numbers: OperandView
        let rowStride: Int
        /// W_ih, units with their four gates.
        let weights: PanelView
        /// b_ih + b_hh, in a row of gates.
        let bias: FloatView
    }

    /// From the four sums of a vector of units: gates, cell and hidden state.
    @inline(__always)
    func update(row: Int, unit: Int, inputSum: Lane, forgetSum: Lane, candidateSum: Lane, outputSum: Lane) {
        let gate = row &* layout.gateWidth &+ layout.index(gate: 0, unit: unit)
        let state = row &* layout.stateWidth &+ unit
        let cell = LSTMCell(inputSum: inputSum, forgetSum: forgetSum, candidateSum: candidateSum, outputSum: outputSum)
        let newCell = cell.cell(previous: previousCells.lane(at: state))
        gates.setLane(cell.input, at: gate)
        gates.setLane(cell.forget, at: gate + 16)
        gates.setLane(cell.candidate, at: gate + 32)
        gates.setLane(cell.output, at: gate + 48)
        cells.setLane(newCell, at: state)
        let hidden = cell.hidden(cell: newCell)
        hiddens.setLane(hidden, at: state)
        if let hiddenPairs { hiddenPairs.setLane(hidden, at: state) }
    }

    /// Fused: W_hh·h added to the sums, and all that follows, for some rows and panels.
    func run(rows: Range<Int>, panels: Range<Int>, weights: PanelView) {
        let left = RowsOperand(previousHiddens, rowStride: layout.stateWidth)
        switch input {
        case .inGates: multiply(rows: rows, of: left, by: weights, panels: panels, ends: FusedForward(step: self))
        case .narrow(let input): multiply(rows: rows, of: left, by: weights, panels: panels, ends: NarrowFusedForward(step: self, input: input))
        case .tokens(let input): multiply(rows: rows, of: left, by: weights, panels: panels, ends: TokenFusedForward(step: self, input: input))
        }
    }

    /// Split, first half: one gate's W_hh·h added to its sums.
    func addRecurrentSums(gate: Int, rows: Range<Int>, weights: PanelView) {
        multiply(
            rows: rows, of: RowsOperand(previousHiddens, rowStride: layout.stateWidth), by: weights,
            panels: 0..<layout.panelsPerGate, ends: GateSums(layout: layout, gate: gate, source: gates, sourceStride: layout.gateWidth, target: gates))
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
struct FusedForward: TileEpilogue {
    let step: ForwardStep

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        let gate = row &* step.layout.gateWidth &+ step.layout.index(gate: 0, unit: panel &* laneCount)
        return step.gates.fourLanes(at: gate, distance: 16)
    }

    // Not inlined: into the tiles the activations would come six times, and the compiler then leaves them as calls.
    @inline(never)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) {
        for place in sums.indices {
            let sum = sums[place]
            step.update(row: row &+ place, unit: panel &* laneCount, inputSum: sum.a, forgetSum: sum.b, candidateSum: sum.c, outputSum: sum.d)
        }
    }
}

/// The same where the input has few numbers: the chains begin with the bias, go over the input here, and then over the hidden state.
struct NarrowFusedForward: TileEpilogue {
    let step: ForwardStep
    let input: ForwardStep.NarrowInput

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        let gate = step.layout.index(gate: 0, unit: panel &* laneCount)
        return input.weights.sum(from: input.bias.fourLanes(at: gate, distance: 16), of: input.numbers, at: row &* input.rowStride, panel: panel)
    }

    @inline(__always)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) { FusedForward(step: step).finish(row: row, panel: panel, sums) }
}

/// The same where the input is tokens: the chains begin with the token's row of a table, or 0 where there is none.
struct TokenFusedForward: TileEpilogue {
    let step: ForwardStep
    let input: ForwardStep.TokenSumsInput

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        let token = input.tokens[row]
        guard token >= 0 else {
            let zero = Lane(repeating: 0)
            return FourLanes(zero, zero, zero, zero)
        }
        let start = token &* step.layout.gateWidth &+ step.layout.index(gate: 0, unit: panel &* laneCount)
        return input.table.fourLanes(at: start, distance: 16)
    }

    @inline(__always)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) { FusedForward(step: step).finish(row: row, panel: panel, sums) }
}

/// A panel is four vectors of one gate's units: the sums go on from `source` (a bias, for stride 0) and end in rows of gates.
struct GateSums: TileEpilogue {
    let layout: GateLayout
    let gate: Int
    let source: FloatView
    let sourceStride: Int
    let target: FloatView

    /// Index of the panel's first vector in a row. The others follow at fixed distances, for a panel begins at a block's first unit or,
    /// with narrow vectors, fills part of one.
    @inline(__always)
    private func start(_ panel: Int) -> Int { layout.index(gate: gate, unit: panel &* PanelView.width) }

    @inline(__always)
    private func offset(_ vector: Int) -> Int { layout.index(gate: 0, unit: vector &* laneCount) }

    /// A last panel's vectors may lie behind the row; of those nothing is kept.
    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        let index = row &* sourceStride &+ start(panel)
        let unit = panel &* PanelView.width
        let zero = Lane(repeating: 0)
        return FourLanes(
            source.lane(at: index), unit + laneCount < layout.hidden ? source.lane(at: index + offset(1)) : zero,
            unit + 2 * laneCount < layout.hidden ? source.lane(at: index + offset(2)) : zero,
            unit + 3 * laneCount < layout.hidden ? source.lane(at: index + offset(3)) : zero)
    }

    @inline(__always)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) {
        let unit = panel &* PanelView.width
        for place in sums.indices {
            let index = (row &+ place) &* layout.gateWidth &+ start(panel)
            let sum = sums[place]
            target.setLane(sum.a, at: index)
            if unit + laneCount < layout.hidden { target.setLane(sum.b, at: index + offset(1)) }
            if unit + 2 * laneCount < layout.hidden { target.setLane(sum.c, at: index + offset(2)) }
            if unit + 3 * laneCount < layout.hidden { target.setLane(sum.d, at: index + offset(3)) }
        }
    }
}
