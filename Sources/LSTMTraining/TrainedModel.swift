import Checkpoints
import Configuration
import Datasets
import Files
import Inference
import Kernels
import Threads
import Training

/// A model trained by `lstm-train`.
///
/// ```swift
/// let model = try TrainedModel(path: "runs/play")
/// print(try model.continueText("ROMEO:", length: 200, temperature: 0.8, seed: 1))
/// ```
///
/// It computes the same results as the program: the same bits on every processor, in the precision in which the model was trained.
/// Use a model and its sessions from one thread at a time; different models may be used concurrently.
public final class TrainedModel {
    /// Task of a model.
    public enum Task: Sendable, Hashable {
        /// The next symbol of a text.
        case text
        /// The next rows of a series of numbers.
        case forecast
        /// The class of a whole sequence of symbols.
        case classification
        /// The next set of labels of a sequence of sets, such as the notes of chords.
        case labelSets
        /// The next numbers of a sequence, or the next point of a drawing.
        case frames
        /// Another task, for which this library has only the facts; `kind` is the run's `data.kind`.
        case other(kind: String)
    }

    /// Selects a checkpoint of a run.
    public enum Checkpoint: Sendable, Hashable {
        /// Of a run with early stopping (`training.patience`) the best one, if there is one; else the newest.
        case usual
        /// The newest valid one.
        case newest
        /// The valid one with the lowest validation loss.
        case best

        fileprivate var choice: CheckpointChoice {
            switch self {
            case .usual: .usual
            case .newest: .newest
            case .best: .best
            }
        }
    }

    /// The model's task.
    public let task: Task
    /// The checkpoint with the weights.
    public let checkpointPath: String
    /// The checkpoint's number of training steps.
    public let step: Int
    /// Number of parameters.
    public let parameterCount: Int
    /// SHA-256 of the weights, as `lstm-train inspect` shows it.
    public let weightsSHA256: String
    /// Precision of the inputs of matrix products: "float32" or "bfloat16".
    public let precision: String
    /// Newer checkpoints that are damaged and were skipped, each with the reason; usually empty.
    public let skippedCheckpoints: [String]

    let run: TrainedRun
    let team: ThreadTeam
    private var forecaster: SeriesForecaster?
    private var classifier: SymbolReader?

    /// Loads a run at its usual, newest or best checkpoint, or a single checkpoint.
    /// - Parameters:
    ///   - path: the run directory, or one of its checkpoints (`…/checkpoints/step-…`).
    ///   - threadCount: number of threads, at least 1; results don't depend on it. More than one is faster only for wide layers.
    ///   - checkpoint: the checkpoint of a run directory. With ``Checkpoint/best`` `path` must be a run directory.
    /// - Throws: ``ModelError/unreadable(_:)`` with the reason, ``ModelError/threadCount(_:)``.
    public init(path: String, threadCount: Int = 1, checkpoint: Checkpoint = .usual) throws(ModelError) {
        guard threadCount >= 1 else { throw .threadCount(threadCount) }
        if let mismatch = processorMismatch() { throw .unreadable(mismatch) }
        let run = try mappingErrors { try TrainedRun(path, at: checkpoint.choice) }
        self.run = run
        team = ThreadTeam(threadCount: threadCount, spins: threadCount > 1 && threadCount <= usableCoreCount())
        let manifest = run.checkpoint.manifest
        checkpointPath = run.checkpoint.path
        step = manifest.step
        weightsSHA256 = manifest.weightsSHA256
        parameterCount = run.parameters.elementCount
        precision = run.precision.rawValue
        skippedCheckpoints = run.skippedCheckpoints.map(\.description)
        task = try mappingErrors { try Task(run) }
    }

    // MARK: Text

