import CVector
import Kernels

// A time step of a cell with zoneout or dropout of the candidate (``StateNoise``), forward and backward. Plain cells have no part in it.

extension RecurrentCell {
    /// The same with its candidate multiplied.
    @inline(__always)
    func multiplyingCandidate(by mask: Lane) -> Self {
        var values = kept
        switch Self.candidatePlace {
        case 1: values.b *= mask
        case 2: values.c *= mask
        case 3: values.d *= mask
        default: break
        }
        return Self(kept: values)
    }
}

// MARK: - Forward

extension ForwardStep {
    /// As ``update(_:row:unit:sums:)``.
    @inline(__always)
    private func updateRegularized<Cell: RecurrentCell>(_: Cell.Type, row: Int, unit: Int, sums: FourLanes, _ noise: StepNoise) {
        let place = index(Cell.self, row: row, unit: unit)
        let state = row &* layouts.stateWidth &+ unit
        let zero = Lane(repeating: 0)
        let previous = StateLanes(hidden: previousHiddens.lane(at: state), cell: Cell.hasCellState ? previousCells.lane(at: state) : zero)
        let cell = Cell(
            sums: sums, inputSum: Cell.splitsLastGate ? kept.lane(at: place &+ 16 &* Cell.gateCount) : zero, after: previous,
            layouts.peepholeLanes(Cell.self, of: peepholes, unit: unit))
        let masks = noise.lanes(row: row, unit: unit)
        let next = masks.state(cell.multiplyingCandidate(by: masks.candidate).state(after: previous), after: previous)
        let values = cell.kept
        kept.setLane(values.a, at: place)
        if Cell.keptCount > 1 { kept.setLane(values.b, at: place &+ 16) }
        if Cell.keptCount > 2 { kept.setLane(values.c, at: place &+ 32) }
        if Cell.keptCount > 3 { kept.setLane(values.d, at: place &+ 48) }
        if Cell.hasCellState { cells.setLane(next.cell, at: state) }
        hiddens.setLane(next.hidden, at: state)
        if let roundedHiddens { roundedHiddens.setLane(next.hidden, at: state) }
    }

    /// As ``finish(_:_:_:_:)``.
    @inline(never)
    private func finishRegularized<Cell: RecurrentCell>(_: Cell.Type, _ row: Int, _ panel: Int, _ sums: Span<FourLanes>) {
        guard let noise else { preconditionFailure("a regularised cell has masks") }
        let zero = Lane(repeating: 0)
        for place in sums.indices {
            guard Cell.unitVectorsPerPanel > 1 else {
                updateRegularized(Cell.self, row: row &+ place, unit: panel &* laneCount, sums: sums[place], noise)
                continue
            }
            sums[place].forEachVector(from: panel &* PanelView.width, to: layouts.hidden) {
                updateRegularized(Cell.self, row: row &+ place, unit: $0, sums: FourLanes($1, zero, zero, zero), noise)
            }
        }
    }

    /// As ``updateStates(_:rows:)``.
    @inline(never)
    private func updateRegularizedStates<Cell: RecurrentCell>(_: Cell.Type, rows: Range<Int>) {
        guard let noise else { preconditionFailure("a regularised cell has masks") }
        for row in rows {
            for unit in stride(from: 0, to: layouts.hidden, by: laneCount) {
                updateRegularized(Cell.self, row: row, unit: unit, sums: sums(Cell.self, at: index(Cell.self, row: row, unit: unit)), noise)
            }
        }
    }

    /// Updates the units of a fused tile of a regularised cell.
    @inline(never)
    func finishRegularized(row: Int, panel: Int, _ sums: Span<FourLanes>) {
        switch layouts.plainForm {
        case .lstm: finishRegularized(LSTMCell<SigmoidGate, WithoutPeepholes>.self, row, panel, sums)
        case .hardLSTM: finishRegularized(LSTMCell<HardSigmoidGate, WithoutPeepholes>.self, row, panel, sums)
        case .coupledLSTM: finishRegularized(CoupledLSTMCell<SigmoidGate, WithoutPeepholes>.self, row, panel, sums)
        case .hardCoupledLSTM: finishRegularized(CoupledLSTMCell<HardSigmoidGate, WithoutPeepholes>.self, row, panel, sums)
        case .gru: finishRegularized(GRUCell<SigmoidGate>.self, row, panel, sums)
        case .hardGRU: finishRegularized(GRUCell<HardSigmoidGate>.self, row, panel, sums)
        case .rnn: finishRegularized(RNNCell<TanhActivation>.self, row, panel, sums)
        case .reluRNN: finishRegularized(RNNCell<ReluActivation>.self, row, panel, sums)
        default: preconditionFailure("refused: RecurrentDescription.canChangeCell")
        }
    }

