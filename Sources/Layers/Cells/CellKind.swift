/// A kind of cell.
public enum CellKind: String, Sendable, Hashable, Codable, CaseIterable {
    case lstm, gru, rnn
    /// The scalar LSTM of xLSTM (Beck et al. 2024).
    case slstm
}

/// Where a GRU's reset gate stands.
public enum ResetPlace: String, Sendable, Hashable, CaseIterable {
    /// After the product with the hidden state, as in PyTorch and cuDNN.
    case after
    /// Before it, as Cho et al. (2014) have it.
    case before
}

/// The function of an LSTM's or a GRU's gates.
public enum GateFunction: String, Sendable, Hashable, CaseIterable {
    case sigmoid
    /// Keras 3's: x/6 + 1/2, at least 0 and at most 1.
    case hardSigmoid
}

/// The function of an sLSTM's forget gate.
public enum ForgetFunction: String, Sendable, Hashable, CaseIterable {
    case sigmoid, exponential
}

/// What layer normalisation (Ba, Kiros & Hinton 2016) an LSTM has.
public enum LayerNormPlace: String, Sendable, Hashable, CaseIterable {
    case none
    /// Of the products W·x and U·h, each over the units of all gates, and of the cell state, as in PyTorch's `LayerNormLSTMCell`.
    case products
    /// Of each gate's sum, over its units, and of the cell state on its way to the output (Ha & Eck 2017).
    case gates
}

/// The state of a recurrent layer where a sequence begins.
public enum InitialState: String, Sendable, Hashable, CaseIterable {
    case zero
    /// A parameter.
    case learned
}

/// An RNN's activation.
public enum ActivationKind: String, Sendable, Hashable, CaseIterable {
    case tanh, relu
}

extension CellKind {
    /// As people write it: "LSTM", "sLSTM".
    public var name: String { self == .slstm ? "sLSTM" : rawValue.uppercased() }
    /// Whether an LSTM's options go with it.
    public var hasCellState: Bool { self == .lstm }
    /// Whether ``RecurrentDescription/gateFunction`` goes with it.
    public var hasChosenGates: Bool { self == .lstm || self == .gru }
    /// Whether ``RecurrentDescription/forgetFunction`` goes with it.
    public var hasChosenForgetGate: Bool { self == .slstm }
    /// Whether ``RecurrentDescription/initialState`` goes with it: without a normalizer, which has to begin with 0.
    public var hasChosenInitialState: Bool { self != .slstm }
    /// Whether zoneout and recurrent dropout go with it.
    public var hasMaskedSteps: Bool { self != .slstm }
    /// Whether ``RecurrentDescription/reset`` goes with it.
    public var hasResetGate: Bool { self == .gru }
    /// Whether ``RecurrentDescription/activation`` goes with it.
    public var hasChosenActivation: Bool { self == .rnn }
    /// Whether ``RecurrentDescription/forgetBias`` goes with it.
    public var hasMemoryGate: Bool { RecurrentDescription(cell: self, hidden: 1).memoryGate != nil }
}

extension RecurrentDescription {
    var shape: any CellShape.Type { form.shape }

    /// The gates in the order of the weights' rows: PyTorch's.
    public var gates: [String] { shape.gates }
    public var gateCount: Int { shape.gateCount }
    /// Parts of a state: the hidden state, the cell state if there is one, and an sLSTM's normalizer and stabilizer.
    public var statePartCount: Int { shape.statePartCount }
    /// Whether a state has a normalizer and a stabilizer: an sLSTM's.
    public var hasNormalizer: Bool { statePartCount > 2 }
    /// The gate whose bias Keras's initialization begins with 1; nil if there is none.
    public var forgetGate: Int? { shape.forgetGate }
    /// The gate that says how much of its state a unit keeps, 1 being all of it: an LSTM's forget gate, a GRU's update gate. `forgetBias` is added to its
    /// bias. Nil if there is none.
    public var memoryGate: Int? { shape.memoryGate }
    /// Names of the peepholes' parameters, [hidden] each: "weight_ci".
    public var peepholeNames: [String] { shape.peepholes.map { "weight_\($0.name)" } }
    /// Whether it is an LSTM of four gates without peepholes, hard sigmoid or projection.
    package var isPlain: Bool { form == .lstm && projection == 0 }
    /// Whether both biases are added to the same sums in every gate, so that one of them would do.
    public var biasesAreSummed: Bool { !shape.splitsLastGate }

    /// The cell, with its options where they aren't the usual ones: "GRU", "bidirectional GRU, reset before", "RNN, relu".
    public var name: String {
        let options = [
            (reset == .before, "reset before"), (activation == .relu, "relu"), (hasPeepholes, "peepholes"), (isCoupled, "coupled gates"),
            (gateFunction == .hardSigmoid, "hard sigmoid"), (forgetFunction == .exponential, "exponential forget gate"),
            (layerNorm == .products, "normalised products"), (layerNorm == .gates, "normalised gates"), (projection > 0, "projection \(projection)"),
            (initialState == .learned, "learned initial state"), (connection == .residual, "residual"), (connection == .concatenate, "concatenated"),
        ]
        return (isBidirectional ? "bidirectional " : "") + ([cell.name] + options.filter(\.0).map(\.1) + regularization.names).joined(separator: ", ")
    }
}