    /// Continues a text by `length` symbols. The same seed gives the same text on every machine, which is also that of `lstm-train generate`.
    /// - Parameters:
    ///   - beginning: at least one symbol, all of which must be in the vocabulary.
    ///   - length: number of symbols to generate, 0 or more.
    ///   - temperature: divides the scores before a symbol is drawn; 0 always takes the most likely one.
    ///   - seed: different seeds give different texts.
    /// - Returns: the text including its beginning, as the model reads it: for example in lower case, if it was trained that way.
    /// - Throws: ``ModelError/writesNoText(kind:)``, ``ModelError/unknownSymbol(_:)``, ``ModelError/emptyText``, ``ModelError/length(_:)``,
    ///   ``ModelError/temperature(_:)``.
    public func continueText(_ beginning: String, length: Int, temperature: Double = 1, seed: UInt64 = 1) throws(ModelError) -> String {
        try continueText(beginning, length: length, sampling: TextSampling(temperature: temperature, seed: seed))
    }

    /// Opens a session that reads a text in pieces, and gives probabilities of the next symbol, or of the classes, after each.
    /// - Throws: ``ModelError/writesNoText(kind:)`` if the model reads no symbols.
    public func session() throws(ModelError) -> TextSession {
        guard task == .text || task == .classification else { throw .writesNoText(kind: kind) }
        return TextSession(reader: try mappingErrors { try SymbolReader(run: run, team: team) }, model: self)
    }

    /// The probability of each class of a sequence of symbols.
    /// - Throws: ``ModelError/classifiesNothing(kind:)``, ``ModelError/unknownSymbol(_:)``, ``ModelError/emptyText``.
    public func classify(_ sequence: String) throws(ModelError) -> [Double] {
        guard task == .classification else { throw .classifiesNothing(kind: kind) }
        let reader = try loadedClassifier()
        reader.reset()
        reader.read(try mappingErrors { try reader.tokens(of: sequence) })
        guard let probabilities = reader.probabilities else { throw .emptyText }
        return probabilities
    }

    // MARK: Series

    /// Inputs and outputs of ``forecast(_:)-([[Double]])``.
    /// - Throws: ``ModelError/forecastsNothing(kind:)``.
    public func seriesFacts() throws(ModelError) -> SeriesFacts {
        let scaling = try loadedForecaster().scaling
        return SeriesFacts(scaling)
    }

    /// Forecasts the following rows, `[horizon, targets]`, in the units of the training file.
    /// - Parameter rows: `[at least length, columns]`, in the order of ``SeriesFacts/columns``; the last ``SeriesFacts/length`` are used.
    /// - Throws: ``ModelError/forecastsNothing(kind:)``, ``ModelError/rowCount(found:wanted:)``, ``ModelError/rowWidth(row:found:columns:)``,
    ///   ``ModelError/value(row:column:)``.
    public func forecast(_ rows: [[Double]]) throws(ModelError) -> [[Double]] { try forecast(rows, ofSeries: "") }

    /// The same for one of several series, which have scales of their own if the run was trained with `data.scaling` `"series"`.
    /// - Parameters:
    ///   - rows: `[at least length, columns]`, in the order of ``SeriesFacts/columns``; the last ``SeriesFacts/length`` are used.
    ///   - series: its name in the training file.
    /// - Throws: as the other forms; for a series without a scale the error of its data; ``ModelError/readsAhead(columns:)``.
    public func forecast(_ rows: [[Double]], ofSeries series: String) throws(ModelError) -> [[Double]] {
        let forecaster = try loadedForecaster()
        guard !forecaster.scaling.readsAhead else { throw .readsAhead(columns: forecaster.scaling.futureNames) }
        let (columns, length) = (forecaster.scaling.neededColumns, forecaster.scaling.pastRowCount)
        guard rows.count >= length else { throw .rowCount(found: rows.count, wanted: length) }
        for (place, row) in rows.enumerated() {
            guard row.count == columns.count else { throw .rowWidth(row: place + 1, found: row.count, columns: columns) }
            if let wrong = row.firstIndex(where: { !$0.isFinite }) { throw .value(row: place + 1, column: columns[wrong]) }
        }
        do { return try mappingErrors { try forecaster.forecast(Array(rows.suffix(length)), ofSeries: series) } } catch .value(let row, let column) {
            // Counted from the first given row.
            throw .value(row: rows.count - length + row, column: column)
        }
    }

