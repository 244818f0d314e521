import Batches
import Configuration
import Datasets
import NumberText

/// Windows of the rows of a table.
struct SeriesSource: DataSource {
    private let configuration: Configuration

    init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    var storedFile: StoredFile? {
        StoredFile(name: SeriesScaling.storedName) { [configuration] text, file in
            let data = configuration.data
            return try SeriesScaling(
                SeriesStatistics(json: Array(text.utf8), file: file), columns: data.columns, targets: data.targets, length: data.length,
                horizon: data.horizon, isRelative: data.relative, lag: data.lag, quantiles: configuration.training.numberLoss.quantiles,
                calendar: CalendarFeature.list(data.calendar), future: data.future, file: file)
        }
    }

    var hasTokens: Bool { false }
    var seedEffect: SeedEffect { .order }

    func task(outputCount: Int, meaning: (any DataMeaning)?) -> any LearningTask {
        ForecastTask(outputCount: outputCount, loss: configuration.training.numberLoss)
    }

    func dataset(evaluating evaluated: EvaluatedRange?, keepsByteOrderMarks: Bool, meaning: (any DataMeaning)?) throws -> any Dataset {
        let options = try options(evaluating: evaluated)
        let (batch, seed, statistics) = (configuration.training.batch, configuration.seed, (meaning as? SeriesScaling)?.statistics)
        let prepared = configuration.data.prepared
        // A part alone, and other statistics, have no prepared form.
        if !prepared.isEmpty, evaluated == nil,
            let windows = try SeriesWindows(options, prepared: prepared, reading: preparedReading, batchSize: batch, seed: seed, statistics: statistics)
        {
            return windows
        }
        return try SeriesWindows(options, batchSize: batch, seed: seed, statistics: statistics)
    }

    func prepare(to path: String, command: String) throws -> PreparedFacts? {
        try SeriesPreparation(options(evaluating: nil), reading: preparedReading).write(to: path, command: command)
    }

    private func options(evaluating evaluated: EvaluatedRange?) throws -> SeriesOptions {
        let data = configuration.data
        return SeriesOptions(
            file: try data.onlyFile(), columns: data.columns, targets: data.targets, length: data.length, horizon: data.horizon, stride: data.stride,
            relative: data.relative, split: try data.split(), rowCounts: data.rowCounts, evaluated: evaluated, reading: data.table,
            loss: configuration.training.numberLoss, season: data.season, id: data.id, scaling: data.scaling, lag: data.lag,
            calendar: try CalendarFeature.list(data.calendar), future: data.future)
    }

    /// The statistics are in the prepared form, so all that they depend on counts: of several series also which are long enough for a window.
    private var preparedReading: PreparedReading {
        let keys = [
            "columns", "targets", "id", "scaling", "delimiter", "decimal", "header", "missing", "order", "validationFraction", "testFraction", "trainingRows",
            "validationRows", "testRows",
        ]
        let windows = configuration.data.id.isEmpty ? [] : ["length", "horizon"]
        return configuration.preparedReading(kind: "series", keys: (keys + windows).map { "data." + $0 })
    }
}

extension Configuration.DataSettings {
    /// The file of a table.
    /// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)`` unless there is exactly one.
    func onlyFile() throws(DatasetError) -> String {
        guard files.count == 1 else { throw .optionOutOfRange(key: "data.files", found: counted(files.count, "file"), wanted: "one CSV file") }
        return files[0]
    }

    /// The shares of validation and test in `files`: none for a part with files of its own.
    func split() throws(DatasetError) -> SplitFractions {
        try SplitFractions(validation: validationFiles.isEmpty ? validationFraction : 0, test: testFiles.isEmpty ? testFraction : 0)
    }

    /// Numbers of rows of a series' parts; nil if they are shares.
    var rowCounts: PartRowCounts? { PartRowCounts(training: trainingRows, validation: validationRows, test: testRows) }

    var partFiles: PartFiles { PartFiles(validation: validationFiles, test: testFiles) }
}
