/// What keeps a recurrent layer from overfitting. All of it acts in training only, but zoneout also has an expected value outside of it.
public struct RecurrentRegularization: Sendable, Hashable {
    /// Probability with which a hidden-to-hidden weight is 0 for a step (``WeightDrop``).
    public var weightDrop = 0.0
    /// Probability with which the products see a unit of h_{t-1} as 0, at all time steps of a sequence (``OperandMask``).
    public var recurrentDropout = 0.0
    /// Probability with which a unit's candidate is 0 at a time step (``StateNoise``).
    public var candidateDropout = 0.0
    /// Probability with which a unit keeps its hidden state of the time step before (``StateNoise``).
    public var zoneout = 0.0
    /// The same of the cell state.
    public var zoneoutCell = 0.0
    /// Times the mean square of the outputs, after a dropout layer right above, is added to the loss (``OutputPenalty``).
    public var activationL2 = 0.0
    /// Times the mean square of the outputs' differences from one time step to the next is added to the loss.
    public var temporalL2 = 0.0

    public init() {}

    /// Whether a time step's formulas differ from the plain cell's.
    var changesCell: Bool { candidateDropout > 0 || changesInference }

    /// Whether a trained layer isn't the plain one.
    public var changesInference: Bool { zoneout > 0 || zoneoutCell > 0 }

    /// "weight drop 0.5", …
    var names: [String] {
        let rates = [
            ("weight drop", weightDrop), ("recurrent dropout", recurrentDropout), ("candidate dropout", candidateDropout), ("zoneout", zoneout),
            ("cell zoneout", zoneoutCell), ("activation L2", activationL2), ("temporal L2", temporalL2),
        ]
        return rates.filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }
    }
}

extension RecurrentDescription {
    /// Whether zoneout and dropout of the candidate go with the cell: not with peepholes, which see the cell state, nor with a GRU's reset gate before the
    /// product.
    public var canChangeCell: Bool { canMaskOperands && !hasPeepholes && reset == .after }

    /// Whether recurrent dropout goes with the cell: with one whose time step goes through tiles of units, and begins with zeros.
    public var canMaskOperands: Bool { cell.hasMaskedSteps && layerNorm == .none && projection == 0 && initialState == .zero }

    /// The same layer without regularisation.
    public var plain: RecurrentDescription {
        var layer = self
        layer.regularization = RecurrentRegularization()
        return layer
    }
}

/// A random mask's use. Together with the layer it is a counter of the masks' key (``RandomMask``), so that no two masks of a step are alike.
enum MaskUse: Int {
    case weightDrop = 1, recurrentDropout, candidateDropout, zoneout, zoneoutCell, embeddingDropout

    /// - Parameters:
    ///   - layer: its number among the model's layers, from 0.
    ///   - isReverse: of a bidirectional layer's second recurrence.
    func number(layer: Int, isReverse: Bool = false) -> Int { layer | rawValue << 16 | (isReverse ? 1 << 24 : 0) }
}
