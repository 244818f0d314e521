/// Results of one sequence, from which metrics are computed.
public struct SequenceOutcome: Sendable, Equatable {
    /// Sum of the losses of the sequence's targets: nats, or squared errors.
    public var loss: Double
    /// Number of targets whose class was right; 0 for numbers.
    public var rightCount: Double
    /// Sum of the absolute errors; 0 for classes.
    public var absoluteError: Double
    /// The true and predicted classes; nil unless a metric of the task needs them (``LearningTask/outcomeDetail``).
    public var classes: PredictedClasses?
    /// How much text the targets are; 0 unless a metric of the task needs it (``LearningTask/textLengths(of:)``).
    public var length = TextLength()
    /// The true and decoded symbols; nil unless a metric of the task needs them (``LearningTask/outcomeDetail``).
    public var transcript: PredictedTranscript?

    public init(loss: Double, rightCount: Double = 0, absoluteError: Double = 0, classes: PredictedClasses? = nil) {
        (self.loss, self.rightCount, self.absoluteError, self.classes) = (loss, rightCount, absoluteError, classes)
    }
}

/// The true and the predicted class of each of a sequence's targets, in the order of time.
public struct PredictedClasses: Sendable, Equatable {
    /// True classes. `[targets]`.
    public let targets: [Int32]
    /// Predicted classes. `[targets]`.
    public let predicted: [Int32]
    /// Outputs before the softmax. `[targets, classes]`.
    public let scores: [Float]

    public init(targets: [Int32], predicted: [Int32], scores: [Float]) {
        precondition(targets.count == predicted.count, "a prediction for each target")
        (self.targets, self.predicted, self.scores) = (targets, predicted, scores)
    }

    /// Number of classes; 0 without a target.
    public var classCount: Int { targets.isEmpty ? 0 : scores.count / targets.count }
}

/// What an evaluation must know of each sequence.
public enum OutcomeDetail: Sendable {
    /// Sums over its targets, which cost nothing.
    case sums
    /// The classes of each of its targets as well: an evaluation keeps the scores of all classes until they are decoded.
    case classes
    /// Its symbols as well, true and decoded.
    case transcripts
}
