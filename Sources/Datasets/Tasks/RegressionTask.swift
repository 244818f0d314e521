public import Batches

/// Numbers, at the sequence's last time step: a linear head and a loss of numbers.
public struct RegressionTask: LearningTask {
    public let output: OutputDescription
    /// Absolute error up to which a sequence counts as right; nil if none does.
    public let tolerance: Double?
    /// Mean of the targets in the training part.
    public let meanTarget: Double

    /// - Parameter loss: one of numbers.
    public init(outputCount: Int, meanTarget: Double = 0, tolerance: Double? = nil, loss: Loss = .squaredError) {
        output = OutputDescription(count: outputCount, isEveryStep: false, loss: loss)
        (self.meanTarget, self.tolerance) = (meanTarget, tolerance)
    }

    public var metrics: [Metric] {
        Metric.ofNumbers(output.loss, scale: "") + (tolerance.map { [.largeErrors(above: $0, outputCount: output.count)] } ?? [])
    }

    public var baseline: Baseline { .constant(meanTarget, loss: output.loss) }
    public var uses: Set<ModelUse> { [] }
    public var display: PredictionDisplay { .numbers(tolerance: tolerance) }
    public var name: String { "sequence regression" }
}
