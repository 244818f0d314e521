import Batches

/// Numbers, at the sequence's last time step: a linear head and the mean squared error.
public struct RegressionTask: LearningTask {
    public let output: OutputDescription
    /// Absolute error up to which a sequence counts as right; nil if none does.
    public let tolerance: Double?
    /// Mean of the targets in the training part.
    public let meanTarget: Double

    public init(outputCount: Int, meanTarget: Double = 0, tolerance: Double? = nil) {
        output = OutputDescription(count: outputCount, isEveryStep: false, loss: .squaredError)
        (self.meanTarget, self.tolerance) = (meanTarget, tolerance)
    }

    public var metrics: [Metric] {
        [.squaredError(scale: ""), .absoluteError(scale: "")] + (tolerance.map { [.largeErrors(above: $0, outputCount: output.count)] } ?? [])
    }

    public var baseline: Baseline { .constant(meanTarget) }
    public var uses: Set<ModelUse> { [] }
    public var display: PredictionDisplay { .numbers(tolerance: tolerance) }
    public var name: String { "sequence regression" }
}
