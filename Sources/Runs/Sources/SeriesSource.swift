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
                horizon: data.horizon, isRelative: data.relative, lag: data.lag, loss: configuration.training.numberLoss,
                calendar: CalendarFeature.list(data.calendar), future: data.future, file: file)
        }
    }

    var hasTokens: Bool { false }
    var seedEffect: SeedEffect { .order }

    func task(outputCount: Int, meaning: (any DataMeaning)?) -> any LearningTask {
        ForecastTask(outputCount: outputCount, loss: configuration.training.numberLoss)
    }

    func dataset(evaluating evaluated: EvaluatedRange?, keepsByteOrderMarks: Bool, meaning: (any DataMeaning)?) throws -> any Dataset {
        let data = configuration.data
        let options = SeriesOptions(
            files: try data.someFiles(), columns: data.columns, targets: data.targets, length: data.length, horizon: data.horizon, stride: data.stride,
            relative: data.relative, split: try data.split(), rowCounts: data.rowCounts, evaluated: evaluated, reading: data.table,
            loss: configuration.training.numberLoss, season: data.season, id: data.id, scaling: data.scaling, lag: data.lag,
            calendar: try CalendarFeature.list(data.calendar), future: data.future, leftOutRowCount: data.leaveOutRows)
        return try SeriesWindows(
            options, batchSize: configuration.training.batch, seed: configuration.seed, statistics: (meaning as? SeriesScaling)?.statistics)
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
