import CVector
import Kernels

/// The simple recurrent network (Elman 1990), as in PyTorch and Keras, for a vector of units at one time step:
///
/// ```
/// h_t = tanh(W[h,x] + b)
/// ```
struct RNNCell: RecurrentCell {
    static let gates = ["candidate"]
    static var gateCount: Int {
        @inline(__always) get { 1 }
    }
    static var keptCount: Int {
        @inline(__always) get { 1 }
    }
    static var unitVectorsPerPanel: Int {
        @inline(__always) get { 4 }
    }
    static var hasCellState: Bool {
        @inline(__always) get { false }
    }
    static var statePassesElementwise: Bool {
        @inline(__always) get { false }
    }
    static var memoryGate: Int? { nil }
    static var forgetGate: Int? { nil }

    /// h_t: all that the backward pass needs.
    var hidden: Lane

    @inline(__always)
    init(sums: FourLanes, inputSum: Lane) { hidden = hyperbolicTangent(sums.a) }

    @inline(__always)
    init(kept: FourLanes) { hidden = kept.a }

    var kept: FourLanes {
        @inline(__always) get { FourLanes(hidden, Lane(repeating: 0), Lane(repeating: 0), Lane(repeating: 0)) }
    }

    @inline(__always)
    func state(after previous: StateLanes) -> StateLanes { StateLanes(hidden: hidden, cell: Lane(repeating: 0)) }

    /// ∂L/∂h_t.
    @inline(__always)
    func stateGradient(_ at: StepLanes, later: Lane) -> Lane { at.hiddenGradient }

    /// Nothing goes on but through the products.
    @inline(__always)
    func previousStateGradient(_ hiddenGradient: Lane) -> Lane { Lane(repeating: 0) }

    /// ∂L/∂h_t ∘ (1 - h_t²).
    @inline(__always)
    func sumGradient(ofGate gate: Int, _ at: StepLanes, stateGradient hiddenGradient: Lane) -> Lane {
        hiddenGradient * (Lane(repeating: 1) - hidden * hidden)
    }
}
