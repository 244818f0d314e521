import Batches

/// Numbers, at the sequence's last time step or at each: a linear head and the mean squared error.
public struct RegressionTask: LearningTask {
    public let output: OutputDescription
    /// Absolute error up to which a sequence counts as right; nil if none does.
    public let tolerance: Double?
    /// Mean of the targets in the training part.
    public let meanTarget: Double
    /// How the targets are standardised, one for each output; empty if they are the data's own numbers.
    public let scale: [SeriesStatistics.Column]

    public init(
        outputCount: Int, meanTarget: Double = 0, tolerance: Double? = nil, isEveryStep: Bool = false, scale: [SeriesStatistics.Column] = []
    ) {
        output = OutputDescription(count: outputCount, isEveryStep: isEveryStep, loss: .squaredError)
        (self.meanTarget, self.tolerance, self.scale) = (meanTarget, tolerance, scale)
    }

    public var metrics: [Metric] {
        guard scale.isEmpty else { return [.squaredError(scale: ", standardised"), .absoluteError(scale: ", standardised")] + inUnits }
        return [.squaredError(scale: ""), .absoluteError(scale: "")] + (tolerance.map { [.largeErrors(above: $0, outputCount: output.count)] } ?? [])
    }

    /// Errors in the data's own units, which a single output has.
    private var inUnits: [Metric] {
        guard scale.count == 1 else { return [] }
        return [.meanAbsoluteErrorInUnits(scale[0].deviation), .rootMeanSquaredErrorInUnits(scale[0].deviation)]
    }

    public var baseline: Baseline { .constant(meanTarget) }
    public var uses: Set<ModelUse> { [] }
    public var display: PredictionDisplay { .numbers(tolerance: tolerance) }
    public var name: String { "sequence regression" }
}

extension Metric {
    static func meanAbsoluteErrorInUnits(_ deviation: Double) -> Metric {
        Metric(
            key: "meanAbsoluteErrorInUnits", title: "mean absolute error, in units", unit: .absoluteError, card: ("mae", "mean absolute error, in the data's units"),
            term: \.absoluteError, value: { sum, count in sum / Double(count) * deviation })
    }

    static func rootMeanSquaredErrorInUnits(_ deviation: Double) -> Metric {
        Metric(
            key: "rootMeanSquaredErrorInUnits", title: "root mean squared, in units", unit: .absoluteError,
            card: ("rmse", "root mean squared error, in the data's units"), term: \.loss, value: { sum, count in (sum / Double(count)).squareRoot() * deviation })
    }
}
