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

    /// Whether outputs and targets are numbers, instead of scores of classes and a class.
    public var isOfNumbers: Bool { self == .squaredError }
}