    /// The same of split gates, second half.
    @inline(never)
    func updateRegularizedStates(rows: Range<Int>) {
        switch layouts.plainForm {
        case .lstm: updateRegularizedStates(LSTMCell<SigmoidGate, WithoutPeepholes>.self, rows: rows)
        case .hardLSTM: updateRegularizedStates(LSTMCell<HardSigmoidGate, WithoutPeepholes>.self, rows: rows)
        case .coupledLSTM: updateRegularizedStates(CoupledLSTMCell<SigmoidGate, WithoutPeepholes>.self, rows: rows)
        case .hardCoupledLSTM: updateRegularizedStates(CoupledLSTMCell<HardSigmoidGate, WithoutPeepholes>.self, rows: rows)
        case .gru: updateRegularizedStates(GRUCell<SigmoidGate>.self, rows: rows)
        case .hardGRU: updateRegularizedStates(GRUCell<HardSigmoidGate>.self, rows: rows)
        case .rnn: updateRegularizedStates(RNNCell<TanhActivation>.self, rows: rows)
        case .reluRNN: updateRegularizedStates(RNNCell<ReluActivation>.self, rows: rows)
        default: preconditionFailure("refused: RecurrentDescription.canChangeCell")
        }
    }
}

// MARK: - Backward

/// A vector of units of a regularised cell: its derivatives.
///
/// ```
/// ∂L/∂h̃ = k_h ∘ ∂L/∂h_t      ∂L/∂c̃ = k_c ∘ ∂L/∂c_t + what goes through h̃
/// ∂L/∂h_{t-1} and ∂L/∂c_{t-1}: what the cell gives, plus (1 - k) ∘ ∂L/∂h_t and (1 - k) ∘ ∂L/∂c_t
/// ∂L/∂C̃ = m ∘ ∂L/∂(m ∘ C̃)
/// ```
private struct RegularizedGradients<Cell: RecurrentCell> {
    /// With the candidate as the sums gave it, whose slope belongs to that; and as it is used.
    let plain: Cell
    let used: Cell
    let masks: NoiseLanes
    let lanes: StepLanes
    let stateGradient: Lane
    /// ∂L/∂(the state that goes on element by element) before the time step.
    let earlierState: Lane
    /// (1 - k) ∘ ∂L/∂h_t.
    let earlierHidden: Lane

    @inline(__always)
    init(kept: FourLanes, _ masks: NoiseLanes, previous: StateLanes, hiddenGradient: Lane, later: Lane) {
        let one = Lane(repeating: 1)
        (plain, self.masks) = (Cell(kept: kept), masks)
        used = plain.multiplyingCandidate(by: masks.candidate)
        // A cell without a cell state hands on its hidden state, so that all of ∂L/∂h_t is known only with the later step's part.
        let total = Cell.hasCellState ? hiddenGradient : hiddenGradient + later
        let zero = Lane(repeating: 0)
        lanes = StepLanes(
            hiddenGradient: masks.hidden * total, previous: previous, hidden: used.state(after: previous).hidden,
            peepholes: PeepholeLanes(input: zero, forget: zero, output: zero))
        stateGradient = used.stateGradient(lanes, later: Cell.hasCellState ? masks.cell * later : zero)
        let own = used.previousStateGradient(lanes, stateGradient)
        earlierState = Cell.hasCellState ? laneFMA(one - masks.cell, later, own) : own
        earlierHidden = (one - masks.hidden) * total
    }

    @inline(__always)
    func sumGradient(ofGate gate: Int) -> Lane {
        Cell.isThroughCandidate(gate)
            ? plain.sumGradient(ofGate: gate, lanes, stateGradient: stateGradient) * masks.candidate
            : used.sumGradient(ofGate: gate, lanes, stateGradient: stateGradient)
    }

    var inputSumGradient: Lane {
        @inline(__always) get { plain.inputSumGradient(lanes, stateGradient: stateGradient) * masks.candidate }
    }
}

extension BackwardStep {
    @inline(__always)
    private func gradients<Cell: RecurrentCell>(
        _: Cell.Type, row: Int, unit: Int, hiddenGradient: Lane, _ noise: StepNoise
    ) -> RegularizedGradients<Cell> {
        let index = row &* layouts.kept.width &+ GateLayout.index(group: 0, unit: unit, groupCount: Cell.keptCount)
        let state = row &* layouts.stateWidth &+ unit
        let zero = Lane(repeating: 0)
        let values = FourLanes(
            kept.lane(at: index), Cell.keptCount > 1 ? kept.lane(at: index &+ 16) : zero, Cell.keptCount > 2 ? kept.lane(at: index &+ 32) : zero,
            Cell.keptCount > 3 ? kept.lane(at: index &+ 48) : zero)
        return RegularizedGradients(
            kept: values, noise.lanes(row: row, unit: unit),
            previous: StateLanes(hidden: previousHiddens.lane(at: state), cell: Cell.hasCellState ? previousCells.lane(at: state) : zero),
            hiddenGradient: hiddenGradient, later: Cell.statePassesElementwise ? laterStateGradients.lane(at: row &* outputGradientWidth &+ unit) : zero)
    }

