import CVector
import Kernels

/// The LSTM with forget gate (Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000), for a vector of units at one time step:
///
/// ```
/// i = σ(W_i[h,x] + b_i)      f = σ(W_f[h,x] + b_f)      C̃ = tanh(W_C[h,x] + b_C)      o = σ(W_o[h,x] + b_o)
/// C_t = f ∘ C_{t-1} + i ∘ C̃          h_t = o ∘ tanh(C_t)
/// ```
struct LSTMCell: RecurrentCell {
    static let gates = ["input", "forget", "candidate", "output"]
    static var gateCount: Int {
        @inline(__always) get { 4 }
    }
    static var keptCount: Int {
        @inline(__always) get { 4 }
    }
    static var hasCellState: Bool {
        @inline(__always) get { true }
    }
    static var memoryGate: Int? { 1 }
    static var forgetGate: Int? { 1 }

    var input: Lane
    var forget: Lane
    var candidate: Lane
    var output: Lane

    @inline(__always)
    init(sums: FourLanes, inputSum: Lane) {
        input = sigmoid(sums.a)
        forget = sigmoid(sums.b)
        candidate = hyperbolicTangent(sums.c)
        output = sigmoid(sums.d)
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

    /// ∂L/∂C_t: what comes from later steps, plus what comes through h_t: ∂L/∂h ∘ o ∘ (1 - tanh²(C_t)).
    /// With tanh(C_t) = h_t / o that is ∂L/∂h ∘ (o - h_t² / o): a division instead of an exponential. σ is above 0 for all numbers.
    @inline(__always)
    func stateGradient(_ at: StepLanes, later: Lane) -> Lane {
        laneFMA(at.hiddenGradient, laneFMA(-at.hidden, at.hidden / output, output), later)
    }

    /// ∂L/∂C_{t-1} = ∂L/∂C_t ∘ f.
    @inline(__always)
    func previousStateGradient(_ cellGradient: Lane) -> Lane { cellGradient * forget }

    @inline(__always)
    func sumGradient(ofGate gate: Int, _ at: StepLanes, stateGradient cellGradient: Lane) -> Lane {
        let one = Lane(repeating: 1)
        return switch gate {
        // ∂L/∂C_t ∘ C̃ ∘ i(1 - i).
        case 0: cellGradient * candidate * (input * (one - input))
        // ∂L/∂C_t ∘ C_{t-1} ∘ f(1 - f).
        case 1: cellGradient * at.previous.cell * (forget * (one - forget))
        // ∂L/∂C_t ∘ i ∘ (1 - C̃²).
        case 2: cellGradient * input * (one - candidate * candidate)
        // ∂L/∂h_t ∘ tanh(C_t) ∘ o(1 - o) = ∂L/∂h_t ∘ h_t ∘ (1 - o).
        default: at.hiddenGradient * at.hidden * (one - output)
        }
    }
}