    /// Warnings about values more than 1,000 deviations from the training part's mean, for which a forecast is a guess; empty if there are none.
    /// - Parameter rows: as for ``forecast(_:)-([[Double]])``.
    /// - Throws: ``ModelError/forecastsNothing(kind:)``, ``ModelError/rowWidth(row:found:columns:)``.
    public func warnings(on rows: [[Double]]) throws(ModelError) -> [String] {
        let scaling = try loadedForecaster().scaling
        if let wrong = rows.firstIndex(where: { $0.count != scaling.neededColumns.count }) {
            throw .rowWidth(row: wrong + 1, found: rows[wrong].count, columns: scaling.neededColumns)
        }
        return scaling.notes(on: rows)
    }

    /// Forecasts the following rows, with values by column name.
    /// - Parameter rows: each with a value for each of ``SeriesFacts/columns``; other columns are an error, since they may be misspelled.
    /// - Throws: as the other form, ``ModelError/columnMissing(row:column:)`` and ``ModelError/columnUnknown(row:column:columns:)``.
    public func forecast(_ rows: [[String: Double]]) throws(ModelError) -> [[String: Double]] {
        let scaling = try loadedForecaster().scaling
        let columns = scaling.neededColumns
        var numbers: [[Double]] = []
        for (place, row) in rows.enumerated() {
            if let unknown = row.keys.sorted().first(where: { !columns.contains($0) }) {
                throw .columnUnknown(row: place + 1, column: unknown, columns: columns)
            }
            var values: [Double] = []
            for column in columns {
                guard let value = row[column] else { throw .columnMissing(row: place + 1, column: column) }
                values.append(value)
            }
            numbers.append(values)
        }
        return try forecast(numbers).map { Dictionary(zip(scaling.targetNames, $0), uniquingKeysWith: { first, _ in first }) }
    }

    private func loadedForecaster() throws(ModelError) -> SeriesForecaster {
        guard task == .forecast else { throw .forecastsNothing(kind: kind) }
        if let forecaster { return forecaster }
        let loaded = try mappingErrors { try SeriesForecaster(run: run, team: team) }
        forecaster = loaded
        return loaded
    }

    private func loadedClassifier() throws(ModelError) -> SymbolReader {
        if let classifier { return classifier }
        let loaded = try mappingErrors { try SymbolReader(run: run, team: team) }
        classifier = loaded
        return loaded
    }

    var kind: String { run.configuration.data.kindName }
}

/// Inputs and outputs of a series model.
public struct SeriesFacts: Sendable, Hashable {
    /// Input columns of a row, in order.
    public let columns: [String]
    /// Predicted columns, in order.
    public let targets: [String]
    /// Number of input rows.
    public let length: Int
    /// Number of predicted rows.
    public let horizon: Int

    init(_ scaling: SeriesScaling) {
        (columns, targets, length, horizon) = (scaling.neededColumns, scaling.targetNames, scaling.pastRowCount, scaling.horizon)
    }
}

extension TrainedModel.Task {
    /// What the model of `run` can be used for here.
    fileprivate init(_ run: TrainedRun) throws {
        let uses = try run.task().uses
        if try SetGenerator.serves(run) {
            self = .labelSets
        } else if try FrameGenerator.serves(run) {
            self = .frames
        } else if uses.contains(.generate) {
            self = .text
        } else if uses.contains(.forecast) {
            self = .forecast
        } else if uses.contains(.classify), try run.vocabulary() != nil {
            self = .classification
        } else {
            self = .other(kind: run.configuration.data.kindName)
        }
    }
}