    @inline(__always)
    private func write<Cell: RecurrentCell>(_ gate: Int, _ gradients: RegularizedGradients<Cell>, row: Int, unit: Int) {
        let index = row &* layouts.sums.width &+ GateLayout.index(group: 0, unit: unit, groupCount: Cell.gateCount) &+ 16 &* gate
        let value = gradients.sumGradient(ofGate: gate)
        derivatives.setLane(value, at: index)
        guard Cell.splitsLastGate else { return }
        inputDerivatives.setLane(gate == Cell.gateCount &- 1 ? gradients.inputSumGradient : value, at: index)
    }

    /// What goes on to the step before.
    @inline(__always)
    private func writeEarlier<Cell: RecurrentCell>(_ gradients: RegularizedGradients<Cell>, row: Int, unit: Int) {
        let index = row &* outputGradientWidth &+ unit
        if Cell.statePassesElementwise { stateGradients.setLane(gradients.earlierState, at: index) }
        earlierOutputGradients.setLane(earlierOutputGradients.lane(at: index) + gradients.earlierHidden, at: index)
    }

    @inline(never)
    private func finishRegularized<Cell: RecurrentCell>(_: Cell.Type, _ row: Int, _ panel: Int, _ sums: Span<FourLanes>) {
        guard let noise else { preconditionFailure("a regularised cell has masks") }
        for place in sums.indices {
            sums[place].forEachVector(from: panel &* PanelView.width, to: layouts.hidden) { unit, hiddenGradient in
                let gradients = gradients(Cell.self, row: row &+ place, unit: unit, hiddenGradient: hiddenGradient, noise)
                for gate in 0..<Cell.gateCount { write(gate, gradients, row: row &+ place, unit: unit) }
                writeEarlier(gradients, row: row &+ place, unit: unit)
            }
        }
    }

    /// The last gate's task, or an only gate's, also goes back through the state.
    @inline(never)
    private func updateRegularizedDerivatives<Cell: RecurrentCell>(_: Cell.Type, gate: Int, rows: Range<Int>) {
        guard let noise else { preconditionFailure("a regularised cell has masks") }
        for row in rows {
            for unit in stride(from: 0, to: layouts.hidden, by: laneCount) {
                let gradient = hiddenGradients.lane(at: row &* outputGradientWidth &+ unit)
                let gradients = gradients(Cell.self, row: row, unit: unit, hiddenGradient: gradient, noise)
                write(gate, gradients, row: row, unit: unit)
                if gate == Cell.gateCount &- 1 { writeEarlier(gradients, row: row, unit: unit) }
            }
        }
    }

    /// Makes the derivatives of the units of a fused tile of a regularised cell.
    @inline(never)
    func finishRegularized(row: Int, panel: Int, _ sums: Span<FourLanes>) {
        switch layouts.plainForm {
        case .lstm: finishRegularized(LSTMCell<SigmoidGate, WithoutPeepholes>.self, row, panel, sums)
        case .hardLSTM: finishRegularized(LSTMCell<HardSigmoidGate, WithoutPeepholes>.self, row, panel, sums)
        case .coupledLSTM: finishRegularized(CoupledLSTMCell<SigmoidGate, WithoutPeepholes>.self, row, panel, sums)
        case .hardCoupledLSTM: finishRegularized(CoupledLSTMCell<HardSigmoidGate, WithoutPeepholes>.self, row, panel, sums)
        case .gru: finishRegularized(GRUCell<SigmoidGate>.self, row, panel, sums)
        case .hardGRU: finishRegularized(GRUCell<HardSigmoidGate>.self, row, panel, sums)
        case .rnn: finishRegularized(RNNCell<TanhActivation>.self, row, panel, sums)
        case .reluRNN: finishRegularized(RNNCell<ReluActivation>.self, row, panel, sums)
        default: preconditionFailure("refused: RecurrentDescription.canChangeCell")
        }
    }

    /// The same of split gates, one gate's.
    @inline(never)
    func updateRegularizedDerivatives(gate: Int, rows: Range<Int>) {
        switch layouts.plainForm {
        case .lstm: updateRegularizedDerivatives(LSTMCell<SigmoidGate, WithoutPeepholes>.self, gate: gate, rows: rows)
        case .hardLSTM: updateRegularizedDerivatives(LSTMCell<HardSigmoidGate, WithoutPeepholes>.self, gate: gate, rows: rows)
        case .coupledLSTM: updateRegularizedDerivatives(CoupledLSTMCell<SigmoidGate, WithoutPeepholes>.self, gate: gate, rows: rows)
        case .hardCoupledLSTM: updateRegularizedDerivatives(CoupledLSTMCell<HardSigmoidGate, WithoutPeepholes>.self, gate: gate, rows: rows)
        case .gru: updateRegularizedDerivatives(GRUCell<SigmoidGate>.self, gate: gate, rows: rows)
        case .hardGRU: updateRegularizedDerivatives(GRUCell<HardSigmoidGate>.self, gate: gate, rows: rows)
        case .rnn: updateRegularizedDerivatives(RNNCell<TanhActivation>.self, gate: gate, rows: rows)
        case .reluRNN: updateRegularizedDerivatives(RNNCell<ReluActivation>.self, gate: gate, rows: rows)
        default: preconditionFailure("refused: RecurrentDescription.canChangeCell")
        }
    }
}
