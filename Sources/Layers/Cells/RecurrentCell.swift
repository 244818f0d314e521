import CVector
import Kernels

/// What a cell has, in numbers.
protocol CellShape: SendableMetatype {
    /// The gates in the order of the weights' rows, as people call them: at most four.
    static var gates: [String] { get }
    /// `gates.count`, as a constant.
    static var gateCount: Int { get }
    /// Values of a unit that the forward pass keeps for the backward pass: one for each gate, and with ``splitsLastGate`` one more.
    static var keptCount: Int { get }
    /// Whether the last gate's two sums, W_ih·x + b_ih and W_hh·h + b_hh, reach the cell one by one rather than added up. Only with three gates.
    static var splitsLastGate: Bool { get }
    /// Vectors of units in a panel of the fused recurrence: 1 with all their gates, or 4 for a cell with one gate, which keeps one value.
    static var unitVectorsPerPanel: Int { get }
    /// Whether the state has a second part beside the hidden state.
    static var hasCellState: Bool { get }
    /// Parts of the state.
    static var statePartCount: Int { get }
    /// Whether there are weights from the cell state to gates.
    static var hasPeepholes: Bool { get }
    static var peepholes: [Peephole] { get }
    /// Whether the last gate's product with the hidden state can't begin before the first gates of all units are known.
    static var hasTwoPhases: Bool { get }
    /// The gate whose bias Keras's initialization begins with 1.
    static var forgetGate: Int? { get }
    /// The gate that says how much of its state a unit keeps, to whose bias `forgetBias` is added.
    static var memoryGate: Int? { get }
}

/// The formulas of a recurrent layer, for a vector of units at one time step. A cell is one file: the formulas above, forward beside backward.
///
/// The sums W_ih·x + b_ih + W_hh·h + b_hh come from the tile products; what follows them is the cell's. A value of the type holds what the forward pass
/// keeps of a time step. Methods are inlined into the tiles' epilogues, which are compiled once for each cell.
protocol RecurrentCell: CellShape {
    /// Whether a part of the state reaches the next step element by element (``previousStateGradient(_:_:)``), beside the products. If not, the gradients need
    /// no states either.
    static var statePassesElementwise: Bool { get }

    /// - Parameters:
    ///   - sums: the gates' sums; with ``splitsLastGate`` the last gate's part that comes from the hidden state.
    ///   - inputSum: with ``splitsLastGate``, the last gate's part that comes from the input.
    init(sums: FourLanes, inputSum: Lane, after previous: StateLanes, _ peepholes: PeepholeLanes)
    init(kept: FourLanes)
    var kept: FourLanes { get }

    /// The state after the time step.
    func state(after previous: StateLanes) -> StateLanes

    /// ∂L/∂s, where s is the part of the state that goes on element by element: an LSTM's cell state, a GRU's hidden state.
    /// - Parameter later: ∂L/∂s as far as the next time step gave it through ``previousStateGradient(_:_:)``.
    func stateGradient(_ at: StepLanes, later: Lane) -> Lane
    /// The part of the step before's ∂L/∂s that goes through the elementwise formulas.
    func previousStateGradient(_ at: StepLanes, _ stateGradient: Lane) -> Lane
    /// ∂L/∂(sum of `gate`); with ``splitsLastGate``, the last gate's part that comes from the hidden state.
    func sumGradient(ofGate gate: Int, _ at: StepLanes, stateGradient: Lane) -> Lane
    /// With ``splitsLastGate``: ∂L/∂(the last gate's part that comes from the input).
    func inputSumGradient(_ at: StepLanes, stateGradient: Lane) -> Lane

    /// Place of the candidate among the kept values, for dropout of it; nil where there is none beside the state itself.
    static var candidatePlace: Int? { get }
    /// Whether the gate's sum acts on the state through the candidate alone.
    static func isThroughCandidate(_ gate: Int) -> Bool
}

extension CellShape {
    static var splitsLastGate: Bool {
        @inline(__always) get { false }
    }
    static var unitVectorsPerPanel: Int {
        @inline(__always) get { 1 }
    }
    static var statePartCount: Int { hasCellState ? 2 : 1 }
    static var hasTwoPhases: Bool { false }
    static var hasPeepholes: Bool {
        @inline(__always) get { false }
    }
    static var peepholes: [Peephole] { [] }
}

extension RecurrentCell {
    static var statePassesElementwise: Bool {
        @inline(__always) get { true }
    }
    static var candidatePlace: Int? {
        @inline(__always) get { nil }
    }
    @inline(__always)
    static func isThroughCandidate(_ gate: Int) -> Bool { gate == candidatePlace }

    @inline(__always)
    func inputSumGradient(_ at: StepLanes, stateGradient: Lane) -> Lane { Lane(repeating: 0) }
}

/// A state of a vector of units.
struct StateLanes {
    var hidden: Lane
    /// 0 where the cell has no second part.
    var cell: Lane
}

/// What the gradients of a time step need beside the kept values.
struct StepLanes {
    /// ∂L/∂h, from the layer above and through the next time step's products.
    let hiddenGradient: Lane
    let previous: StateLanes
    /// h after the time step.
    let hidden: Lane
    let peepholes: PeepholeLanes
}
