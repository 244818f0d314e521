package import Kernels

/// One layer between the input and the head.
public enum LayerDescription: Sendable, Hashable {
    case recurrent(RecurrentDescription)

    /// Numbers of its output at a time step.
    public var width: Int {
        switch self {
        case .recurrent(let layer): layer.hidden
        }
    }
}

/// A recurrent layer.
public struct RecurrentDescription: Sendable, Hashable {
    public var cell: CellKind
    /// Units.
    public var hidden: Int
    /// Added to the forget gate's initial bias (Gers, Schmidhuber & Cummins 2000): the larger, the longer a fresh network remembers. 0 for a cell
    /// without that gate.
    public var forgetBias: Double
    /// Of a GRU.
    public var reset: ResetPlace
    /// Of an RNN.
    public var activation: ActivationKind
    /// Of an LSTM: weights from the cell state to the gates (Gers & Schmidhuber 2000).
    public var hasPeepholes: Bool
    /// Of an LSTM: the input gate is 1 - f (Greff et al. 2015).
    public var isCoupled: Bool
    /// Of an LSTM.
    public var gateFunction: GateFunction

    public init(
        cell: CellKind, hidden: Int, forgetBias: Double = 0, reset: ResetPlace = .after, activation: ActivationKind = .tanh, hasPeepholes: Bool = false,
        isCoupled: Bool = false, gateFunction: GateFunction = .sigmoid
    ) {
        precondition(cell.hasCellState || !(hasPeepholes || isCoupled || gateFunction != .sigmoid), "only an LSTM has these options")
        precondition(reset == .after || cell.hasResetGate, "only a GRU has a reset gate")
        precondition(activation == .tanh || cell.hasChosenActivation, "only an RNN's activation can be chosen")
        (self.cell, self.hidden, self.forgetBias) = (cell, hidden, forgetBias)
        (self.reset, self.activation) = (reset, activation)
        (self.hasPeepholes, self.isCoupled, self.gateFunction) = (hasPeepholes, isCoupled, gateFunction)
    }
}

extension RecurrentDescription {
    /// Floats that a training step keeps of a sequence and time step: what the cell keeps and its states, with bfloat16 also the hidden states as products
    /// read them; and the derivatives, which all layers share, where they have memory of their own.
    package func keptFloats(_ precision: Precision) -> (kept: Double, derivatives: Double) {
        let layouts = RowLayouts(self)
        let operands = (precision == .float32 ? 0 : 0.5) + (layouts.hasTwoPhases ? (precision == .float32 ? 1 : 0.5) : 0)
        let perUnit = Double(layouts.kept.groupCount + statePartCount) + operands
        let slots = layouts.hasInputDerivatives ? 2.0 : precision == .bfloat16 || layouts.kept != layouts.sums ? 1 : 0
        let perSum = precision == .float32 ? 1 : 0.5
        return (perUnit * Double(hidden), slots * perSum * Double(layouts.gateCount * hidden))
    }
}
