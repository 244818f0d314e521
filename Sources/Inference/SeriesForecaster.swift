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
    private let run: TrainedRun
    private let network: Model

    /// - Throws: ``TrainingError/forecastsNothing(kind:)`` if the model of `run` isn't one of a series, ``DatasetError`` or ``CheckpointError`` if the
    ///   run's stored files can't be read.
    public init(run: TrainedRun, team: ThreadTeam) throws {
        guard let scaling = try run.seriesScaling() else { throw TrainingError.forecastsNothing(kind: run.configuration.data.kind.rawValue) }
        self.run = run
        self.scaling = scaling
        network = try run.network(
            shape: run.configuration.networkShape(
                reading: .vectors(featureCount: scaling.inputCount), for: .regression(outputCount: scaling.horizon * scaling.targetPlaces.count)),
            team: team)
    }

    /// Forecasts the rows that follow `rows`, `[horizon, targets]`.
    /// - Parameter rows: the last ``SeriesScaling/length`` rows, `[length, neededColumns]`, all finite; both are preconditions.
    /// - Throws: ``DatasetError/valueOutOfScale(path:row:column:)`` for a value out of the training part's scale; rows from 1.
    public func forecast(_ rows: [[Double]]) throws(DatasetError) -> [[Double]] {
        let neededCount = scaling.neededColumns.count
        precondition(rows.count == scaling.length && rows.allSatisfy { $0.count == neededCount }, "\(rows.count) rows of \(scaling.length)")
        var standardised: [[Float]] = []
        for (place, row) in rows.enumerated() {
            var numbers: [Float] = []
            for (value, column) in zip(row, scaling.statistics.columns) {
                guard let number = column.number(value) else { throw .valueOutOfScale(path: "the rows to forecast from", row: place + 1, column: column.name) }
                numbers.append(number)
            }
            standardised.append(numbers)
        }
        let last = standardised[scaling.length - 1]
        func base(_ column: Int) -> Float { scaling.isRelative ? last[column] : 0 }
        let input = standardised.flatMap { row in (0..<scaling.inputCount).map { row[$0] - base($0) } }
        let outputs = outputs(of: input)
        return (0..<scaling.horizon).map { step in
            scaling.targetPlaces.enumerated().map { target, place in
                scaling.statistics.columns[place].restored(Double(outputs[step * scaling.targetPlaces.count + target]) + Double(base(place)))
            }
        }
    }

    /// The network's outputs after a window, `[horizon · targets]`.
    private func outputs(of input: [Float]) -> FloatView {
        let batch = Batch(
            timeCount: scaling.length, lengths: [scaling.length], input: .vectors(input, featureCount: scaling.inputCount), globalIndices: [0])
        network.forward(batch)
        network.score(batch)
        return network.outputs(row: 0)
    }
}

extension TrainedRun {
    /// The scaling of the run's series; nil if its data aren't a series.
    /// - Throws: ``DatasetError`` if the run's statistics are missing or aren't of its columns.
    public func seriesScaling() throws -> SeriesScaling? {
        let data = configuration.data
        guard data.kind == .series else { return nil }
        let file = path + "/" + RunData.statisticsName
        guard let statistics = try statistics() else { throw DatasetError.unreadableFile(path: file, reason: "it is missing from the run. Restore it from a copy") }
        return try SeriesScaling(
            statistics, columns: data.columns, targets: data.targets, length: data.length, horizon: data.horizon, isRelative: data.relative, file: file)
    }
}
