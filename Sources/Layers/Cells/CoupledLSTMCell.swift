import CVector
import Kernels

/// The LSTM with coupled input and forget gate, i = 1 - f (Greff et al. 2015), for a vector of units at one time step:
///
/// ```
/// f = σ(W_f[h,x] + b_f)      C̃ = tanh(W_C[h,x] + b_C)      o = σ(W_o[h,x] + b_o)
/// C_t = f ∘ C_{t-1} + (1 - f) ∘ C̃          h_t = o ∘ tanh(C_t)
/// ```
///
/// Peepholes are those of ``LSTMCell``, without the input gate's.
struct CoupledLSTMCell<Gate: GateActivation, Peepholes: PeepholeUse>: RecurrentCell {
    static var gates: [String] { ["forget", "candidate", "output"] }
    static var gateCount: Int {
        @inline(__always) get { 3 }
    }
    static var keptCount: Int {
        @inline(__always) get { 3 }
    }
    static var hasCellState: Bool {
        @inline(__always) get { true }
    }
    static var hasPeepholes: Bool {
        @inline(__always) get { Peepholes.areUsed }
    }
    static var peepholes: [Peephole] { Peepholes.areUsed ? [.forget(ofGate: 0), .output(ofGate: 2)] : [] }
    static var candidatePlace: Int? {
        @inline(__always) get { 1 }
    }
    static var memoryGate: Int? { 0 }
    static var forgetGate: Int? { 0 }

    var forget: Lane
    var candidate: Lane
    var output: Lane

    @inline(__always)
    init(sums: FourLanes, inputSum: Lane, after previous: StateLanes, _ peepholes: PeepholeLanes) {
        forget = Gate.value(Peepholes.sum(peepholes.forget, previous.cell, sums.a))
        candidate = hyperbolicTangent(sums.b)
        let cell = laneFMA(forget, previous.cell - candidate, candidate)
        output = Gate.value(Peepholes.sum(peepholes.output, cell, sums.c))
    }

    @inline(__always)
    init(kept: FourLanes) { (forget, candidate, output) = (kept.a, kept.b, kept.c) }

    var kept: FourLanes {
        @inline(__always) get { FourLanes(forget, candidate, output, Lane(repeating: 0)) }
    }

    /// C_t = C̃ + f ∘ (C_{t-1} - C̃), h_t = o ∘ tanh(C_t).
    @inline(__always)
    func state(after previous: StateLanes) -> StateLanes {
        let cell = cell(after: previous)
        return StateLanes(hidden: output * hyperbolicTangent(cell), cell: cell)
    }

    @inline(__always)
    private func cell(after previous: StateLanes) -> Lane { laneFMA(forget, previous.cell - candidate, candidate) }

    /// ∂L/∂C_t: what comes from later steps, ∂L/∂h ∘ o ∘ (1 - tanh²(C_t)), and ∂L/∂(output gate's sum) ∘ w_co. As in ``LSTMCell``.
    @inline(__always)
    func stateGradient(_ at: StepLanes, later: Lane) -> Lane {
        var gradient: Lane
        if Gate.isPositive {
            gradient = laneFMA(at.hiddenGradient, laneFMA(-at.hidden, at.hidden / output, output), later)
        } else {
            let squashed = hyperbolicTangent(cell(after: at.previous))
            gradient = laneFMA(at.hiddenGradient * output, Lane(repeating: 1) - squashed * squashed, later)
        }
        if Peepholes.areUsed { gradient = laneFMA(outputGradient(at), at.peepholes.output, gradient) }
        return gradient
    }

    /// ∂L/∂C_{t-1} = ∂L/∂C_t ∘ f, plus what the forget gate's peephole gives.
    @inline(__always)
    func previousStateGradient(_ at: StepLanes, _ cellGradient: Lane) -> Lane {
        let gradient = cellGradient * forget
        return Peepholes.areUsed ? laneFMA(sumGradient(ofGate: 0, at, stateGradient: cellGradient), at.peepholes.forget, gradient) : gradient
    }

    @inline(__always)
    func sumGradient(ofGate gate: Int, _ at: StepLanes, stateGradient cellGradient: Lane) -> Lane {
        let one = Lane(repeating: 1)
        return switch gate {
        // ∂L/∂C_t ∘ (C_{t-1} - C̃) ∘ f(1 - f).
        case 0: cellGradient * (at.previous.cell - candidate) * Gate.slope(ofValue: forget)
        // ∂L/∂C_t ∘ (1 - f) ∘ (1 - C̃²).
        case 1: cellGradient * (one - forget) * (one - candidate * candidate)
        default: outputGradient(at)
        }
    }

    /// ∂L/∂h_t ∘ tanh(C_t) ∘ o(1 - o) = ∂L/∂h_t ∘ h_t ∘ (1 - o).
    @inline(__always)
    private func outputGradient(_ at: StepLanes) -> Lane {
        Gate.isPositive
            ? at.hiddenGradient * at.hidden * (Lane(repeating: 1) - output)
            : at.hiddenGradient * hyperbolicTangent(cell(after: at.previous)) * Gate.slope(ofValue: output)
    }
}
