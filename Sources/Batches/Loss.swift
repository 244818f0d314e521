/// The loss of a model, which determines what its head makes of the outputs.
public enum Loss: Sendable, Hashable {
    /// Softmax and categorical cross-entropy, in nats: of tokens or classes.
    case crossEntropy
    /// (output - target)², of a linear head: of numbers.
    case squaredError
    /// -ln of a sequence's probability under a linear-chain conditional random field, in nats: of the classes of all time steps.
    case crf
    /// Connectionist temporal classification: -ln of the probability of a sequence's symbols, summed over their alignments with its time steps, in nats. Output 0 is
    /// the blank.
    case ctc
    /// Sigmoid and binary cross-entropy of each output, in nats: of labels that are on or off.
    case binaryCrossEntropy
    /// |output - target|, likewise.
    case absoluteError
    /// Half of the squared error up to an absolute error of `delta`, and beyond it a straight line.
    case huber(delta: Float)
    /// The quantile loss of three outputs for each number: the ends of the central interval with a probability of `interval`, and the median between them.
    case quantiles(interval: Double)
    /// -ln of the density, or of a count's probability, that a distribution gives the target, in nats; the outputs for a number are the distribution's
    /// parameters. Forecasts have an interval with a probability of `interval`.
    ///
    /// The targets of a number are as many as its outputs: the number, then what the distribution is scaled by (1, or a series' mean count), again and again.
    case likelihood(DistributionFamily, interval: Double)
    /// -ln of the density that a mixture gives all numbers of a time step, in nats.
    case mixture(MixtureDensity)

    // A target number that is NaN is missing: it has neither a loss nor a derivative.

    /// Whether outputs and targets are numbers, instead of scores of classes or labels.
    public var isOfNumbers: Bool {
        switch self {
        case .crossEntropy, .crf, .ctc, .binaryCrossEntropy: false
        case .squaredError, .absoluteError, .huber, .quantiles, .likelihood, .mixture: true
        }
    }

    /// The quantiles that a forecast of a number has, in order; empty if it is a single number.
    public var quantiles: [Double] {
        switch self {
        case .quantiles(let interval), .likelihood(_, let interval): [(1 - interval) / 2, 0.5, (1 + interval) / 2]
        case .crossEntropy, .squaredError, .crf, .ctc, .binaryCrossEntropy, .absoluteError, .huber, .mixture: []
        }
    }

    /// The distribution of a number, if its outputs are that one's parameters.
    public var distribution: DistributionFamily? {
        guard case .likelihood(let family, _) = self else { return nil }
        return family
    }

    /// The mixture of a time step's numbers, if outputs are that one's parameters.
    public var mixture: MixtureDensity? {
        guard case .mixture(let density) = self else { return nil }
        return density
    }

    /// Number of outputs for each predicted number.
    public var outputsPerNumber: Int { distribution?.parameterCount ?? max(1, quantiles.count) }
}
