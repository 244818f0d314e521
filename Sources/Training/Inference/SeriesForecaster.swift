import Batches
import Checkpoints
public import Datasets
import Network
public import Scheduling

/// A trained model of numbers that foretells, from rows in the units of its file, rows in the same units.
public final class SeriesForecaster {
    /// Columns of a row, in order: those that the model reads; and where a window is taken relative to its last row, the predicted ones that are
    /// none of them, whose last values must be known.
    public let columns: [String]
    /// Columns that are predicted.
    public let targets: [String]
    /// Rows that the model reads.
    public let length: Int
    /// Rows that it predicts.
    public let horizon: Int
    private let run: TrainedRun
    private let network: Network
    private let statistics: SeriesStatistics
    private let inputCount: Int
    private let targetPlaces: [Int]
    private let isRelative: Bool

    /// - Throws: ``TrainingError/forecastsNothing(kind:)`` if the model of `run` reads no series, ``DatasetError`` or ``CheckpointError`` if what the run
    ///   stored can't be read.
    public init(run: TrainedRun, team: GateTeam) throws {
        guard let statistics = try run.statistics() else { throw TrainingError.forecastsNothing(kind: run.configuration.data.kind.rawValue) }
        let data = run.configuration.data
        self.run = run
        self.statistics = statistics
        let names = statistics.columns.map(\.name)
        inputCount = data.columns.isEmpty ? names.count : data.columns.count
        targets = data.targets.isEmpty ? Array(names.prefix(inputCount)) : data.targets
        targetPlaces = targets.compactMap { names.firstIndex(of: $0) }
        guard targetPlaces.count == targets.count else {
            throw DatasetError.columnsDiffer(path: run.path, found: targets, stored: names)
        }
        columns = data.relative ? names : Array(names.prefix(inputCount))
        (length, horizon, isRelative) = (data.length, data.horizon, data.relative)
        network = try run.network(
            shape: run.configuration.networkShape(
                reading: .vectors(featureCount: inputCount), for: .regression(outputCount: data.horizon * targets.count)),
            team: team)
    }

    /// The rows that follow `rows`, `[horizon, targets]`.
    /// - Parameter rows: the last ``length`` rows, `[length, columns]`, all finite; both are preconditions.
    /// - Throws: ``DatasetError/valueOutOfScale(path:row:column:)`` for a value that the training part gives no scale for.
    public func forecast(_ rows: [[Double]]) throws(DatasetError) -> [[Double]] {
        precondition(rows.count == length && rows.allSatisfy { $0.count == columns.count }, "\(rows.count) rows of \(length)")
        var standardised: [[Float]] = []
        for (place, row) in rows.enumerated() {
            let numbers = zip(row, statistics.columns).map { Float($1.standardised($0)) }
            if let wrong = numbers.firstIndex(where: { !(abs($0) < 1e18) }) {
                throw .valueOutOfScale(path: "the rows to forecast from", row: place + 1, column: columns[wrong])
            }
            standardised.append(numbers)
        }
        let last = standardised[length - 1]
        func base(_ column: Int) -> Float { isRelative ? last[column] : 0 }
        let input = standardised.flatMap { row in (0..<inputCount).map { row[$0] - base($0) } }
        let outputCount = horizon * targets.count
        let batch = Batch(
            timeCount: length, lengths: [length], input: .vectors(input, featureCount: inputCount),
            target: .vectorAtEnd(Array(repeating: 0, count: outputCount), outputCount: outputCount), globalIndices: [0])
        network.forward(batch)
        network.score(batch)
        let outputs = network.outputs(row: 0)
        return (0..<horizon).map { step in
            targetPlaces.enumerated().map { target, place in
                statistics.columns[place].restored(Double(outputs[step * targets.count + target]) + Double(base(place)))
            }
        }
    }
}
