/// The loss of a model, which determines what its head makes of the outputs.
public enum Loss: Sendable, Hashable {
    /// Softmax and categorical cross-entropy, in nats: of tokens or classes.
    case crossEntropy
    /// (output - target)², of a linear head: of numbers.
    case squaredError
    /// -ln of a sequence's probability under a linear-chain conditional random field, in nats: of the classes of all time steps.
    case crf
    /// Sigmoid and binary cross-entropy of each output, in nats: of labels that are on or off.
    case binaryCrossEntropy
    /// |output - target|, likewise.
    case absoluteError
    /// Half of the squared error up to an absolute error of `delta`, and beyond it a straight line.
    case huber(delta: Float)
    /// The quantile loss of three outputs for each number: the ends of the central interval with a probability of `interval`, and the median between them.
    case quantiles(interval: Double)

    /// Whether outputs and targets are numbers, instead of scores of classes or labels.
    public var isOfNumbers: Bool {
        switch self {
        case .crossEntropy, .crf, .binaryCrossEntropy: false
        case .squaredError, .absoluteError, .huber, .quantiles: true
        }
    }

    /// The quantiles that the outputs for a number stand for, in order; empty if a number has a single output.
    public var quantiles: [Double] {
        guard case .quantiles(let interval) = self else { return [] }
        return [(1 - interval) / 2, 0.5, (1 + interval) / 2]
    }
}
