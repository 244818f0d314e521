public import Batches
import Foundation

/// A constant answer that needs no model. An evaluation applies the task's metrics to it as to the model.
public struct Baseline: Sendable {
    /// "always 'a'", for a line of its own beside the model's metrics; nil if the answer is a mere guess, which is mentioned only if the model is worse.
    public let title: String?
    /// The loss, as far as it is known without the evaluated data; nil if it isn't.
    public let knownLoss: Double?
    /// The outcome of each sequence of a batch.
    public let outcomes: @Sendable (Batch) -> [SequenceOutcome]

    public init(title: String? = nil, knownLoss: Double?, outcomes: @escaping @Sendable (Batch) -> [SequenceOutcome]) {
        (self.title, self.knownLoss, self.outcomes) = (title, knownLoss, outcomes)
    }
}

extension Baseline {
    /// All classes equally likely.
    public static func equallyLikely(classCount: Int) -> Baseline {
        let (loss, share) = (log(Double(classCount)), 1 / Double(classCount))
        return Baseline(knownLoss: loss) { batch in
            targetCounts(of: batch).map { SequenceOutcome(loss: Double($0) * loss, rightCount: Double($0) * share) }
        }
    }

    /// The same number for every output.
    /// - Parameter loss: one of numbers, which is a precondition.
    public static func constant(_ number: Double, loss: Loss = .squaredError) -> Baseline {
        guard let numberLoss = loss.ofNumbers else { preconditionFailure("\(loss) isn't a loss of numbers") }
        return Baseline(knownLoss: nil) { batch in
            guard case .vectorAtEnd(let values, let outputCount)? = batch.target else { return [] }
            return stride(from: 0, to: values.count, by: outputCount).map { first in
                values[first..<first + outputCount].enumerated().reduce(into: SequenceOutcome(loss: 0)) { outcome, item in
                    let (output, value) = item
                    outcome.loss += numberLoss.value(ofError: Float(number) - value, output: output)
                    outcome.absoluteError += abs(Double(value) - number)
                }
            }
        }
    }

    /// Each class as likely as in the training part: the most frequent one is always named.
    /// - Parameters:
    ///   - counts: of the training part's sequences by class, at least one.
    ///   - name: of the most frequent class.
    public static func frequencies(_ counts: [Int], name: (_ mostFrequent: Int) -> String) -> Baseline {
        let total = Double(max(1, counts.reduce(0, +)))
        let mostFrequent = counts.indices.reduce(0) { counts[$1] > counts[$0] ? $1 : $0 }
        // A class without a training sequence counts as half a one, so that its loss is finite.
        let losses = counts.map { -log(max(0.5, Double($0)) / total) }
        return Baseline(title: "always '\(name(mostFrequent))'", knownLoss: zip(counts, losses).reduce(0) { $0 + Double($1.0) / total * $1.1 }) { batch in
            guard case .classAtEnd(let classes)? = batch.target else { return [] }
            return classes.map { SequenceOutcome(loss: losses[Int($0)], rightCount: Int($0) == mostFrequent ? 1 : 0) }
        }
    }

    /// Number of targets of each sequence of classes or tokens.
    private static func targetCounts(of batch: Batch) -> [Int] {
        switch batch.target {
        case nil: return []
        case .classAtEnd, .vectorAtEnd: return Array(repeating: 1, count: batch.sequenceCount)
        case .tokenEveryStep(let tokens):
            var counts = Array(repeating: 0, count: batch.sequenceCount)
            for (place, token) in tokens.enumerated() where token != Batch.padding { counts[place % batch.sequenceCount] += 1 }
            return counts
        }
    }
}
