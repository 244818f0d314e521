import Checkpoints
import Configuration
import Datasets
import Inference
import Kernels
import Threads
import Training

/// A model that `lstm-train` has trained, ready to be used.
///
/// ```swift
/// let model = try TrainedModel(path: "runs/play")
/// print(try model.continueText("ROMEO:", length: 200, temperature: 0.8, seed: 1))
/// ```
///
/// What it computes is what the program computes: the same bits on every processor, in the precision that the model was trained in.
/// A model and the sessions that it opened are used from one thread at a time; several models may be used at once.
public final class TrainedModel {
    /// What a model says about what it reads.
    public enum Task: Sendable, Hashable {
        /// The next symbol of a text.
        case text
        /// The next rows of a series of numbers.
        case forecast
        /// The class of a whole sequence of symbols.
        case classification
        /// Another one, of which this library gives only the facts; `kind` is the run's `data.kind`.
        case other(kind: String)
    }

    /// Which checkpoint of a run is loaded.
    public enum Checkpoint: Sendable, Hashable {
        /// The newest that is whole.
        case newest
        /// The one with the lowest validation loss of those that are whole.
        case best
    }

    /// What the model says.
    public let task: Task
    /// The checkpoint that the weights are from.
    public let checkpointPath: String
    /// Training steps of the checkpoint.
    public let step: Int
    /// Weights of the model.
    public let parameterCount: Int
    /// SHA-256 of the weights, as `lstm-train inspect` shows it.
    public let weightsSHA256: String
    /// "float32" or "bfloat16": what products' factors are rounded to.
    public let precision: String
    /// Newer checkpoints that are damaged and weren't taken, each with the reason; mostly none.
    public let skippedCheckpoints: [String]

    let run: TrainedRun
    let team: ThreadTeam
    private var forecaster: SeriesForecaster?
    private var classifier: SymbolReader?

    /// Loads a run at its newest or its best checkpoint, or one checkpoint.
    /// - Parameters:
    ///   - path: the run directory, or one of its checkpoints (`…/checkpoints/step-…`).
    ///   - threadCount: threads to compute with, at least 1; results don't depend on it. More than one pays for wide layers only.
    ///   - checkpoint: which checkpoint of a run directory. With ``Checkpoint/best`` `path` must be a run directory.
    /// - Throws: ``ModelError/unreadable(_:)`` with the reason, ``ModelError/threadCount(_:)``.
    public init(path: String, threadCount: Int = 1, checkpoint: Checkpoint = .newest) throws(ModelError) {
        guard threadCount >= 1 else { throw .threadCount(threadCount) }
        if let mismatch = processorMismatch() { throw .unreadable(mismatch) }
        let run = try mappingErrors { try TrainedRun(path, at: checkpoint == .best ? .best : .newest) }
        self.run = run
        team = ThreadTeam(threadCount: threadCount, spins: threadCount > 1 && threadCount <= usableCoreCount())
        let manifest = run.checkpoint.manifest
        checkpointPath = run.checkpoint.path
        step = manifest.step
        weightsSHA256 = manifest.weightsSHA256
        parameterCount = run.parameters.elementCount
        precision = run.precision.rawValue
        skippedCheckpoints = run.skippedCheckpoints.map(\.description)
        switch run.configuration.data.kind {
        case .text, .textWindows, .embeddedReber: task = .text
        case .series: task = .forecast
        case .temporalOrder: task = .classification
        default: task = .other(kind: run.configuration.data.kind.rawValue)
        }
    }

    // MARK: Text

