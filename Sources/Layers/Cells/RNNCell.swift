import CVector
import Kernels

/// The simple recurrent network (Elman 1990), as in PyTorch and Keras, for a vector of units at one time step:
///
/// ```
/// h_t = g(W[h,x] + b)          g is tanh or relu
/// ```
struct RNNCell<Activation: RNNActivation>: RecurrentCell {
    static var gates: [String] { ["candidate"] }
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
    init(sums: FourLanes, inputSum: Lane, after previous: StateLanes, _: PeepholeLanes) { hidden = Activation.value(sums.a) }

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
    func previousStateGradient(_ at: StepLanes, _ hiddenGradient: Lane) -> Lane { Lane(repeating: 0) }

    /// ∂L/∂h_t ∘ g′.
    @inline(__always)
    func sumGradient(ofGate gate: Int, _ at: StepLanes, stateGradient hiddenGradient: Lane) -> Lane {
        Activation.gradient(hiddenGradient, ofValue: hidden)
    }
}

/// The activation of an RNN.
protocol RNNActivation {
    static func value(_ sum: Lane) -> Lane
    /// The gradient by the sum, from the one by its value.
    static func gradient(_ gradient: Lane, ofValue value: Lane) -> Lane
}

enum TanhActivation: RNNActivation {
    @inline(__always)
    static func value(_ sum: Lane) -> Lane { hyperbolicTangent(sum) }
    /// ∂L/∂h ∘ (1 - h²).
    @inline(__always)
    static func gradient(_ gradient: Lane, ofValue value: Lane) -> Lane { gradient * (Lane(repeating: 1) - value * value) }
}

/// max(x, 0) (Le, Jaitly & Hinton 2015), whose derivative at 0 is 0, as PyTorch has it. NaN stays NaN.
enum ReluActivation: RNNActivation {
    @inline(__always)
    static func value(_ sum: Lane) -> Lane { laneZeroedWhereBelow(sum, sum, 0) }
    @inline(__always)
    static func gradient(_ gradient: Lane, ofValue value: Lane) -> Lane { laneZeroedWhereBelow(gradient, value, .leastNormalMagnitude) }
}
