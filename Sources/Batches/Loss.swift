/// The loss of a model, which determines what its head makes of the outputs.
public enum Loss: Sendable, Hashable {
    /// Softmax and categorical cross-entropy, in nats: of tokens or classes.
    case crossEntropy
    /// (output - target)², of a linear head: of numbers.
    case squaredError
    /// |output - target|, likewise.
    case absoluteError
    /// Half of the squared error up to an absolute error of `delta`, and beyond it a straight line.
    case huber(delta: Float)

    /// Whether outputs and targets are numbers, instead of scores of classes and a class.
    public var isOfNumbers: Bool { self != .crossEntropy }
}
