import Configuration
public import Datasets

extension SeriesForecaster {
    /// Reads the last rows of a file, or of each of its series, whose columns are found by their names.
    /// - Throws: ``DatasetError``, with line and column; ``DatasetError/pastTooShort(path:rowCount:neededCount:)``.
    /// - Parameter future: a table with the columns that are known ahead, of the rows to forecast; needed if the model reads some.
    public func pasts(of file: TableFile, future: TableFile? = nil) throws(DatasetError) -> [SeriesPast] {
        try SeriesPast.all(of: file, scaling: scaling, reading: reading, id: id, future: future)
    }

    /// The rows after the end of a file, in its units.
    /// - Parameter name: the file's, for messages.
    /// - Throws: ``DatasetError/valueOutOfScale(path:row:column:)``, ``PredictionError/notFinite(path:line:)``.
    public func answers(after past: SeriesPast, of name: String) throws -> [ForecastAnswer] {
        let forecast: [[Double]]
        do {
            forecast = try quantiles(after: past.rows, ofSeries: past.series ?? "", calendar: past.calendar, future: past.future)
        } catch {
            // Its rows are counted from the first that the model reads.
            guard case .valueOutOfScale("the rows to forecast from", let row, let column) = error else { throw error }
            throw DatasetError.valueOutOfScale(path: name, row: past.rowCount - scaling.length + row, column: column)
        }
        guard forecast.joined().allSatisfy(\.isFinite) else { throw PredictionError.notFinite(path: name, line: past.lastLine) }
        // Answers on several files have a column "file" of their own.
        let idName = id == FileSeries.id ? "series" : id
        return forecast.enumerated().map { place, values in
            ForecastAnswer(
                idName: idName, series: past.series,
                ahead: place + 1, row: past.rowCount + place + 1, time: past.nextTimes.isEmpty ? nil : past.nextTimes[place], targets: scaling.valueNames,
                values: values)
        }
    }
}
