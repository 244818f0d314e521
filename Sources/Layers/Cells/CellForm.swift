/// A cell with its options: a type of this folder that computes it.
enum CellForm: Sendable {
    case lstm, peepholeLSTM, hardLSTM, hardPeepholeLSTM, coupledLSTM, coupledPeepholeLSTM, hardCoupledLSTM, hardCoupledPeepholeLSTM
    case gru, hardGRU, resetFirstGRU, hardResetFirstGRU
    case rnn, reluRNN
    case sLSTM
    /// Any of these with a time step that ``StateNoise`` changes.
    case regularized

    var shape: any CellShape.Type {
        switch self {
        case .lstm: LSTMCell<SigmoidGate, WithoutPeepholes>.self
        case .peepholeLSTM: LSTMCell<SigmoidGate, WithPeepholes>.self
        case .hardLSTM: LSTMCell<HardSigmoidGate, WithoutPeepholes>.self
        case .hardPeepholeLSTM: LSTMCell<HardSigmoidGate, WithPeepholes>.self
        case .coupledLSTM: CoupledLSTMCell<SigmoidGate, WithoutPeepholes>.self
        case .coupledPeepholeLSTM: CoupledLSTMCell<SigmoidGate, WithPeepholes>.self
        case .hardCoupledLSTM: CoupledLSTMCell<HardSigmoidGate, WithoutPeepholes>.self
        case .hardCoupledPeepholeLSTM: CoupledLSTMCell<HardSigmoidGate, WithPeepholes>.self
        case .gru: GRUCell<SigmoidGate>.self
        case .hardGRU: GRUCell<HardSigmoidGate>.self
        case .resetFirstGRU: ResetFirstGRUCell<SigmoidGate>.self
        case .hardResetFirstGRU: ResetFirstGRUCell<HardSigmoidGate>.self
        case .rnn: RNNCell<TanhActivation>.self
        case .reluRNN: RNNCell<ReluActivation>.self
        case .sLSTM: SLSTMCell.self
        case .regularized: preconditionFailure("the plain cell has the shape")
        }
    }
}

extension RecurrentDescription {
    var form: CellForm {
        switch cell {
        case .lstm: lstmForm
        case .gru: gruForm
        case .rnn: activation == .relu ? .reluRNN : .rnn
        case .slstm: .sLSTM
        }
    }

    private var gruForm: CellForm {
        switch (reset, gateFunction) {
        case (.after, .sigmoid): .gru
        case (.after, .hardSigmoid): .hardGRU
        case (.before, .sigmoid): .resetFirstGRU
        case (.before, .hardSigmoid): .hardResetFirstGRU
        }
    }

    private var lstmForm: CellForm {
        switch (isCoupled, gateFunction, hasPeepholes) {
        case (false, .sigmoid, false): .lstm
        case (false, .sigmoid, true): .peepholeLSTM
        case (false, .hardSigmoid, false): .hardLSTM
        case (false, .hardSigmoid, true): .hardPeepholeLSTM
        case (true, .sigmoid, false): .coupledLSTM
        case (true, .sigmoid, true): .coupledPeepholeLSTM
        case (true, .hardSigmoid, false): .hardCoupledLSTM
        case (true, .hardSigmoid, true): .hardCoupledPeepholeLSTM
        }
    }
}
