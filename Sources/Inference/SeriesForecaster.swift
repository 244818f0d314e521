import Batches
import Checkpoints
import Configuration
public import Datasets
import Kernels
import Layers
import Models
import Runs
public import Threads

/// Forecasts a series with a trained model: from rows in the units of its file, rows in the same units.
public final class SeriesForecaster {
    public let scaling: SeriesScaling
    /// How the run's file was read.
    let reading: TableReading
    /// Column with the name of each row's series; empty for a single series.
    let id: String
    private let run: TrainedRun
    private let network: Model

    /// - Throws: ``TrainingError/forecastsNothing(kind:)`` if the model of `run` isn't one of a series, ``DatasetError`` or ``CheckpointError`` if the
    ///   run's stored files can't be read.
    public init(run: TrainedRun, team: ThreadTeam) throws {
        guard let scaling = try run.seriesScaling() else { throw TrainingError.forecastsNothing(kind: run.configuration.data.kindName) }
        self.run = run
        self.scaling = scaling
        reading = run.configuration.data.table
        id = run.configuration.data.id
        network = try run.network(
            shape: run.configuration.modelDescription(
                reading: .vectors(featureCount: scaling.featureCount), for: ForecastTask(outputCount: scaling.outputCount).output),
            team: team)
    }

    /// Forecasts the rows that follow `rows`, `[horizon, targets]`; of a model with quantiles the medians.
    /// - Parameters:
    ///   - rows: the last ``SeriesScaling/pastRowCount`` rows, `[rows, neededColumns]`, all finite; both are preconditions.
    ///   - series: the rows' series, if each has a scale of its own; otherwise of no effect.
    /// - Throws: ``DatasetError/valueOutOfScale(path:row:column:)`` for a value out of the training part's scale; rows from 1.
    ///   ``DatasetError/unknownSeries(path:name:)``.
    public func forecast(_ rows: [[Double]], ofSeries series: String = "") throws(DatasetError) -> [[Double]] {
        let window = try ForecastWindow(rows, ofSeries: series, scaling: scaling)
        return window.quantiles(outputs(of: [window])[0]).map { values in
            stride(from: scaling.forecastsPerValue / 2, to: values.count, by: scaling.forecastsPerValue).map { values[$0] }
        }
    }

    /// Windows that are computed together.
    private static let largestBatch = 32

    /// The network's outputs after each window, `[window][horizon · targets · outputs]`. They don't depend on which windows are computed together.
    func outputs(of windows: [ForecastWindow]) -> [[Float]] {
        stride(from: 0, to: windows.count, by: Self.largestBatch).flatMap { first in
            let some = windows[first..<min(windows.count, first + Self.largestBatch)]
            let inputs = some.map(\.input)
            let width = scaling.featureCount
            let input = (0..<scaling.length).flatMap { time in inputs.flatMap { $0[time * width..<(time + 1) * width] } }
            let batch = Batch(
                timeCount: scaling.length, lengths: Array(repeating: scaling.length, count: some.count), input: .vectors(input, featureCount: width),
                globalIndices: Array(some.indices))
            network.forward(batch)
            network.score(batch)
            return inputs.indices.map { network.outputs(row: $0).array() }
        }
    }
}

extension TrainedRun {
    /// The scaling of the run's series; nil if its data aren't a series.
    /// - Throws: ``DatasetError`` if the run's statistics are missing or aren't of its columns.
    public func seriesScaling() throws -> SeriesScaling? { try meaning() as? SeriesScaling }
}
