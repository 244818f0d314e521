import CVector
import Kernels

// From a layer's cell to the code that is compiled for it: one switch for a tile, and one for a block of rows.

extension ForwardStep {
    /// Updates the units of a fused tile.
    @inline(never)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) {
        switch layouts.form {
        case .lstm: finish(LSTMCell<SigmoidGate, WithoutPeepholes>.self, row, panel, sums)
        case .peepholeLSTM: finish(LSTMCell<SigmoidGate, WithPeepholes>.self, row, panel, sums)
        case .hardLSTM: finish(LSTMCell<HardSigmoidGate, WithoutPeepholes>.self, row, panel, sums)
        case .hardPeepholeLSTM: finish(LSTMCell<HardSigmoidGate, WithPeepholes>.self, row, panel, sums)
        case .coupledLSTM: finish(CoupledLSTMCell<SigmoidGate, WithoutPeepholes>.self, row, panel, sums)
        case .coupledPeepholeLSTM: finish(CoupledLSTMCell<SigmoidGate, WithPeepholes>.self, row, panel, sums)
        case .hardCoupledLSTM: finish(CoupledLSTMCell<HardSigmoidGate, WithoutPeepholes>.self, row, panel, sums)
        case .hardCoupledPeepholeLSTM: finish(CoupledLSTMCell<HardSigmoidGate, WithPeepholes>.self, row, panel, sums)
        case .gru: finish(GRUCell<SigmoidGate>.self, row, panel, sums)
        case .hardGRU: finish(GRUCell<HardSigmoidGate>.self, row, panel, sums)
        case .rnn: finish(RNNCell<TanhActivation>.self, row, panel, sums)
        case .reluRNN: finish(RNNCell<ReluActivation>.self, row, panel, sums)
        case .regularized: finishRegularized(row: row, panel: panel, sums)
        case .resetFirstGRU, .hardResetFirstGRU: preconditionFailure("its tiles are ResetFirstForward's")
        case .sLSTM: preconditionFailure("its rows are SLSTM's")
        }
    }

    /// Split gates, second half: kept values and states of some rows, from the sums.
    func updateStates(rows: Range<Int>) {
        switch layouts.form {
        case .lstm: updateStates(LSTMCell<SigmoidGate, WithoutPeepholes>.self, rows: rows)
        case .peepholeLSTM: updateStates(LSTMCell<SigmoidGate, WithPeepholes>.self, rows: rows)
        case .hardLSTM: updateStates(LSTMCell<HardSigmoidGate, WithoutPeepholes>.self, rows: rows)
        case .hardPeepholeLSTM: updateStates(LSTMCell<HardSigmoidGate, WithPeepholes>.self, rows: rows)
        case .coupledLSTM: updateStates(CoupledLSTMCell<SigmoidGate, WithoutPeepholes>.self, rows: rows)
        case .coupledPeepholeLSTM: updateStates(CoupledLSTMCell<SigmoidGate, WithPeepholes>.self, rows: rows)
        case .hardCoupledLSTM: updateStates(CoupledLSTMCell<HardSigmoidGate, WithoutPeepholes>.self, rows: rows)
        case .hardCoupledPeepholeLSTM: updateStates(CoupledLSTMCell<HardSigmoidGate, WithPeepholes>.self, rows: rows)
        case .gru: updateStates(GRUCell<SigmoidGate>.self, rows: rows)
        case .hardGRU: updateStates(GRUCell<HardSigmoidGate>.self, rows: rows)
        case .rnn: updateStates(RNNCell<TanhActivation>.self, rows: rows)
        case .reluRNN: updateStates(RNNCell<ReluActivation>.self, rows: rows)
        case .regularized: updateRegularizedStates(rows: rows)
        case .resetFirstGRU, .hardResetFirstGRU: preconditionFailure("its tiles are ResetFirstForward's")
        case .sLSTM: preconditionFailure("its rows are SLSTM's")
        }
    }
}

