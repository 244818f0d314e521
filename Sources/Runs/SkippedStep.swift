import StrictJSON

/// A step that was left out, since its loss, its gradient or its update of the weights wasn't finite.
public struct SkippedStep: Sendable, Equatable {
    public let step: Int
    public let learningRate: Double
    /// Finite where the loss and the gradient are: then it is the update that isn't.
    public let gradientNorm: Double
    /// The size of the largest weight, where no sequence of the batch has a finite gradient: then the weights are at fault. Else nil.
    public let largestWeight: Double?
    /// Sequences whose own loss or gradient isn't finite, by their places in the training part; none if only their sum isn't.
    public let sequences: [Int]
    /// Steps that the run has left out, this one included.
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
