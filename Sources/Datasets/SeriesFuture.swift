import NumberText
import StrictJSON

/// What is known ahead of the rows to forecast: a table with these columns, and with a series' name if there are several.
struct SeriesFuture {
    private let table: NumberTable?
    private let name: String
    private let horizon: Int

    /// - Parameters:
    ///   - file: nil if there is none.
    ///   - past: name of the file with the rows before, for messages.
    /// - Throws: ``DatasetError`` if the model needs a file and there is none, or the other way round, and for one that is invalid.
    init(_ file: TableFile?, scaling: SeriesScaling, reading: TableReading, id: String, past: String) throws(DatasetError) {
        horizon = scaling.horizon
        let names = scaling.futureNames
        guard let file else {
            guard names.isEmpty else {
                throw .unusableFile(
                    path: past, reason: "the model reads \(DatasetError.list(names)) of the rows to forecast, too (data.future). "
                        + "Name a file with them and its next \(counted(horizon, "row")): --future next.csv.")
            }
            (table, name) = (nil, "")
            return
        }
        guard !names.isEmpty else {
            throw .unusableFile(path: file.name, reason: "the model reads no column of the rows to forecast (data.future). Leave this file out.")
        }
        name = file.name
        table = try NumberTable(file, reading: reading, id: id) { header throws(DatasetError) in
            try SeriesColumns.places(of: names, key: "data.future", path: file.name, header: header) ?? []
        }
    }

    /// The values of a series' first rows: `[horizon, columns]`; none if the model needs none.
    /// - Parameters:
    ///   - times: of the rows to forecast; empty if they aren't known.
    ///   - path: the series, for messages.
    /// - Throws: ``DatasetError`` if it has too few rows, or of other times.
    func rows(of series: String, after times: [String], path: String) throws(DatasetError) -> [[Double]] {
        guard let table else { return [] }
        guard let own = table.series.first(where: { $0.name == series }), own.rows.count >= horizon else {
            throw .unusableFile(path: name, reason: "it has fewer than \(counted(horizon, "row")) for the forecast of \(path). Add them.")
        }
        if let first = times.first, let found = table.times(of: own), found.times[0] != TimeColumns.unknown, found.text(0) != first {
            throw .unusableFile(path: name, reason: "its first row is of \(found.text(0)), and the forecast of \(path) begins at \(first). Begin there.")
        }
        let width = table.columnNames.count
        return own.rows.prefix(horizon).map { Array(table.values[$0 * width..<($0 + 1) * width]) }
    }
}
