import Datasets
import Testing

/// Tables that a test writes and reads.
struct Tables {
    let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    func series(
        _ csv: String, columns: [String] = [], reading: TableReading = TableReading(), validation: Double = 0
    ) throws -> SeriesWindows {
        let path = try files.write(csv, to: "series.csv")
        let options = SeriesOptions(
            file: path, columns: columns, length: 1, horizon: 1, split: try SplitFractions(validation: validation), reading: reading)
        return try SeriesWindows(options, batchSize: 1000, seed: 0)
    }

    /// The values of the first column, row by row, from all windows and the last target. Rounded, since models read deviations.
    func values(_ csv: String, columns: [String] = [], reading: TableReading = TableReading()) throws -> [Double] {
        let series = try series(csv, columns: columns, reading: reading)
        let windows = series.batches(of: .evaluation(.training)).allColumns()
        let numbers = windows.map { $0.vectors[0] } + windows.suffix(1).map { $0.targetNumbers[0] }
        return numbers.map { (series.statistics.columns[0].restored(Double($0)) * 1000).rounded() / 1000 }
    }

    func notes(_ csv: String, columns: [String] = [], reading: TableReading = TableReading()) throws -> [String] {
        try series(csv, columns: columns, reading: reading).notes
    }

    func error(_ csv: String, columns: [String] = [], reading: TableReading = TableReading()) -> DatasetError? {
        fault { _ = try series(csv, columns: columns, reading: reading) }
    }

    /// The error message, without the folder.
    func message(_ csv: String, columns: [String] = [], reading: TableReading = TableReading()) -> String {
        error(csv, columns: columns, reading: reading).map { $0.description.replacing(files.path("series.csv"), with: "series.csv") } ?? "taken"
    }
}
