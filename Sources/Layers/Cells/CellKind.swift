/// A kind of cell.
public enum CellKind: String, Sendable, Hashable, Codable, CaseIterable {
    case lstm, gru, rnn
}

/// Where a GRU's reset gate stands.
public enum ResetPlace: String, Sendable, Hashable, CaseIterable {
    /// After the product with the hidden state, as in PyTorch and cuDNN.
    case after
    /// Before it, as Cho et al. (2014) have it.
    case before
}

/// The function of an LSTM's gates.
public enum GateFunction: String, Sendable, Hashable, CaseIterable {
    case sigmoid
    /// Keras 3's: x/6 + 1/2, at least 0 and at most 1.
    case hardSigmoid
}

/// An RNN's activation.
public enum ActivationKind: String, Sendable, Hashable, CaseIterable {
    case tanh, relu
}

extension CellKind {
    /// As people write it: "LSTM".
    public var name: String { rawValue.uppercased() }
    /// Whether it has a cell state, and an LSTM's options go with it.
    public var hasCellState: Bool { self == .lstm }
    /// Whether ``RecurrentDescription/reset`` goes with it.
    public var hasResetGate: Bool { self == .gru }
    /// Whether ``RecurrentDescription/activation`` goes with it.
    public var hasChosenActivation: Bool { self == .rnn }
    /// The gate to whose bias `forgetBias` is added; nil if there is none.
    public var forgetGate: Int? { RecurrentDescription(cell: self, hidden: 1).shape.forgetGate }
}

extension RecurrentDescription {
    var shape: any CellShape.Type { form.shape }

    /// The gates in the order of the weights' rows: PyTorch's.
    public var gates: [String] { shape.gates }
    public var gateCount: Int { shape.gateCount }
    /// Parts of a state: the hidden state, and the cell state if there is one.
    public var statePartCount: Int { shape.hasCellState ? 2 : 1 }
    /// The gate to whose bias `forgetBias` is added; nil if there is none.
    public var forgetGate: Int? { shape.forgetGate }
    /// The gate that says how much of its state a unit keeps: 1 is all of it. Nil if there is none.
    public var memoryGate: Int? { shape.memoryGate }
    /// Names of the peepholes' parameters, [hidden] each: "weight_ci".
    public var peepholeNames: [String] { shape.peepholes.map { "weight_\($0.name)" } }
    /// Whether both biases are added to the same sums in every gate, so that one of them would do.
    public var biasesAreSummed: Bool { !shape.splitsLastGate }

    /// The cell, with its options where they aren't the usual ones: "GRU", "bidirectional GRU, reset before", "RNN, relu".
    public var name: String {
        let options = [
            (reset == .before, "reset before"), (activation == .relu, "relu"), (hasPeepholes, "peepholes"), (isCoupled, "coupled gates"),
            (gateFunction == .hardSigmoid, "hard sigmoid"), (connection == .residual, "residual"), (connection == .concatenate, "concatenated"),
        ]
        return (isBidirectional ? "bidirectional " : "") + ([cell.name] + options.filter(\.0).map(\.1) + regularization.names).joined(separator: ", ")
    }
}
