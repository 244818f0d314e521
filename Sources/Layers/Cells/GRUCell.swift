import CVector
import Kernels

/// The gated recurrent unit (Cho et al. 2014) with the reset gate after the product, as in cuDNN, PyTorch and Keras, for a vector of units at one time
/// step, σ being any ``GateActivation``:
///
/// ```
/// r = σ(W_r[h,x] + b_r)      z = σ(W_z[h,x] + b_z)      n = tanh(W_n·x + b_n + r ∘ (U_n·h_{t-1} + c_n))
/// h_t = (1 - z) ∘ n + z ∘ h_{t-1}
/// ```
struct GRUCell<Gate: GateActivation>: RecurrentCell {
    static var gates: [String] { ["reset", "update", "candidate"] }
    static var gateCount: Int {
        @inline(__always) get { 3 }
    }
    static var keptCount: Int {
        @inline(__always) get { 4 }
    }
    static var splitsLastGate: Bool {
        @inline(__always) get { true }
    }
    static var hasCellState: Bool {
        @inline(__always) get { false }
    }
    static var candidatePlace: Int? {
        @inline(__always) get { 3 }
    }
    /// The reset gate acts within the candidate.
    @inline(__always)
    static func isThroughCandidate(_ gate: Int) -> Bool { gate != 1 }
    static var memoryGate: Int? { 1 }
    static var forgetGate: Int? { nil }

    var reset: Lane
    var update: Lane
    /// U_n·h_{t-1} + c_n.
    var recurrentSum: Lane
    var candidate: Lane

    @inline(__always)
    init(sums: FourLanes, inputSum: Lane, after previous: StateLanes, _: PeepholeLanes) {
        reset = Gate.value(sums.a)
        update = Gate.value(sums.b)
        recurrentSum = sums.c
        candidate = hyperbolicTangent(laneFMA(reset, recurrentSum, inputSum))
    }

    @inline(__always)
    init(kept: FourLanes) { (reset, update, recurrentSum, candidate) = (kept.a, kept.b, kept.c, kept.d) }

    var kept: FourLanes {
        @inline(__always) get { FourLanes(reset, update, recurrentSum, candidate) }
    }

    /// h_t = (1 - z) ∘ n + z ∘ h_{t-1} = n + z ∘ (h_{t-1} - n).
    @inline(__always)
    func state(after previous: StateLanes) -> StateLanes {
        StateLanes(hidden: laneFMA(update, previous.hidden - candidate, candidate), cell: Lane(repeating: 0))
    }

    /// ∂L/∂h_t, with what goes on through z of the next time step.
    @inline(__always)
    func stateGradient(_ at: StepLanes, later: Lane) -> Lane { at.hiddenGradient + later }

    /// ∂L/∂h_{t-1} = ∂L/∂h_t ∘ z, beside what the products give.
    @inline(__always)
    func previousStateGradient(_ at: StepLanes, _ hiddenGradient: Lane) -> Lane { hiddenGradient * update }

    /// The candidate's: ∂L/∂(W_n·x + b_n) ∘ r.
    @inline(__always)
    func sumGradient(ofGate gate: Int, _ at: StepLanes, stateGradient hiddenGradient: Lane) -> Lane {
        let candidateGradient = inputSumGradient(at, stateGradient: hiddenGradient)
        return switch gate {
        // ∂L/∂(W_n·x + b_n) ∘ (U_n·h + c_n) ∘ r(1 - r).
        case 0: candidateGradient * recurrentSum * Gate.slope(ofValue: reset)
        // ∂L/∂h_t ∘ (h_{t-1} - n) ∘ z(1 - z).
        case 1: hiddenGradient * (at.previous.hidden - candidate) * Gate.slope(ofValue: update)
        default: candidateGradient * reset
        }
    }

    /// ∂L/∂(W_n·x + b_n) = ∂L/∂h_t ∘ (1 - z) ∘ (1 - n²).
    @inline(__always)
    func inputSumGradient(_ at: StepLanes, stateGradient hiddenGradient: Lane) -> Lane {
        let one = Lane(repeating: 1)
        return hiddenGradient * (one - update) * (one - candidate * candidate)
    }
}