extension BackwardStep {
    /// Makes the derivatives of the units of a fused tile.
    @inline(never)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) {
        switch layouts.form {
        case .lstm: finish(LSTMCell<SigmoidGate, WithoutPeepholes>.self, row, panel, sums)
        case .peepholeLSTM: finish(LSTMCell<SigmoidGate, WithPeepholes>.self, row, panel, sums)
        case .hardLSTM: finish(LSTMCell<HardSigmoidGate, WithoutPeepholes>.self, row, panel, sums)
        case .hardPeepholeLSTM: finish(LSTMCell<HardSigmoidGate, WithPeepholes>.self, row, panel, sums)
        case .coupledLSTM: finish(CoupledLSTMCell<SigmoidGate, WithoutPeepholes>.self, row, panel, sums)
        case .coupledPeepholeLSTM: finish(CoupledLSTMCell<SigmoidGate, WithPeepholes>.self, row, panel, sums)
        case .hardCoupledLSTM: finish(CoupledLSTMCell<HardSigmoidGate, WithoutPeepholes>.self, row, panel, sums)
        case .hardCoupledPeepholeLSTM: finish(CoupledLSTMCell<HardSigmoidGate, WithPeepholes>.self, row, panel, sums)
        case .gru: finish(GRUCell<SigmoidGate>.self, row, panel, sums)
        case .hardGRU: finish(GRUCell<HardSigmoidGate>.self, row, panel, sums)
        case .rnn: finish(RNNCell<TanhActivation>.self, row, panel, sums)
        case .reluRNN: finish(RNNCell<ReluActivation>.self, row, panel, sums)
        case .regularized: finishRegularized(row: row, panel: panel, sums)
        case .resetFirstGRU, .hardResetFirstGRU: preconditionFailure("its tiles are ResetFirstBackward's")
        case .sLSTM: preconditionFailure("its rows are SLSTM's")
        }
    }

    /// Split gates, second half: one gate's derivatives of some rows.
    func updateDerivatives(gate: Int, rows: Range<Int>) {
        switch layouts.form {
        case .lstm: updateDerivatives(LSTMCell<SigmoidGate, WithoutPeepholes>.self, gate: gate, rows: rows)
        case .peepholeLSTM: updateDerivatives(LSTMCell<SigmoidGate, WithPeepholes>.self, gate: gate, rows: rows)
        case .hardLSTM: updateDerivatives(LSTMCell<HardSigmoidGate, WithoutPeepholes>.self, gate: gate, rows: rows)
        case .hardPeepholeLSTM: updateDerivatives(LSTMCell<HardSigmoidGate, WithPeepholes>.self, gate: gate, rows: rows)
        case .coupledLSTM: updateDerivatives(CoupledLSTMCell<SigmoidGate, WithoutPeepholes>.self, gate: gate, rows: rows)
        case .coupledPeepholeLSTM: updateDerivatives(CoupledLSTMCell<SigmoidGate, WithPeepholes>.self, gate: gate, rows: rows)
        case .hardCoupledLSTM: updateDerivatives(CoupledLSTMCell<HardSigmoidGate, WithoutPeepholes>.self, gate: gate, rows: rows)
        case .hardCoupledPeepholeLSTM: updateDerivatives(CoupledLSTMCell<HardSigmoidGate, WithPeepholes>.self, gate: gate, rows: rows)
        case .gru: updateDerivatives(GRUCell<SigmoidGate>.self, gate: gate, rows: rows)
        case .hardGRU: updateDerivatives(GRUCell<HardSigmoidGate>.self, gate: gate, rows: rows)
        case .rnn: updateDerivatives(RNNCell<TanhActivation>.self, gate: gate, rows: rows)
        case .reluRNN: updateDerivatives(RNNCell<ReluActivation>.self, gate: gate, rows: rows)
        case .regularized: updateRegularizedDerivatives(gate: gate, rows: rows)
        case .resetFirstGRU, .hardResetFirstGRU: preconditionFailure("its tiles are ResetFirstBackward's")
        case .sLSTM: preconditionFailure("its rows are SLSTM's")
        }
    }
}
