import Batches
import Configuration
import Datasets
import NumberText
import StrictJSON

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
                horizon: data.horizon, isRelative: data.relative, lag: data.lag, loss: configuration.training.numberLoss,
                calendar: CalendarFeature.list(data.calendar), future: data.future, categories: data.categories,
                marksMissing: data.table.missing == .mask, windowScaling: data.windowScaling,
                lags: data.lags, file: file)
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
            files: try data.someFiles(), columns: data.columns, targets: data.targets, length: data.length, horizon: data.horizon, stride: data.stride,
            relative: data.relative, split: try data.split(), rowCounts: data.rowCounts, evaluated: evaluated, reading: data.table,
            loss: configuration.training.numberLoss, season: data.season, id: data.id, scaling: data.scaling, lag: data.lag,
            calendar: try CalendarFeature.list(data.calendar), future: data.future, leftOutRowCount: data.leaveOutRows, categories: data.categories,
            windowScaling: data.windowScaling, lags: data.lags)
    }

    /// The statistics are in the prepared form, so all that they depend on counts: of several series also which are long enough for a window, and of counts
    /// that they are.
    private var preparedReading: PreparedReading {
        let keys = [
            "columns", "targets", "categories", "id", "scaling", "delimiter", "decimal", "header", "missing", "order", "frequency", "validationFraction",
            "testFraction", "trainingRows", "validationRows", "testRows", "leaveOutRows",
        ]
        let windows = configuration.data.id.isEmpty ? [] : ["length", "horizon", "lags"]
        let isOfCounts = configuration.training.numberLoss.distribution?.isOfCounts == true
        return configuration.preparedReading(
            kind: "series", keys: (keys + windows).map { "data." + $0 },
            others: [JSONMember(key: "whether training.loss is \"negativeBinomial\"", value: .bool(isOfCounts))])
    }
}

extension Configuration.DataSettings {
    /// The files of a table.
    /// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)`` if there are none.
    func someFiles() throws(DatasetError) -> [String] {
        guard !files.isEmpty else { throw .optionOutOfRange(key: "data.files", found: counted(0, "file"), wanted: "at least one file") }
        return files
    }

    /// The shares of validation and test in `files`: none for a part with files of its own.
    func split() throws(DatasetError) -> SplitFractions {
        try SplitFractions(validation: validationFiles.isEmpty ? validationFraction : 0, test: testFiles.isEmpty ? testFraction : 0)
    }

    /// Numbers of rows of a series' parts; nil if they are shares.
    var rowCounts: PartRowCounts? { PartRowCounts(training: trainingRows, validation: validationRows, test: testRows) }

    var partFiles: PartFiles { PartFiles(validation: validationFiles, test: testFiles) }
}
