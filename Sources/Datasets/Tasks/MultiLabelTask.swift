import Batches
import Foundation

/// Which labels are on at each time step: a sigmoid and binary cross-entropy for each.
public struct MultiLabelTask: LearningTask {
    /// Names of the labels, in the order of the outputs.
    public let names: [String]
    /// Number of training time steps at which each label is on, and of all of them; nil if they aren't known.
    public let counts: [Int]?
    public let stepCount: Int
    /// Whether the labels of the next time step are predicted from those of the steps before.
    public let isNext: Bool

    public init(names: [String], counts: [Int]? = nil, stepCount: Int = 0, isNext: Bool) {
        (self.names, self.counts, self.stepCount, self.isNext) = (names, counts, stepCount, isNext)
    }

    public var output: OutputDescription { OutputDescription(count: names.count, isEveryStep: true, loss: .binaryCrossEntropy) }
    public var metrics: [Metric] { [.binaryCrossEntropy, .frameAccuracy] }

    /// Of the training time steps at which each label is on: above 0 and below 1. 0.5 where they aren't known.
    public var shares: [Double] {
        // A label that is never on, or always, counts as half a time step, so that its loss is finite.
        counts.map { counts in
            counts.map { max(0.5, min(Double(stepCount) - 0.5, Double($0))) / Double(max(1, stepCount)) }
        } ?? Array(repeating: 0.5, count: names.count)
    }

    /// Each label as often as in the training part.
    public var baseline: Baseline { .independent(shares) }

    public var uses: Set<ModelUse> { isNext ? [.label, .generate] : [.label] }
    public var display: PredictionDisplay { .labels(names) }
    public var name: String { isNext ? "prediction of the next set of labels" : "multi-label classification of time steps" }
}

extension Metric {
    /// Σ over labels, by time step.
    static let binaryCrossEntropy = Metric(
        key: "loss", title: "loss, nats a time step", unit: .nats, card: ("loss", "binary cross-entropy, nats a time step"), term: \.loss)
}

extension Metric {
    /// Labels that are on and named, of all that are on or named (Bay, Ehmann & Downie 2009): 0 without any.
    static let frameAccuracy: Metric = {
        let rule = TallyRule(name: "labels", detail: .sums) { outcome, tally in
            tally.add(Int(outcome.rightCount), to: 0)
            tally.add(Int(outcome.absoluteError), to: 1)
        }
        return Metric(
            key: "frameAccuracy", title: "frame accuracy", unit: .share, isBetterHigher: true,
            log: Log(
                key: "validationFrameAccuracy", tag: "validation/frame_accuracy", meaning: "Labels that are on and named, of all that are on or named, in validation.",
                column: "frame acc", curve: ("Validation frame accuracy", "share of labels", "frame-accuracy")),
            card: ("accuracy", "frame accuracy"), .counts(rule) { Double($0[0]) / Double(max(1, $0[0] + $0[1])) })
    }()
}

extension Baseline {
    /// Labels that are on independently of each other and of the input.
    /// - Parameter shares: of the time steps at which each label is on: above 0 and below 1.
    static func independent(_ shares: [Double]) -> Baseline {
        let (on, off) = (shares.map { -log($0) }, shares.map { -log(1 - $0) })
        return Baseline(title: "each label as often as in training", isGuess: false, knownLoss: nil) { batch in
            guard case .vectorEveryStep(let values, let count)? = batch.target else { return [] }
            return batch.lengths.indices.map { sequence in
                var outcome = SequenceOutcome(loss: 0)
                for time in 0..<batch.lengths[sequence] {
                    let first = (time * batch.sequenceCount + sequence) * count
                    for label in 0..<count {
                        let (isOn, isGuessed) = (values[first + label] > 0.5, shares[label] > 0.5)
                        outcome.loss += isOn ? on[label] : off[label]
                        outcome.rightCount += isOn && isGuessed ? 1 : 0
                        outcome.absoluteError += isOn != isGuessed ? 1 : 0
                    }
                }
                return outcome
            }
        }
    }
}
