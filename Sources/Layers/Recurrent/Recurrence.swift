import Kernels
import Threads

/// The initial value of the recurrence's chains of sums: the input's part, as an ``InputProjection`` or the layer below left it.
enum ChainStart {
    /// Sums that stand in the rows of kept values.
    case inPlace
    /// A bias and few numbers, `[time, batch, row]` (``LayerWeights/isNarrow``).
    case narrow(OperandView)
    /// Tokens, `[time, batch]`, whose sums a table has, `[vocabulary, kept]`.
    case tokens(TokenView, table: FloatView)
}

/// Runs one layer's time steps on the team: the division into rows and units, and the barriers. Results don't depend on it.
struct Recurrence {
    let team: ThreadTeam
    let weights: LayerWeights
    let activations: LayerActivations
    let input: ChainStart

    var layouts: RowLayouts { weights.layouts }

    /// Sequences don't meet in the recurrence, so a share of the batch needs no barrier at all; but then each thread streams all weights.
    /// That pays where they fit its second-level cache and there are rows enough for full tiles; otherwise the units are shared out.
    var sharesRows: Bool {
        let weightBytes = 4 * layouts.gateCount * weights.precision.wordCount(layouts.hidden) * layouts.hidden
        return team.threadCount == 1 || layouts.fusedPanelCount < team.threadCount || layouts.panelsPerGate < team.threadCount
            || (weightBytes <= 256 << 10 && activations.sequenceCount >= 6 * team.threadCount)
    }

    /// The sequences that go on at a time step. Those past their end are left out.
    func rows(at time: Int) -> Range<Int> { activations.activeRows.sequences(at: time) }

    /// A share of those, as even as can be: another one at each time step.
    func rows(ofShare share: Int, at time: Int) -> Range<Int> { team.tasks(ofShare: share, taskCount: rows(at: time).count) }

    /// Those of the sequences that are a share's at all time steps, as ``sharesRows`` needs it.
    func ownRows(ofShare share: Int, at time: Int) -> Range<Int> {
        guard activations.activeRows.hasPadding else { return rows(ofShare: share, at: time) }
        return activations.sequenceShares[share].clamped(to: rows(at: time))
    }

    func step(at time: Int) -> ForwardStep { activations.forwardStep(at: time, weights, input: input(at: time)) }

    private func input(at time: Int) -> ForwardStep.StepInput {
        switch input {
        case .inPlace: return .inPlace
        case .narrow(let numbers):
            let rowStride = numbers.precision.rowStride(weights.inputWidth)
            return .narrow(
                ForwardStep.NarrowInput(
                    numbers: activations.rows(of: numbers, width: rowStride, time: time), rowStride: rowStride,
                    weights: weights.narrowInputPanels))
        case .tokens(let tokens, let table):
            let count = activations.sequenceCount
            return .tokens(ForwardStep.TokenSumsInput(tokens: tokens.slice(from: time * count, count: count), table: table))
        }
    }

    /// The input's part of the sums must stand in the kept values unless `input` has something else, and the initial state in place 0 of the states.
    func forward() {
        guard !layouts.hasTwoPhases else { return forwardResetFirst() }
        switch weights.gates {
        case .fused where sharesRows:
            team.run(phaseCount: 1) { _, share in
                for time in 0..<activations.timeCount {
                    step(at: time).run(rows: ownRows(ofShare: share, at: time), panels: 0..<layouts.fusedPanelCount, weights: weights.recurrentPanels)
                    maskOperands(after: time, rows: ownRows(ofShare: share, at: time), units: 0..<layouts.stateWidth)
                }
            }
        case .fused:
            team.run(phaseCount: activations.timeCount) { time, share in
                let panels = team.tasks(ofShare: share, taskCount: layouts.fusedPanelCount)
                step(at: time).run(rows: rows(at: time), panels: panels, weights: weights.recurrentPanels)
                maskOperands(after: time, rows: rows(at: time), units: units(ofPanels: panels))
            }
        case .split:
            team.run(phaseCount: 2 * activations.timeCount) { phase, share in
                let (step, time) = (step(at: phase / 2), phase / 2)
                if phase % 2 == 0 {
                    forEachGate(share, at: time) { step.addRecurrentSums(gate: $0, rows: $1, weights: weights.recurrentPanels(ofGate: $0)) }
                } else {
                    step.updateStates(rows: rows(ofShare: share, at: time))
                    maskOperands(after: time, rows: rows(ofShare: share, at: time), units: 0..<layouts.stateWidth)
                }
            }
        }
    }

    /// Gradients of the outputs must stand in `outputGradients`. Leaves the derivatives of the gates' sums.
    func backward(_ segment: SegmentPosition) {
        guard !layouts.hasTwoPhases else { return backwardResetFirst(segment) }
        let last = activations.timeCount - 1
        switch weights.gates {
        case .fused where sharesRows:
            team.run(phaseCount: 1) { _, share in
                for time in stride(from: last, through: 0, by: -1) {
                    activations.backwardStep(at: time, weights, segment).run(
                        rows: ownRows(ofShare: share, at: time), panels: 0..<layouts.panelsPerGate, weights: weights.recurrentGradientPanels)
                }
            }
        case .fused:
            team.run(phaseCount: activations.timeCount) { phase, share in
                activations.backwardStep(at: last - phase, weights, segment).run(
                    rows: rows(at: last - phase), panels: team.tasks(ofShare: share, taskCount: layouts.panelsPerGate),
                    weights: weights.recurrentGradientPanels)
            }
        case .split:
            team.run(phaseCount: 2 * activations.timeCount) { phase, share in
                let time = last - phase / 2
                let step = activations.backwardStep(at: time, weights, segment)
                if phase % 2 == 0 {
                    step.addRecurrentGradients(
                        rows: rows(ofShare: share, at: time), panels: 0..<layouts.panelsPerGate, weights: weights.recurrentGradientPanels)
                } else {
                    forEachGate(share, at: time) { step.updateDerivatives(gate: $0, rows: $1) }
                }
            }
        }
    }

    /// A gate's work is one task a block of rows, as many blocks as threads: so shares are even for any number of threads.
    func forEachGate(_ share: Int, at time: Int, _ body: (_ gate: Int, _ rows: Range<Int>) -> Void) {
        for task in team.tasks(ofShare: share, taskCount: layouts.gateCount * team.threadCount) {
            body(task / team.threadCount, rows(ofShare: task % team.threadCount, at: time))
        }
    }
}
