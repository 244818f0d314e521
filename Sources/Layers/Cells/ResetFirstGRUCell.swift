import CVector
import Kernels

/// The gated recurrent unit with the reset gate before the product (Cho et al. 2014; ONNX's `linear_before_reset = 0`, Keras's `reset_after=False`), for a
/// vector of units at one time step, σ being any ``GateActivation``:
///
/// ```
/// r = σ(W_r[h,x] + b_r)      z = σ(W_z[h,x] + b_z)      n = tanh(W_n·x + b_n + U_n·(r ∘ h_{t-1}))
/// h_t = (1 - z) ∘ n + z ∘ h_{t-1}
/// ```
///
/// The candidate's product waits for the reset gates of all units, so a time step has two phases (``ResetFirstForward``, ``ResetFirstBackward``).
struct ResetFirstGRUCell<Gate: GateActivation>: CellShape {
    static var gates: [String] { ["reset", "update", "candidate"] }
    static var gateCount: Int { 3 }
    static var keptCount: Int { 3 }
    /// A panel is always four vectors of one gate's units.
    static var unitVectorsPerPanel: Int { 4 }
    static var hasCellState: Bool { false }
    static var hasTwoPhases: Bool { true }
    static var memoryGate: Int? { 1 }
    static var forgetGate: Int? { nil }

    var reset: Lane
    var update: Lane
    var candidate: Lane
    /// h_{t-1}.
    var previous: Lane

    /// h_t = n + z ∘ (h_{t-1} - n).
    @inline(__always)
    var hidden: Lane { laneFMA(update, previous - candidate, candidate) }

    // MARK: Backward, from ∂L/∂h_t

    /// ∂L/∂(candidate's sum) = ∂L/∂h_t ∘ (1 - z) ∘ (1 - n²).
    @inline(__always)
    func candidateGradient(_ hiddenGradient: Lane) -> Lane {
        let one = Lane(repeating: 1)
        return hiddenGradient * (one - update) * (one - candidate * candidate)
    }

    /// ∂L/∂(update gate's sum) = ∂L/∂h_t ∘ (h_{t-1} - n) ∘ z(1 - z).
    @inline(__always)
    func updateGradient(_ hiddenGradient: Lane) -> Lane {
        hiddenGradient * (previous - candidate) * Gate.slope(ofValue: update)
    }

    /// ∂L/∂(reset gate's sum) = ∂L/∂(r ∘ h_{t-1}) ∘ h_{t-1} ∘ r(1 - r).
    @inline(__always)
    func resetGradient(_ resetHiddenGradient: Lane) -> Lane {
        resetHiddenGradient * previous * Gate.slope(ofValue: reset)
    }

    /// The part of ∂L/∂h_{t-1} that goes through the update gate, and with the reset gate's: ∂L/∂h_t ∘ z + ∂L/∂(r ∘ h_{t-1}) ∘ r.
    @inline(__always)
    func previousGradient(throughUpdate hiddenGradient: Lane) -> Lane { hiddenGradient * update }
    @inline(__always)
    func previousGradient(_ throughUpdate: Lane, throughReset resetHiddenGradient: Lane) -> Lane { laneFMA(resetHiddenGradient, reset, throughUpdate) }
}
