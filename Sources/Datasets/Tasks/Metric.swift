import Batches
import NumberText

/// A metric of an evaluation: its names, its unit, which direction is better, and how it is computed.
public struct Metric: Sendable {
    /// Unit of a value, which determines how it is written.
    public enum Unit: Sendable, Equatable {
        case nats, bits, perplexity, squaredError, absoluteError, huberLoss, quantileLoss
        /// A fraction of 1.
        case share
        /// A number of sequences.
        case count
    }

    /// Names where training writes the metric of the validation part.
    public struct Log: Sendable {
        /// Key in `metrics.jsonl`: "validationAccuracy".
        public let key: String
        /// TensorBoard's tag: "validation/accuracy".
        public let tag: String
        public let meaning: String
        /// Header of the progress table's column, at most 9 characters.
        public let column: String
        /// Title and unit of its curve in a report, and the picture's file name.
        public let curve: (title: String, unit: String, file: String)
    }

    /// Key of `evaluate --json`: "accuracy".
    public let key: String
    /// Name in the output of `evaluate`.
    public let title: String
    public let unit: Unit
    public let isBetterHigher: Bool
    /// Nil for a metric that only an evaluation shows.
    public let log: Log?
    /// Type and name in a model card; nil for a metric that a card doesn't show.
    public let card: (type: String, name: String)?
    /// How it is computed from the sequences' outcomes.
    public let statistic: Statistic

    public init(
        key: String, title: String, unit: Unit, isBetterHigher: Bool = false, log: Log? = nil, card: (type: String, name: String)?, _ statistic: Statistic
    ) {
        (self.key, self.title, self.unit, self.isBetterHigher, self.log, self.card) = (key, title, unit, isBetterHigher, log, card)
        self.statistic = statistic
    }

    /// A metric that is a function of a sum of one number a sequence, by default the sum divided by the number of targets.
    public init(
        key: String, title: String, unit: Unit, isBetterHigher: Bool = false, log: Log? = nil, card: (type: String, name: String)?,
        term: @escaping @Sendable (SequenceOutcome) -> Double, value: @escaping @Sendable (Double, Int) -> Double = { $0 / Double($1) }
    ) {
        self.init(key: key, title: title, unit: unit, isBetterHigher: isBetterHigher, log: log, card: card, .sum(term: term, value: value))
    }
}

extension Metric.Unit {
    /// A value as `evaluate` and the progress table write it.
    public func text(_ value: Double) -> String {
        switch self {
        case .nats, .bits: lossText(value)
        case .perplexity: printed(value, value < 1e5 ? "%.3f" : "%.4g")
        case .squaredError, .absoluteError, .huberLoss, .quantileLoss: (1e-4..<1e5).contains(value) || value == 0 ? printed(value, "%.6f") : lossText(value)
        case .share: shareText(value)
        case .count: "\(Int(value))"
        }
    }

    /// A value in little room: shares as percentages, errors with fewer decimals.
    public func shortText(_ value: Double) -> String {
        switch self {
        case .share: percentText(value, decimals: 2) + " %"
        case .count: text(value)
        default: lossText(value)
        }
    }

    /// Name of a loss's unit.
    public var name: String {
        switch self {
        case .nats: "nats"
        case .bits: "bits"
        case .perplexity: "perplexity"
        case .squaredError: "mean squared error"
        case .absoluteError: "mean absolute error"
        case .huberLoss: "mean Huber loss"
        case .quantileLoss: "mean quantile loss"
        case .share: "share"
        case .count: "count"
        }
    }
}

// Metrics that several tasks have.
extension Metric {
    static let crossEntropy = Metric(key: "loss", title: "loss, nats", unit: .nats, card: ("loss", "cross-entropy, nats"), term: \.loss)

    static let accuracy = Metric(
        key: "accuracy", title: "accuracy", unit: .share, isBetterHigher: true,
        log: Log(
            key: "validationAccuracy", tag: "validation/accuracy", meaning: "Share of validation targets whose class had the highest score.",
            column: "accuracy", curve: ("Validation accuracy", "share of targets", "accuracy")),
        card: ("accuracy", "accuracy"), term: \.rightCount)

    /// The metrics of a model with a loss of numbers, which is the first one.
    static func ofNumbers(_ loss: Loss, scale: String) -> [Metric] {
        switch loss {
        case .absoluteError: [absoluteLoss(scale: scale)]
        case .huber: [huberLoss, absoluteError(scale: scale)]
        case .quantiles: [quantileLoss]
        case .likelihood, .mixture: [negativeLogLikelihood]
        case .crossEntropy, .crf, .ctc, .binaryCrossEntropy, .squaredError: [squaredError(scale: scale), absoluteError(scale: scale)]
        }
    }

    private static let quantileLoss = Metric(key: "quantileLoss", title: "mean quantile loss", unit: .quantileLoss, card: ("quantile_loss", "mean quantile loss"), term: \.loss)
    /// Of a density, which may be above 1, it may be below 0.
    private static let negativeLogLikelihood = Metric(
        key: "negativeLogLikelihood", title: "negative log-likelihood, nats", unit: .nats, card: ("nll", "negative log-likelihood, nats"), term: \.loss)
    private static let huberLoss = Metric(key: "huberLoss", title: "mean Huber loss", unit: .huberLoss, card: ("huber_loss", "mean Huber loss"), term: \.loss)

    /// The mean absolute error as the loss, which training writes as that.
    private static func absoluteLoss(scale: String) -> Metric {
        Metric(key: "meanAbsoluteError", title: "mean absolute error", unit: .absoluteError, card: ("mae", "mean absolute error" + scale), term: \.loss)
    }

    static func squaredError(scale: String) -> Metric {
        Metric(key: "meanSquaredError", title: "mean squared error", unit: .squaredError, card: ("mse", "mean squared error" + scale), term: \.loss)
    }

    static func absoluteError(scale: String) -> Metric {
        Metric(
            key: "meanAbsoluteError", title: "mean absolute error", unit: .absoluteError,
            log: Log(
                key: "validationAbsoluteError", tag: "validation/absolute_error", meaning: "Mean absolute validation error.", column: "abs err.",
                curve: ("Validation error", "mean absolute error", "absolute-error")),
            card: ("mae", "mean absolute error" + scale), term: \.absoluteError)
    }

    /// Number of sequences whose mean absolute error is above `tolerance`.
    static func largeErrors(above tolerance: Double, outputCount: Int) -> Metric {
        Metric(
            key: "largeErrors", title: "sequences with an error above \(tolerance)", unit: .count, card: nil,
            term: { $0.absoluteError / Double(outputCount) > tolerance ? 1 : 0 }, value: { sum, _ in sum })
    }
}
