import CVector
import Kernels
import Threads

// The recurrence of a GRU whose reset gate stands before the product (``ResetFirstGRUCell``): a time step has two phases, and each product is of panels of
// four vectors of one gate's units, with fused gates and split.

extension Recurrence {
    func forwardResetFirst() {
        let panelCount = layouts.panelsPerGate
        if sharesRows {
            team.run(phaseCount: 1) { _, share in
                for time in 0..<activations.timeCount {
                    let (step, rows) = (step(at: time), ownRows(ofShare: share, at: time))
                    for gate in 0..<layouts.gateCount { step.runResetFirst(gate: gate, rows: rows, panels: 0..<panelCount, weights: weights) }
                    maskOperands(after: time, rows: rows, units: 0..<layouts.stateWidth)
                }
            }
            return
        }
        let firstGates = layouts.firstSums.groupCount
        team.run(phaseCount: 2 * activations.timeCount) { phase, share in
            let (step, rows) = (step(at: phase / 2), rows(at: phase / 2))
            let isSecond = phase % 2 == 1
            let tasks = team.tasks(ofShare: share, taskCount: isSecond ? panelCount : firstGates * panelCount)
            for gate in isSecond ? firstGates..<layouts.gateCount : 0..<firstGates {
                let first = isSecond ? 0 : gate * panelCount
                let panels = max(0, tasks.lowerBound - first)..<max(0, tasks.lowerBound - first, min(panelCount, tasks.upperBound - first))
                step.runResetFirst(gate: gate, rows: rows, panels: panels, weights: weights)
                guard isSecond else { continue }
                maskOperands(after: phase / 2, rows: rows, units: panels.lowerBound * PanelView.width..<panels.upperBound * PanelView.width)
            }
        }
    }

    func backwardResetFirst(_ segment: SegmentPosition) {
        let last = activations.timeCount - 1
        if sharesRows {
            team.run(phaseCount: 1) { _, share in
                for time in stride(from: last, through: 0, by: -1) {
                    let step = activations.backwardStep(at: time, weights, segment)
                    for isSecond in [false, true] {
                        step.runResetFirst(isSecond, rows: ownRows(ofShare: share, at: time), panels: 0..<layouts.panelsPerGate, weights: weights)
                    }
                }
            }
            return
        }
        team.run(phaseCount: 2 * activations.timeCount) { phase, share in
            activations.backwardStep(at: last - phase / 2, weights, segment).runResetFirst(
                phase % 2 == 1, rows: rows(at: last - phase / 2), panels: team.tasks(ofShare: share, taskCount: layouts.panelsPerGate), weights: weights)
        }
    }
}

// MARK: - Forward

extension ForwardStep {
    /// A gate's product with h, or the candidate's with r ∘ h, and what follows it.
    fileprivate func runResetFirst(gate: Int, rows: Range<Int>, panels: Range<Int>, weights: LayerWeights) {
        let left = RowsOperand(gate < layouts.firstSums.groupCount ? previousOperands : resetOperands, rowStride: layouts.stateWidth)
        let own = weights.recurrentPanels(ofGate: gate)
        if layouts.form == .hardResetFirstGRU {
            multiply(rows: rows, of: left, by: own, panels: panels, ends: ResetFirstForward<HardSigmoidGate>(step: self, gate: gate))
        } else {
            multiply(rows: rows, of: left, by: own, panels: panels, ends: ResetFirstForward<SigmoidGate>(step: self, gate: gate))
        }
        guard gate == 0, let operandMasks else { return }
        for row in rows {
            for unit in stride(from: panels.lowerBound * PanelView.width, to: min(panels.upperBound * PanelView.width, layouts.hidden), by: laneCount) {
                let reset = kept.lane(at: row &* layouts.kept.width &+ layouts.kept.index(group: 0, unit: unit))
                let state = row &* layouts.stateWidth &+ unit
                resetOperands.setLane(reset * previousHiddens.lane(at: state) * operandMasks.lane(at: state), at: state)
            }
        }
    }
}

