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
    ///   - rows: the last ``SeriesScaling/length`` rows, `[length, neededColumns]`, all finite; both are preconditions.
    ///   - series: the rows' series, if each has a scale of its own; otherwise of no effect.
    /// - Throws: ``DatasetError/valueOutOfScale(path:row:column:)`` for a value out of the training part's scale; rows from 1.
    ///   ``DatasetError/unknownSeries(path:name:)``.
    public func forecast(_ rows: [[Double]], ofSeries series: String = "") throws(DatasetError) -> [[Double]] {
        try quantiles(after: rows, ofSeries: series).map { values in
            stride(from: scaling.forecastsPerValue / 2, to: values.count, by: scaling.forecastsPerValue).map { values[$0] }
        }
    }

    /// The same with all quantiles, `[horizon, targets · quantiles]`; of a model without them one number for each target.
    /// - Parameters:
    ///   - calendar: ``SeriesPast/calendar``.
    ///   - future: ``SeriesPast/future``.
    func quantiles(
        after rows: [[Double]], ofSeries series: String, calendar: [Float] = [], future: [[Double]] = []
    ) throws(DatasetError) -> [[Double]] {
        let scaling = try self.scaling.ofSeries(series, path: "the rows to forecast from")
        let neededCount = scaling.neededColumns.count
        precondition(rows.count == scaling.length && rows.allSatisfy { $0.count == neededCount }, "\(rows.count) rows of \(scaling.length)")
        let values = try scaling.statistics.standardised(rows.flatMap { $0 }, columnCount: neededCount, of: "the rows to forecast from")
        let base = scaling.base(lastRow: values.suffix(neededCount))
        let (calendarWidth, known) = (scaling.featureCount - scaling.inputCount, try scaling.standardisedFuture(future))
        precondition(calendar.count == rows.count * calendarWidth, "the model reads the calendar of each row")
        let aheads = scaling.aheads
        let input = rows.indices.flatMap { row in
            (0..<scaling.inputCount).map { column in
                let place = row + aheads[column]
                return (place < rows.count ? values[place * neededCount + column] : known[place - rows.count][column] ?? 0) - base[column]
            } + calendar[row * calendarWidth..<(row + 1) * calendarWidth]
        }
        let bases = scaling.targetBases { values[$0 * neededCount + $1] }
        let restored = scaling.restored(outputs(of: input).array(), targetBases: bases)
        let width = scaling.targetPlaces.count * scaling.forecastsPerValue
        return (0..<scaling.horizon).map { Array(restored[$0 * width..<($0 + 1) * width]) }
    }

    /// The network's outputs after a window, `[horizon · targets]`.
    private func outputs(of input: [Float]) -> FloatView {
        let batch = Batch(
            timeCount: scaling.length, lengths: [scaling.length], input: .vectors(input, featureCount: scaling.featureCount), globalIndices: [0])
        network.forward(batch)
        network.score(batch)
        return network.outputs(row: 0)
    }
}

extension TrainedRun {
    /// The scaling of the run's series; nil if its data aren't a series.
    /// - Throws: ``DatasetError`` if the run's statistics are missing or aren't of its columns.
    public func seriesScaling() throws -> SeriesScaling? { try meaning() as? SeriesScaling }
}
