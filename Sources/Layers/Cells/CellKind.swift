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

/// An RNN's activation.
public enum ActivationKind: String, Sendable, Hashable, CaseIterable {
    case tanh, relu
}

extension CellKind {
    /// As people write it: "LSTM".
    public var name: String { rawValue.uppercased() }
    /// Whether ``RecurrentDescription/reset`` goes with it.
    public var hasResetGate: Bool { self == .gru }
    /// Whether ``RecurrentDescription/activation`` goes with it.
    public var hasChosenActivation: Bool { self == .rnn }
    /// The gate to whose bias `forgetBias` is added; nil if there is none.
    public var forgetGate: Int? { RecurrentDescription(cell: self, hidden: 1).shape.forgetGate }
}

extension RecurrentDescription {
    /// The type that computes the cell with these options.
    var shape: any CellShape.Type {
        switch cell {
        case .lstm: LSTMCell.self
        case .gru: reset == .before ? ResetFirstGRUCell.self : GRUCell.self
        case .rnn: activation == .relu ? RNNCell<ReluActivation>.self : RNNCell<TanhActivation>.self
        }
    }

    /// The gates in the order of the weights' rows: PyTorch's.
    public var gates: [String] { shape.gates }
    public var gateCount: Int { shape.gateCount }
    /// Parts of a state: the hidden state, and the cell state if there is one.
    public var statePartCount: Int { shape.hasCellState ? 2 : 1 }
    /// The gate to whose bias `forgetBias` is added; nil if there is none.
    public var forgetGate: Int? { shape.forgetGate }
    /// The gate that says how much of its state a unit keeps: 1 is all of it. Nil if there is none.
    public var memoryGate: Int? { shape.memoryGate }
    /// Whether both biases are added to the same sums in every gate, so that one of them would do.
    public var biasesAreSummed: Bool { !shape.splitsLastGate }

    /// The cell, with its options where they aren't the usual ones: "GRU", "GRU, reset before", "RNN, relu".
    public var name: String {
        ([cell.name] + (reset == .before ? ["reset before"] : []) + (activation == .relu ? ["relu"] : [])).joined(separator: ", ")
    }
}
