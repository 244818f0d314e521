/// A loss of numbers: a function of the error, output - target. A new one is a conformer in a file of its own, and a case of ``Loss``.
public protocol NumberLoss: Sendable {
    /// - Parameter output: its index among a sequence's outputs.
    func value(ofError error: Float, output: Int) -> Double
    func derivative(ofError error: Float, output: Int) -> Float
}

extension Loss {
    /// Nil for losses of classes and labels and for likelihoods and mixtures, which heads compute otherwise.
    public var ofNumbers: (any NumberLoss)? {
        switch self {
        case .crossEntropy, .crf, .ctc, .binaryCrossEntropy, .likelihood, .mixture: nil
        case .squaredError: SquaredError()
        case .absoluteError: AbsoluteError()
        case .huber(let delta): HuberError(delta: delta)
        case .quantiles(let interval): QuantileError(interval: interval)
        }
    }
}
