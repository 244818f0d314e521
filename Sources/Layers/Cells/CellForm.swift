/// A cell with its options: a type of this folder that computes it.
enum CellForm: Sendable {
    case lstm, peepholeLSTM, hardLSTM, hardPeepholeLSTM, coupledLSTM, coupledPeepholeLSTM, hardCoupledLSTM, hardCoupledPeepholeLSTM
    case gru, resetFirstGRU
    case rnn, reluRNN
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
        case .gru: GRUCell.self
        case .resetFirstGRU: ResetFirstGRUCell.self
        case .rnn: RNNCell<TanhActivation>.self
        case .reluRNN: RNNCell<ReluActivation>.self
        case .regularized: preconditionFailure("the plain cell has the shape")
        }
    }
}

extension RecurrentDescription {
    var form: CellForm {
        switch cell {
        case .lstm: lstmForm
        case .gru: reset == .before ? .resetFirstGRU : .gru
        case .rnn: activation == .relu ? .reluRNN : .rnn
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