/// A panel is four vectors of one gate's units: the sums go on from the input's.
struct ResetFirstForward<Gate: GateActivation>: TileEpilogue {
    let step: ForwardStep
    let gate: Int

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        guard case .tokens(let input) = step.input else { return inputSums(step.kept).begin(row: row, panel: panel) }
        let token = input.tokens[row]
        guard token >= 0 else {
            let zero = Lane(repeating: 0)
            return FourLanes(zero, zero, zero, zero)
        }
        return inputSums(input.table).begin(row: token, panel: panel)
    }

    @inline(__always)
    private func inputSums(_ source: FloatView) -> GateSums {
        let layout = step.layouts.kept
        return GateSums(layout: layout, group: gate, source: source, sourceStride: layout.width, target: step.kept)
    }

    // Not inlined, as FusedForward's.
    @inline(never)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) {
        for place in sums.indices {
            sums[place].forEachVector(from: panel &* PanelView.width, to: step.layouts.hidden) { update(row: row &+ place, unit: $0, sum: $1) }
        }
    }

    @inline(__always)
    private func update(row: Int, unit: Int, sum: Lane) {
        let index = row &* step.layouts.kept.width &+ step.layouts.kept.index(group: gate, unit: unit)
        let state = row &* step.layouts.stateWidth &+ unit
        let previous = step.previousHiddens.lane(at: state)
        switch gate {
        case 0:
            let reset = Gate.value(sum)
            step.kept.setLane(reset, at: index)
            step.resetOperands.setLane(reset * previous, at: state)
        case 1: step.kept.setLane(Gate.value(sum), at: index)
        default:
            let candidate = hyperbolicTangent(sum)
            step.kept.setLane(candidate, at: index)
            let (reset, update) = (step.kept.lane(at: index &- 32), step.kept.lane(at: index &- 16))
            let cell = ResetFirstGRUCell<Gate>(reset: reset, update: update, candidate: candidate, previous: previous)
            step.hiddens.setLane(cell.hidden, at: state)
            if let rounded = step.roundedHiddens { rounded.setLane(cell.hidden, at: state) }
        }
    }
}

// MARK: - Backward

extension BackwardStep {
    /// First phase: ∂L/∂h_t, and the derivatives of update gate and candidate. Second phase: ∂L/∂(r ∘ h_{t-1}), and the reset gate's.
    fileprivate func runResetFirst(_ isSecond: Bool, rows: Range<Int>, panels: Range<Int>, weights: LayerWeights) {
        if layouts.form == .hardResetFirstGRU {
            runResetFirst(HardSigmoidGate.self, isSecond, rows: rows, panels: panels, weights: weights)
        } else {
            runResetFirst(SigmoidGate.self, isSecond, rows: rows, panels: panels, weights: weights)
        }
    }

    private func runResetFirst<Gate: GateActivation>(
        _: Gate.Type, _ isSecond: Bool, rows: Range<Int>, panels: Range<Int>, weights: LayerWeights
    ) {
        if isSecond, let operandMasks {
            runMaskedReset(Gate.self, rows: rows, panels: panels, weights: weights.candidateGradientPanels, by: operandMasks)
        } else if isSecond {
            multiply(
                rows: rows, of: RowsOperand(candidateDerivatives, rowStride: layouts.stateWidth), by: weights.candidateGradientPanels, panels: panels,
                ends: ResetFirstBackward<Gate>(step: self, isSecond: true))
        } else {
            addLaterGradients(rows: rows, panels: panels, weights: weights.recurrentGradientPanels, ends: ResetFirstBackward<Gate>(step: self, isSecond: false))
        }
    }