    /// Continues a text by `length` symbols: the same text for the same seed, everywhere, and the one that `lstm-train generate` writes.
    /// - Parameters:
    ///   - beginning: at least one symbol, all of which the model knows.
    ///   - length: symbols to write, 0 or more.
    ///   - temperature: scores are divided by it before a symbol is drawn; 0 takes the likeliest each time.
    ///   - seed: another one, another text.
    /// - Returns: the text with its beginning, as the model reads it: small, say, where it was trained so.
    /// - Throws: ``ModelError/writesNoText(kind:)``, ``ModelError/unknownSymbol(_:)``, ``ModelError/emptyText``, ``ModelError/length(_:)``,
    ///   ``ModelError/temperature(_:)``.
    public func continueText(_ beginning: String, length: Int, temperature: Double = 1, seed: UInt64 = 1) throws(ModelError) -> String {
        guard task == .text else { throw .writesNoText(kind: kind) }
        guard length >= 0 else { throw .length(length) }
        guard temperature >= 0, temperature.isFinite else { throw .temperature(temperature) }
        return try mappingErrors {
            let generator = try Generator(run: run, temperature: temperature, seed: seed, team: team)
            let prompt = try generator.tokens(of: beginning)
            return generator.vocabulary.decode(generator.generate(from: [prompt], length: length)[0])
        }
    }

    /// Opens a session that reads a text piece by piece, and says after each what comes next, or which class it takes it for.
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

    /// What ``forecast(_:)-([[Double]])`` reads and says.
    /// - Throws: ``ModelError/forecastsNothing(kind:)``.
    public func seriesFacts() throws(ModelError) -> SeriesFacts {
        let scaling = try loadedForecaster().scaling
        return SeriesFacts(scaling)
    }

    /// The rows that follow, `[horizon, targets]`, in the units of the training file.
    /// - Parameter rows: `[at least length, columns]`, in the order of ``SeriesFacts/columns``; the last ``SeriesFacts/length`` are read.
    /// - Throws: ``ModelError/forecastsNothing(kind:)``, ``ModelError/rowCount(found:wanted:)``, ``ModelError/rowWidth(row:found:columns:)``,
    ///   ``ModelError/value(row:column:)``.
    public func forecast(_ rows: [[Double]]) throws(ModelError) -> [[Double]] {
        let forecaster = try loadedForecaster()
        let (columns, length) = (forecaster.scaling.neededColumns, forecaster.scaling.length)
        guard rows.count >= length else { throw .rowCount(found: rows.count, wanted: length) }
        for (place, row) in rows.enumerated() {
            guard row.count == columns.count else { throw .rowWidth(row: place + 1, found: row.count, columns: columns) }
            if let wrong = row.firstIndex(where: { !$0.isFinite }) { throw .value(row: place + 1, column: columns[wrong]) }
        }
        do { return try mappingErrors { try forecaster.forecast(Array(rows.suffix(length))) } } catch .value(let row, let column) {
            // Counted from the first that was given.
            throw .value(row: rows.count - length + row, column: column)
        }
    }

    /// Sentences about values that lie more than 1,000 deviations from the training part's mean, for which a forecast is a guess; none where there are none.
    /// - Parameter rows: as ``forecast(_:)-([[Double]])`` reads them.
    /// - Throws: ``ModelError/forecastsNothing(kind:)``, ``ModelError/rowWidth(row:found:columns:)``.
    public func warnings(on rows: [[Double]]) throws(ModelError) -> [String] {
        let scaling = try loadedForecaster().scaling
        if let wrong = rows.firstIndex(where: { $0.count != scaling.neededColumns.count }) {
            throw .rowWidth(row: wrong + 1, found: rows[wrong].count, columns: scaling.neededColumns)
        }
        return scaling.notes(on: rows)
    }

    /// The rows that follow, by the names of their columns.
    /// - Parameter rows: each with a value for each of ``SeriesFacts/columns``; others are refused, for they may be a misspelt one.
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

    private var kind: String { run.configuration.data.kind.rawValue }
}

/// What a model of a series reads and says.
public struct SeriesFacts: Sendable, Hashable {
    /// Columns of a row that it reads, in order.
    public let columns: [String]
    /// Columns that it foretells, in order.
    public let targets: [String]
    /// Rows that it reads.
    public let length: Int
    /// Rows that it foretells.
    public let horizon: Int

    init(_ scaling: SeriesScaling) {
        (columns, targets, length, horizon) = (scaling.neededColumns, scaling.targetNames, scaling.length, scaling.horizon)
    }
}
