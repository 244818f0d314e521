public import Datasets
import Foundation

/// Evaluation of a model on a part of the data; each example or symbol counts once.
public struct Evaluation: Sendable {
    /// The value of one of the task's metrics, for the model and for the baseline.
    public struct Value: Sendable {
        public let metric: Metric
        public let model: Double
        public let baseline: Double

        package init(metric: Metric, model: Double, baseline: Double) {
            (self.metric, self.model, self.baseline) = (metric, model, baseline)
        }
    }

    /// In the order of the task's metrics.
    public let values: [Value]
    /// What the model's metrics were counted from, by the rule's name (``TallyRule``).
    public let tallies: [String: Tally]
    /// Number of targets: tokens, classes or numbers.
    public let targetCount: Int
    /// "always 'a'", if the baseline is shown beside the model.
    public let baselineTitle: String?
    /// ``Baseline/isGuess`` of the baseline.
    private let isGuess: Bool

    package init(values: [Value], tallies: [String: Tally] = [:], targetCount: Int, baselineTitle: String?, isGuess: Bool = true) {
        (self.values, self.tallies, self.targetCount, self.baselineTitle, self.isGuess) = (values, tallies, targetCount, baselineTitle, isGuess)
    }

    /// The same with the figures of other transcripts, of the same sequences.
    package func with(_ transcripts: [PredictedTranscript]) -> Evaluation {
        let outcomes = transcripts.map { transcript in
            var outcome = SequenceOutcome(loss: .nan, rightCount: transcript.target == transcript.predicted ? 1 : 0)
            outcome.transcript = transcript
            return outcome
        }
        let values = values.map { value in
            guard value.metric.detail == .transcripts else { return value }
            return Value(metric: value.metric, model: value.metric.value(of: outcomes, targetCount: targetCount), baseline: value.baseline)
        }
        return Evaluation(values: values, tallies: tallies, targetCount: targetCount, baselineTitle: baselineTitle, isGuess: isGuess)
    }

    /// The metric with that key; nil if the task doesn't have it.
    public subscript(key: String) -> Double? { values.first { $0.metric.key == key }?.model }

    /// The task's first metric: mean cross-entropy in nats, or mean squared error.
    public var loss: Double { values[0].model }
    /// Loss of a guess: of equally likely classes, say, or of the targets' training mean; 0 if the baseline is more than a guess.
    public var guessLoss: Double { isGuess ? values[0].baseline : 0 }
    /// Fraction of targets whose class had the highest score; nil for numbers.
    public var accuracy: Double? { self["accuracy"] }

    /// The confusion matrix and the figures of each class; nil for a task without.
    public func classCounts(_ classCount: Int) -> ClassCounts? { tallies[ClassCounts.ruleName].map { ClassCounts($0, classCount: classCount) } }

    /// Those by which a model is compared with the baseline: the loss, unless the baseline has none, and the accuracy or the rate of wrong symbols.
    package var comparedValues: [Value] {
        let rates = ["accuracy", "characterErrorRate", "symbolErrorRate"]
        return values.filter { ($0.metric.key == values[0].metric.key || rates.contains($0.metric.key)) && !$0.baseline.isNaN }
    }

    /// The compared ones that aren't better than the baseline's, if that is shown beside the model. A model's NaN isn't better than anything.
    public var valuesNotBetter: [Value] {
        guard baselineTitle != nil else { return [] }
        return comparedValues.filter { value in
            value.metric.isBetterHigher ? !(value.model > value.baseline) : !(value.model < value.baseline)
        }
    }

    /// Whether the loss is above that of a guess, by more than a new model's is by chance. True for NaN.
    public var isWorseThanGuessing: Bool { Self.isWorse(loss, thanGuessing: guessLoss) }

    public static func isWorse(_ loss: Double, thanGuessing guessLoss: Double) -> Bool { guessLoss > 0 && !(loss <= 1.01 * guessLoss) }
}