    /// The second phase with recurrent dropout: ∂L/∂(r ∘ h) = m ∘ (U_nᵀ · the candidate's derivatives).
    private func runMaskedReset<Gate: GateActivation>(_: Gate.Type, rows: Range<Int>, panels: Range<Int>, weights: PanelView, by masks: FloatView) {
        let epilogue = ResetFirstBackward<Gate>(step: self, isSecond: true)
        for panel in panels {
            multiplyIntoHiddenGradients(RowsOperand(candidateDerivatives, rowStride: layouts.stateWidth), rows: rows, panel: panel, weights: weights)
            for row in rows {
                for unit in stride(from: panel * PanelView.width, to: min((panel + 1) * PanelView.width, layouts.hidden), by: laneCount) {
                    let mask = masks.lane(at: row &* layouts.stateWidth &+ unit)
                    epilogue.updateReset(row: row, unit: unit, hiddenGradients.lane(at: row &* outputGradientWidth &+ unit) * mask)
                }
            }
        }
    }

    /// What the forward pass kept of a vector of units.
    @inline(__always)
    fileprivate func resetFirstCell<Gate: GateActivation>(_: Gate.Type, row: Int, unit: Int) -> ResetFirstGRUCell<Gate> {
        let index = row &* layouts.kept.width &+ layouts.kept.index(group: 0, unit: unit)
        return ResetFirstGRUCell<Gate>(
            reset: kept.lane(at: index), update: kept.lane(at: index &+ 16), candidate: kept.lane(at: index &+ 32),
            previous: previousHiddens.lane(at: row &* layouts.stateWidth &+ unit))
    }
}

/// A panel is four vectors of units.
struct ResetFirstBackward<Gate: GateActivation>: TileEpilogue {
    let step: BackwardStep
    let isSecond: Bool

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        guard isSecond else { return step.gradientsFromAbove(row, panel) }
        let zero = Lane(repeating: 0)
        return FourLanes(zero, zero, zero, zero)
    }

    @inline(never)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) {
        for place in sums.indices {
            sums[place].forEachVector(from: panel &* PanelView.width, to: step.layouts.hidden) {
                if isSecond { updateReset(row: row &+ place, unit: $0, $1) } else { update(row: row &+ place, unit: $0, $1) }
            }
        }
    }

    @inline(__always)
    private func update(row: Int, unit: Int, _ sum: Lane) {
        let gradient = row &* step.outputGradientWidth &+ unit
        let hiddenGradient = sum + step.laterStateGradients.lane(at: gradient)
        let cell = step.resetFirstCell(Gate.self, row: row, unit: unit)
        write(cell.updateGradient(hiddenGradient), gate: 1, row: row, unit: unit)
        write(cell.candidateGradient(hiddenGradient), gate: 2, row: row, unit: unit)
        step.stateGradients.setLane(cell.previousGradient(throughUpdate: hiddenGradient), at: gradient)
    }

    @inline(__always)
    fileprivate func updateReset(row: Int, unit: Int, _ resetHiddenGradient: Lane) {
        let gradient = row &* step.outputGradientWidth &+ unit
        let cell = step.resetFirstCell(Gate.self, row: row, unit: unit)
        write(cell.resetGradient(resetHiddenGradient), gate: 0, row: row, unit: unit)
        step.stateGradients.setLane(
            cell.previousGradient(step.stateGradients.lane(at: gradient), throughReset: resetHiddenGradient), at: gradient)
    }

    /// As the products with h or r ∘ h read it, and as those with the input do.
    @inline(__always)
    private func write(_ value: Lane, gate: Int, row: Int, unit: Int) {
        let layouts = step.layouts
        if gate < 2 {
            step.derivatives.setLane(value, at: row &* layouts.firstSums.width &+ layouts.firstSums.index(group: gate, unit: unit))
        } else {
            step.candidateDerivatives.setLane(value, at: row &* layouts.stateWidth &+ unit)
        }
        step.inputDerivatives.setLane(value, at: row &* layouts.sums.width &+ layouts.sums.index(group: gate, unit: unit))
    }
}
