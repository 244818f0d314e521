import CVector
import Kernels

/// The LSTM with forget gate (Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000), for a vector of units at one time step:
///
/// ```
/// i = σ(W_i[h,x] + b_i)      f = σ(W_f[h,x] + b_f)      C̃ = tanh(W_C[h,x] + b_C)      o = σ(W_o[h,x] + b_o)
/// C_t = f ∘ C_{t-1} + i ∘ C̃          h_t = o ∘ tanh(C_t)
/// ```
///
/// With peepholes (Gers & Schmidhuber 2000) the gates see the cell state too: w_ci ∘ C_{t-1}, w_cf ∘ C_{t-1} and w_co ∘ C_t are added to their sums.
/// σ may be another ``GateActivation``.
struct LSTMCell<Gate: GateActivation, Peepholes: PeepholeUse>: RecurrentCell {
    static var gates: [String] { ["input", "forget", "candidate", "output"] }
    static var gateCount: Int {
        @inline(__always) get { 4 }
    }
    static var keptCount: Int {
        @inline(__always) get { 4 }
    }
    static var hasCellState: Bool {
        @inline(__always) get { true }
    }
    static var hasPeepholes: Bool {
        @inline(__always) get { Peepholes.areUsed }
    }
    static var peepholes: [Peephole] { Peepholes.areUsed ? [.input(ofGate: 0), .forget(ofGate: 1), .output(ofGate: 3)] : [] }
    static var candidatePlace: Int? {
        @inline(__always) get { 2 }
    }
    static var memoryGate: Int? { 1 }
    static var forgetGate: Int? { 1 }

    var input: Lane
    var forget: Lane
    var candidate: Lane
    var output: Lane

    @inline(__always)
    init(sums: FourLanes, inputSum: Lane, after previous: StateLanes, _ peepholes: PeepholeLanes) {
        input = Gate.value(Peepholes.sum(peepholes.input, previous.cell, sums.a))
        forget = Gate.value(Peepholes.sum(peepholes.forget, previous.cell, sums.b))
        candidate = hyperbolicTangent(sums.c)
        let cell = laneFMA(forget, previous.cell, input * candidate)
        output = Gate.value(Peepholes.sum(peepholes.output, cell, sums.d))
    }

    @inline(__always)
    init(kept: FourLanes) { (input, forget, candidate, output) = (kept.a, kept.b, kept.c, kept.d) }

    var kept: FourLanes {
        @inline(__always) get { FourLanes(input, forget, candidate, output) }
    }

    /// C_t = f ∘ C_{t-1} + i ∘ C̃, h_t = o ∘ tanh(C_t).
    @inline(__always)
    func state(after previous: StateLanes) -> StateLanes {
        let cell = laneFMA(forget, previous.cell, input * candidate)
        return StateLanes(hidden: output * hyperbolicTangent(cell), cell: cell)
    }

    /// ∂L/∂C_t: what comes from later steps, plus what comes through h_t: ∂L/∂h ∘ o ∘ (1 - tanh²(C_t)), plus ∂L/∂(output gate's sum) ∘ w_co.
    /// With tanh(C_t) = h_t / o the second is ∂L/∂h ∘ (o - h_t² / o): a division instead of an exponential, where o is above 0 for all numbers.
    @inline(__always)
    func stateGradient(_ at: StepLanes, later: Lane) -> Lane {
        var gradient: Lane
        if Gate.isPositive {
            gradient = laneFMA(at.hiddenGradient, laneFMA(-at.hidden, at.hidden / output, output), later)
        } else {
            let squashed = squashedCell(at)
            gradient = laneFMA(at.hiddenGradient * output, Lane(repeating: 1) - squashed * squashed, later)
        }
        if Peepholes.areUsed { gradient = laneFMA(outputGradient(at), at.peepholes.output, gradient) }
        return gradient
    }

    /// ∂L/∂C_{t-1} = ∂L/∂C_t ∘ f, plus what the peepholes of input and forget gate give.
    @inline(__always)
    func previousStateGradient(_ at: StepLanes, _ cellGradient: Lane) -> Lane {
        var gradient = cellGradient * forget
        if Peepholes.areUsed {
            gradient = laneFMA(sumGradient(ofGate: 0, at, stateGradient: cellGradient), at.peepholes.input, gradient)
            gradient = laneFMA(sumGradient(ofGate: 1, at, stateGradient: cellGradient), at.peepholes.forget, gradient)
        }
        return gradient
    }

    @inline(__always)
    func sumGradient(ofGate gate: Int, _ at: StepLanes, stateGradient cellGradient: Lane) -> Lane {
        let one = Lane(repeating: 1)
        return switch gate {
        // ∂L/∂C_t ∘ C̃ ∘ i(1 - i).
        case 0: cellGradient * candidate * Gate.slope(ofValue: input)
        // ∂L/∂C_t ∘ C_{t-1} ∘ f(1 - f).
        case 1: cellGradient * at.previous.cell * Gate.slope(ofValue: forget)
        // ∂L/∂C_t ∘ i ∘ (1 - C̃²).
        case 2: cellGradient * input * (one - candidate * candidate)
        default: outputGradient(at)
        }
    }

    /// ∂L/∂h_t ∘ tanh(C_t) ∘ o(1 - o) = ∂L/∂h_t ∘ h_t ∘ (1 - o).
    @inline(__always)
    private func outputGradient(_ at: StepLanes) -> Lane {
        Gate.isPositive
            ? at.hiddenGradient * at.hidden * (Lane(repeating: 1) - output) : at.hiddenGradient * squashedCell(at) * Gate.slope(ofValue: output)
    }

    /// tanh(C_t), where h_t / o may be 0 / 0.
    @inline(__always)
    private func squashedCell(_ at: StepLanes) -> Lane { hyperbolicTangent(laneFMA(forget, at.previous.cell, input * candidate)) }
}
