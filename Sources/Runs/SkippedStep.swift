import StrictJSON

/// A step that was skipped because its loss, its gradient or its update wasn't finite.
public struct SkippedStep: Sendable, Equatable {
    public let step: Int
    public let learningRate: Double
    /// If it and the loss are finite, the update isn't.
    public let gradientNorm: Double
    /// Absolute value of the largest weight, if no sequence of the batch has a finite gradient, so the weights are the cause; otherwise nil.
    public let largestWeight: Double?
    /// Indices in the training part of sequences whose own loss or gradient isn't finite; empty if only their sum isn't.
    public let sequences: [Int]
    /// Number of steps that the run has skipped, including this one.
    public let skippedCount: Int

    package init(step: Int, learningRate: Double, gradientNorm: Double, largestWeight: Double?, sequences: [Int], skippedCount: Int) {
        self.step = step
        self.learningRate = learningRate
        self.gradientNorm = gradientNorm
        self.largestWeight = largestWeight
        self.sequences = sequences
        self.skippedCount = skippedCount
    }

    /// A line of `metrics.jsonl`.
    var metrics: JSONValue {
        .object(["step": .integer(step), "skipped": .bool(true), "sequences": .list(sequences.map(JSONValue.integer))])
    }
}
