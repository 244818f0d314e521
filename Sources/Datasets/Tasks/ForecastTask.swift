public import Batches

/// The next rows of a series, at the window's last row: a linear head and a loss of standardised numbers, the mean squared error by default.
public struct ForecastTask: LearningTask {
    public let output: OutputDescription

    /// - Parameters:
    ///   - outputCount: predicted rows × predicted columns × outputs for each number.
    ///   - loss: one of numbers.
    public init(outputCount: Int, loss: Loss = .squaredError) {
        output = OutputDescription(count: outputCount, isEveryStep: false, loss: loss)
    }

    public var metrics: [Metric] { Metric.ofNumbers(output.loss, scale: ", standardised") }
    /// Standardised targets, and differences from a window's last row, have mean 0; of a distribution the one that knows nothing but the scale.
    public var baseline: Baseline { output.loss.distribution.map(Baseline.uninformed) ?? .constant(0, loss: output.loss) }
    public var uses: Set<ModelUse> { [.forecast] }
    public var display: PredictionDisplay { .forecasts }
    public var name: String { "time series forecasting" }
    public var pipelineTag: String? { "time-series-forecasting" }
}
