import Layers
import ReferenceModel

extension ReferenceModel.Cell {
    /// A layer of this cell.
    func layer(hidden: Int) -> RecurrentDescription {
        switch self {
        case .lstm: RecurrentDescription(cell: .lstm, hidden: hidden)
        case .gru: RecurrentDescription(cell: .gru, hidden: hidden)
        case .gruBefore: RecurrentDescription(cell: .gru, hidden: hidden, reset: .before)
        case .rnn: RecurrentDescription(cell: .rnn, hidden: hidden)
        case .rnnRelu: RecurrentDescription(cell: .rnn, hidden: hidden, activation: .relu)
        case .lstmPeephole: RecurrentDescription(cell: .lstm, hidden: hidden, hasPeepholes: true)
        case .lstmCoupled: RecurrentDescription(cell: .lstm, hidden: hidden, isCoupled: true)
        case .lstmCoupledPeephole: RecurrentDescription(cell: .lstm, hidden: hidden, hasPeepholes: true, isCoupled: true)
        case .lstmHard: RecurrentDescription(cell: .lstm, hidden: hidden, gateFunction: .hardSigmoid)
        case .lstmHardPeephole: RecurrentDescription(cell: .lstm, hidden: hidden, hasPeepholes: true, gateFunction: .hardSigmoid)
        case .lstmHardCoupled: RecurrentDescription(cell: .lstm, hidden: hidden, isCoupled: true, gateFunction: .hardSigmoid)
        case .lstmHardCoupledPeephole: RecurrentDescription(cell: .lstm, hidden: hidden, hasPeepholes: true, isCoupled: true, gateFunction: .hardSigmoid)
        }
    }

    /// Whether it is a kind of cell with its usual options. The others share most of what these go through, and are tried on fewer examples.
    var isUsual: Bool { CellKind.allCases.contains { layer(hidden: 1) == RecurrentDescription(cell: $0, hidden: 1) } }
}

extension RecurrentDescription {
    /// The cell in the reference.
    var reference: ReferenceModel.Cell? { ReferenceModel.Cell.allCases.first { $0.layer(hidden: hidden) == self } }
}
