import Batches

/// The next rows of a series, at the window's last row: a linear head and the mean squared error of standardised values.
public struct ForecastTask: LearningTask {
    public let output: OutputDescription

    /// - Parameter outputCount: predicted rows × predicted columns.
    public init(outputCount: Int) {
        output = OutputDescription(count: outputCount, isEveryStep: false, loss: .squaredError)
    }

    public var metrics: [Metric] { [.squaredError(scale: ", standardised"), .absoluteError(scale: ", standardised")] }
    /// Standardised targets, and differences from a window's last row, have mean 0.
    public var baseline: Baseline { .constant(0) }
    public var uses: Set<ModelUse> { [.forecast] }
    public var display: PredictionDisplay { .forecasts }
    public var name: String { "time series forecasting" }
    public var pipelineTag: String? { "time-series-forecasting" }
}
