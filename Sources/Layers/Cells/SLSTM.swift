import CVector
import Kernels

/// The sLSTM with one head (Beck et al. 2024, "xLSTM", equations 8 to 17), for a vector of units at one time step:
///
/// ```
/// z = tanh(z̃)      o = σ(õ)      m_t = max(log f + m_{t-1}, ĩ)      i′ = e^(ĩ - m_t)      f′ = e^(log f + m_{t-1} - m_t)
/// C_t = f′ ∘ C_{t-1} + i′ ∘ z      n_t = f′ ∘ n_{t-1} + i′      h_t = o ∘ C_t / n_t
/// ```
///
/// f is σ(f̃) or e^f̃. Where a sequence begins, n is 0 and m_t = ĩ, as in the authors' code. The larger of i′ and f′ is 1, so n stays at least 1.
///
/// Another m_t would scale C_t and n_t by the same factor, which cancels in h_t and in all that follows: the loss doesn't depend on m. So its derivative by m is
/// 0, and going backward takes m as a constant.
struct SLSTMCell: CellShape {
    /// The input and forget gates are i′ and f′.
    static let gates = ["input", "forget", "candidate", "output"]
    static var gateCount: Int { 4 }
    /// The gates, and behind them ∂ log f / ∂f̃.
    static var keptCount: Int { 5 }
    static var hasCellState: Bool { true }
    static var statePartCount: Int { 4 }
    static var memoryGate: Int? { 1 }
    static var forgetGate: Int? { 1 }

    var input: Lane
    var forget: Lane
    var candidate: Lane
    var output: Lane
    /// ∂ log f / ∂f̃: σ(-f̃), or 1.
    var forgetSlope: Lane

    /// A state without the hidden part.
    struct State {
        var cell: Lane
        var normalizer: Lane
    }

    /// - Parameters:
    ///   - sums: ĩ, f̃, z̃, õ.
    ///   - stabilizer: m_{t-1}, then m_t.
    @inline(__always)
    init(sums: FourLanes, after previous: State, stabilizer: inout Lane, forgetsExponentially: Bool) {
        let (zero, never) = (Lane(repeating: 0), Lane(repeating: 1e30))
        let logForget = forgetsExponentially ? sums.b : logSigmoid(sums.b)
        forgetSlope = forgetsExponentially ? Lane(repeating: 1) : sigmoid(zero - sums.b)
        // Where n is 0 nothing is there to be kept, so ĩ is the larger: 1e30 is taken away there, and 0 elsewhere.
        let kept = logForget + stabilizer + (laneZeroedWhereBelow(never, previous.normalizer, .leastNormalMagnitude) - never)
        stabilizer = laneMaximum(sums.a, kept)
        input = exponential(sums.a - stabilizer)
        forget = exponential(kept - stabilizer)
        candidate = hyperbolicTangent(sums.c)
        output = sigmoid(sums.d)
    }

    init(input: Lane, forget: Lane, candidate: Lane, output: Lane, forgetSlope: Lane) {
        (self.input, self.forget, self.candidate, self.output, self.forgetSlope) = (input, forget, candidate, output, forgetSlope)
    }

    @inline(__always)
    func state(after previous: State) -> State {
        State(cell: laneFMA(forget, previous.cell, input * candidate), normalizer: laneFMA(forget, previous.normalizer, input))
    }

    @inline(__always)
    func hidden(_ state: State) -> Lane { output * (state.cell / state.normalizer) }

    /// ∂L/∂C_t and ∂L/∂n_t: what comes from later steps, ∂L/∂h ∘ o / n, and -∂L/∂h ∘ o ∘ C / n².
    @inline(__always)
    func stateGradient(_ hiddenGradient: Lane, _ state: State, later: State) -> State {
        let share = hiddenGradient * output / state.normalizer
        return State(cell: later.cell + share, normalizer: later.normalizer - share * (state.cell / state.normalizer))
    }

    /// ∂L/∂(ĩ, f̃, z̃, õ).
    @inline(__always)
    func sumGradients(_ hiddenGradient: Lane, _ state: State, after previous: State, _ gradient: State) -> FourLanes {
        let one = Lane(repeating: 1)
        return FourLanes(
            // (∂L/∂C ∘ z + ∂L/∂n) ∘ i′.
            laneFMA(gradient.cell, candidate, gradient.normalizer) * input,
            // (∂L/∂C ∘ C_{t-1} + ∂L/∂n ∘ n_{t-1}) ∘ f′ ∘ ∂ log f / ∂f̃.
            laneFMA(gradient.cell, previous.cell, gradient.normalizer * previous.normalizer) * forget * forgetSlope,
            // ∂L/∂C ∘ i′ ∘ (1 - z²).
            gradient.cell * input * (one - candidate * candidate),
            // ∂L/∂h ∘ C / n ∘ o(1 - o).
            hiddenGradient * (state.cell / state.normalizer) * (output * (one - output)))
    }

    /// ∂L/∂C_{t-1} and ∂L/∂n_{t-1}.
    @inline(__always)
    func previousStateGradient(_ gradient: State) -> State { State(cell: gradient.cell * forget, normalizer: gradient.normalizer * forget) }
}

/// Rows of ``SLSTMCell``.
final class SLSTM: RowCell, @unchecked Sendable {
    private let layouts: RowLayouts
    private let activations: LayerActivations
    private let forgetsExponentially: Bool
    /// ∂L/∂C_{t-1} and ∂L/∂n_{t-1}, `[batch, units]`.
    private var cellGradientMemory = FloatMemory(count: 0)
    private var normalizerGradientMemory = FloatMemory(count: 0)

    init(_ description: RecurrentDescription, _ activations: LayerActivations) {
        forgetsExponentially = description.forgetFunction == .exponential
        self.activations = activations
        layouts = activations.layouts
    }

