public import Batches

/// Numbers, at the sequence's last time step or at each: a linear head and a loss of numbers.
public struct RegressionTask: LearningTask {
    public let output: OutputDescription
    /// Absolute error up to which a sequence counts as right; nil if none does.
    public let tolerance: Double?
    /// Mean of the targets in the training part.
    public let meanTarget: Double
    /// How the targets are standardised, one for each output; empty if they are the data's own numbers.
    public let scale: [SeriesStatistics.Column]

    /// - Parameter loss: one of numbers.
    public init(
        outputCount: Int, meanTarget: Double = 0, tolerance: Double? = nil, isEveryStep: Bool = false, scale: [SeriesStatistics.Column] = [],
        loss: Loss = .squaredError
    ) {
        output = OutputDescription(count: outputCount, isEveryStep: isEveryStep, loss: loss)
        (self.meanTarget, self.tolerance, self.scale) = (meanTarget, tolerance, scale)
    }

    public var metrics: [Metric] {
        guard scale.isEmpty else { return Metric.ofNumbers(output.loss, scale: ", standardised") + inUnits }
        return Metric.ofNumbers(output.loss, scale: "") + (tolerance.map { [.largeErrors(above: $0, outputCount: output.count)] } ?? [])
    }

    /// Errors in the data's own units, which a single output has.
    private var inUnits: [Metric] {
        guard scale.count == 1 else { return [] }
        let absolute = Metric.meanAbsoluteErrorInUnits(scale[0].deviation)
        return output.loss == .squaredError ? [absolute, .rootMeanSquaredErrorInUnits(scale[0].deviation)] : [absolute]
    }

    public var baseline: Baseline { .constant(meanTarget, title: scale.isEmpty ? nil : "the mean of training", loss: output.loss) }
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
