/// A loss of numbers: a function of the error, output - target. A new one is a conformer in a file of its own, and a case of ``Loss``.
public protocol NumberLoss: Sendable {
    func value(ofError error: Float) -> Double
    func derivative(ofError error: Float) -> Float
}

extension Loss {
    /// Nil with softmax and cross-entropy, whose loss the head computes block by block.
    public var ofNumbers: (any NumberLoss)? {
        switch self {
        case .crossEntropy: nil
        case .squaredError: SquaredError()
        case .absoluteError: AbsoluteError()
        case .huber(let delta): HuberError(delta: delta)
        }
    }
}