    func load(_ slots: LayerParameterSlots, _ parameters: FloatView) {}

    // MARK: Forward

    func prepareForward() {}

    func recurrentSums(_ step: ForwardStep, time: Int) -> RecurrentSums {
        RecurrentSums(source: step.kept, sourceStride: layouts.kept.width, target: step.kept)
    }

    func update(_ step: ForwardStep, time: Int, rows: Range<Int>) {
        let (normalizers, nextNormalizers) = (activations.state(.normalizer, at: time), activations.state(.normalizer, at: time + 1))
        let (stabilizers, nextStabilizers) = (activations.state(.stabilizer, at: time), activations.state(.stabilizer, at: time + 1))
        for row in rows {
            for unit in stride(from: 0, to: layouts.hidden, by: laneCount) {
                let index = row * layouts.kept.width + layouts.kept.index(group: 0, unit: unit)
                let place = row * layouts.stateWidth + unit
                let previous = SLSTMCell.State(cell: step.previousCells.lane(at: place), normalizer: normalizers.lane(at: place))
                var stabilizer = stabilizers.lane(at: place)
                let cell = SLSTMCell(
                    sums: step.kept.fourLanes(at: index, distance: 16), after: previous, stabilizer: &stabilizer, forgetsExponentially: forgetsExponentially)
                step.kept.setLane(cell.input, at: index)
                step.kept.setLane(cell.forget, at: index + 16)
                step.kept.setLane(cell.candidate, at: index + 32)
                step.kept.setLane(cell.output, at: index + 48)
                step.kept.setLane(cell.forgetSlope, at: index + 64)
                let (state, hidden) = (cell.state(after: previous), cell.hidden(cell.state(after: previous)))
                step.cells.setLane(state.cell, at: place)
                nextNormalizers.setLane(state.normalizer, at: place)
                nextStabilizers.setLane(stabilizer, at: place)
                step.hiddens.setLane(hidden, at: place)
                if let rounded = step.roundedHiddens { rounded.setLane(hidden, at: place) }
            }
        }
    }

    // MARK: Backward

    func prepareBackward(_ segment: SegmentPosition) {
        let count = activations.sequenceCount * layouts.stateWidth
        if cellGradientMemory.count < count {
            cellGradientMemory = FloatMemory(count: count)
            normalizerGradientMemory = FloatMemory(count: count)
        }
        guard segment.isLast else { return }
        cellGradientMemory.view.fill(0)
        normalizerGradientMemory.view.fill(0)
    }

    var cellGradients: (floats: FloatView, rowStride: Int) { (cellGradientMemory.view, layouts.stateWidth) }

    func differentiate(_ step: BackwardStep, time: Int, rows: Range<Int>) {
        let (normalizers, nextNormalizers) = (activations.state(.normalizer, at: time), activations.state(.normalizer, at: time + 1))
        let cells = activations.state(.cell, at: time + 1)
        let (cellGradients, normalizerGradients) = (cellGradientMemory.view, normalizerGradientMemory.view)
        for row in rows {
            for unit in stride(from: 0, to: layouts.hidden, by: laneCount) {
                let index = row * layouts.kept.width + layouts.kept.index(group: 0, unit: unit)
                let place = row * layouts.stateWidth + unit
                let (kept, slope) = (step.kept.fourLanes(at: index, distance: 16), step.kept.lane(at: index + 64))
                let cell = SLSTMCell(input: kept.a, forget: kept.b, candidate: kept.c, output: kept.d, forgetSlope: slope)
                let state = SLSTMCell.State(cell: cells.lane(at: place), normalizer: nextNormalizers.lane(at: place))
                let previous = SLSTMCell.State(cell: step.previousCells.lane(at: place), normalizer: normalizers.lane(at: place))
                let later = SLSTMCell.State(cell: cellGradients.lane(at: place), normalizer: normalizerGradients.lane(at: place))
                let hiddenGradient = step.outputGradients.lane(at: row * step.outputGradientWidth + unit)
                let gradient = cell.stateGradient(hiddenGradient, state, later: later)
                let derivatives = cell.sumGradients(hiddenGradient, state, after: previous, gradient)
                let target = row * layouts.sums.width + layouts.sums.index(group: 0, unit: unit)
                step.derivatives.setLane(derivatives.a, at: target)
                step.derivatives.setLane(derivatives.b, at: target + 16)
                step.derivatives.setLane(derivatives.c, at: target + 32)
                step.derivatives.setLane(derivatives.d, at: target + 48)
                let before = cell.previousStateGradient(gradient)
                cellGradients.setLane(before.cell, at: place)
                normalizerGradients.setLane(before.normalizer, at: place)
            }
        }
    }

    func sumGradients(_ slots: LayerParameterSlots, rows: ShardedRows, phase: AccumulationPhase, gradient: FloatView) {}
}

extension LayerTrace {
    /// Replaces i′, f′ and C_t of a time step by i′/n_t, f′·n_{t-1}/n_t and C_t/n_t, the numbers of a weighted mean without the stabilizer:
    ///
    /// ```
    /// C_t/n_t = (f′·n_{t-1}/n_t) ∘ C_{t-1}/n_{t-1} + (i′/n_t) ∘ z
    /// ```
    ///
    /// - Parameters:
    ///   - previous: n_{t-1} of each unit.
    ///   - next: n_t, at least 1.
    mutating func normalize(time: Int, from previous: [Float], to next: [Float]) {
        for unit in 0..<unitCount {
            let place = time * unitCount + unit
            gates[0][place] /= next[unit]
            gates[1][place] *= previous[unit] / next[unit]
            cells[place] /= next[unit]
        }
    }
}
