import Batches

/// A loss of numbers: a function of the error, output - target. A new one is a conformer in a file of its own, and a case of ``Loss``.
protocol NumberLoss {
    static func value(ofError error: Float) -> Double
    static func derivative(ofError error: Float) -> Float
}

extension Loss {
    /// Nil with softmax and cross-entropy, whose loss the head computes block by block (``Softmax``).
    var ofNumbers: (any NumberLoss.Type)? {
        switch self {
        case .crossEntropy: nil
        case .squaredError: SquaredError.self
        }
    }
}
