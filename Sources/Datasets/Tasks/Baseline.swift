public import Batches
import Distributions
import Foundation

/// A constant answer that needs no model. An evaluation applies the task's metrics to it as to the model.
public struct Baseline: Sendable {
    /// "always 'a'", for a line of its own beside the model's metrics; nil if the answer is a mere guess, which is mentioned only if the model is worse.
    public let title: String?
    /// Whether it is what a model knows that has learned nothing but frequencies, so that a worse model is a sign of a fault.
    public let isGuess: Bool
    /// The loss, as far as it is known without the evaluated data; nil if it isn't.
    public let knownLoss: Double?
    /// The outcome of each sequence of a batch.
    public let outcomes: @Sendable (Batch) -> [SequenceOutcome]

    public init(title: String? = nil, isGuess: Bool = true, knownLoss: Double?, outcomes: @escaping @Sendable (Batch) -> [SequenceOutcome]) {
        (self.title, self.isGuess, self.knownLoss, self.outcomes) = (title, isGuess, knownLoss, outcomes)
    }
}

extension Baseline {
    /// All classes equally likely.
    public static func equallyLikely(classCount: Int) -> Baseline {
        let (loss, share) = (log(Double(classCount)), 1 / Double(classCount))
        return Baseline(knownLoss: loss) { batch in
            // The metrics of a language model don't need the classes of its tokens.
            let isAtEnd = if case .classAtEnd? = batch.target { true } else { false }
            let classes = isAtEnd ? predictedClasses(of: batch, scores: Array(repeating: 0, count: classCount)) : nil
            return targetCounts(of: batch).enumerated().map { sequence, count in
                SequenceOutcome(loss: Double(count) * loss, rightCount: Double(count) * share, classes: classes?[sequence])
            }
        }
    }

    /// The same number for every output.
    /// - Parameters:
    ///   - title: as ``title``; nil for a mere guess.
    ///   - loss: one of numbers, which is a precondition.
    public static func constant(_ number: Double, title: String? = nil, loss: Loss = .squaredError) -> Baseline {
        guard let numberLoss = loss.ofNumbers else { preconditionFailure("\(loss) isn't a loss of numbers") }
        return Baseline(title: title, knownLoss: nil) { batch in
            var outcomes = Array(repeating: SequenceOutcome(loss: 0), count: batch.sequenceCount)
            for target in numbers(of: batch) {
                outcomes[target.sequence].loss += numberLoss.value(ofError: Float(number) - target.value, output: target.output)
                outcomes[target.sequence].absoluteError += abs(Double(target.value) - number)
            }
            return outcomes
        }
    }

    /// The same distribution for every number: ``DistributionFamily/uninformed``.
    public static func uninformed(_ family: DistributionFamily) -> Baseline {
        let (outputs, count) = (family.uninformed, family.parameterCount)
        return Baseline(knownLoss: nil) { batch in
            guard case .vectorAtEnd(let values, let width)? = batch.target else { return [] }
            return (0..<batch.sequenceCount).map { sequence in
                let places = stride(from: sequence * width, to: (sequence + 1) * width, by: count).filter { !values[$0].isNaN }
                return SequenceOutcome(loss: places.reduce(0) { $0 + family.loss(of: Double(values[$1]), outputs: outputs, scale: Double(values[$1 + 1])).value })
            }
        }
    }

    /// Each class as likely as in the training part: the most frequent one is always named.
    /// - Parameters:
    ///   - counts: of the training part's sequences, or time steps, by class, at least one.
    ///   - name: of the most frequent class.
    public static func frequencies(_ counts: [Int], name: (_ mostFrequent: Int) -> String) -> Baseline {
        let total = Double(max(1, counts.reduce(0, +)))
        let mostFrequent = counts.indices.reduce(0) { counts[$1] > counts[$0] ? $1 : $0 }
        // A class without a training sequence counts as half a one, so that its loss is finite.
        let losses = counts.map { -log(max(0.5, Double($0)) / total) }
        return Baseline(title: "always '\(name(mostFrequent))'", knownLoss: zip(counts, losses).reduce(0) { $0 + Double($1.0) / total * $1.1 }) { batch in
            let targets = classes(of: batch)
            let detail = predictedClasses(of: batch, scores: losses.map { Float(-$0) }, named: mostFrequent)
            var outcomes = (0..<batch.sequenceCount).map { SequenceOutcome(loss: 0, classes: detail?[$0]) }
            for (place, target) in targets.enumerated() where target != Batch.padding {
                outcomes[place % batch.sequenceCount].loss += losses[Int(target)]
                outcomes[place % batch.sequenceCount].rightCount += Int(target) == mostFrequent ? 1 : 0
            }
            return outcomes
        }
    }

    /// Each target number, with its sequence's place and its output's.
    private static func numbers(of batch: Batch) -> [(sequence: Int, output: Int, value: Float)] {
        switch batch.target {
        case .vectorAtEnd(let values, let width)?:
            // A number that is missing is no target.
            return values.enumerated().compactMap { place, value in value.isNaN ? nil : (place / width, place % width, value) }
        case .vectorEveryStep(let values, let width)?:
            return values.enumerated().compactMap { place, value in
                let (time, sequence) = (place / width).quotientAndRemainder(dividingBy: batch.sequenceCount)
                return time < batch.lengths[sequence] ? (sequence, place % width, value) : nil
            }
        case .tokenEveryStep?, .classAtEnd?, .transcripts?, nil: return []
        }
    }

    /// The target class at each place, `[time, batch]` or `[batch]`; ``Batch/padding`` where there is none.
    private static func classes(of batch: Batch) -> [Int32] {
        switch batch.target {
        case .tokenEveryStep(let classes)?, .classAtEnd(let classes)?: classes
        case .vectorAtEnd?, .vectorEveryStep?, .transcripts?, nil: []
        }
    }

    /// The same scores for every target, and the class that is always named; nil for targets that are numbers.
    private static func predictedClasses(of batch: Batch, scores: [Float], named: Int = 0) -> [PredictedClasses]? {
        switch batch.target {
        case .vectorAtEnd?, .vectorEveryStep?, .transcripts?, nil: return nil
        case .classAtEnd(let classes)?: return classes.map { PredictedClasses(targets: [$0], predicted: [Int32(named)], scores: scores) }
        case .tokenEveryStep(let classes)?:
            // Scores would take a large vocabulary's memory at every step, and are asked for at ends only.
            return (0..<batch.sequenceCount).map { sequence in
                let own = stride(from: sequence, to: classes.count, by: batch.sequenceCount).map { classes[$0] }.filter { $0 != Batch.padding }
                return PredictedClasses(targets: own, predicted: Array(repeating: Int32(named), count: own.count), scores: [])
            }
        }
    }

    /// Number of targets of each sequence of classes or tokens.
    private static func targetCounts(of batch: Batch) -> [Int] {
        switch batch.target {
        case nil: return []
        case .classAtEnd, .vectorAtEnd, .vectorEveryStep, .transcripts: return Array(repeating: 1, count: batch.sequenceCount)
        case .tokenEveryStep(let tokens):
            var counts = Array(repeating: 0, count: batch.sequenceCount)
            for (place, token) in tokens.enumerated() where token != Batch.padding { counts[place % batch.sequenceCount] += 1 }
            return counts
        }
    }
}
