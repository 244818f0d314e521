import NumberText
import StrictJSON

/// The last rows of a table, from which a model forecasts those after its end.
public struct SeriesPast: Sendable {
    /// `[length, neededColumns]`, in the units of the file.
    public let rows: [[Double]]
    /// Number of rows of the table.
    public let rowCount: Int
    /// Line in the file of the last row, from 1.
    public let lastLine: Int
    /// Times of the forecast rows, such as "2016-07-01 17:00"; empty if the table's times don't say.
    public let nextTimes: [String]
    /// Notes for the user on unusual data, in sentences without a full stop.
    public let notes: [String]

    /// Finds the columns by their names in the run; others are ignored.
    /// - Throws: ``DatasetError`` for a file that is invalid, for missing columns, and ``DatasetError/pastTooShort(path:rowCount:neededCount:)``.
    public init(_ file: TableFile, scaling: SeriesScaling, reading: TableReading) throws(DatasetError) {
        let table = try NumberTable(file, reading: reading) { header throws(DatasetError) in
            try SeriesColumns.places(of: scaling.neededColumns, key: "data.columns", path: file.name, header: header) ?? []
        }
        guard table.rowCount >= scaling.length else {
            throw .pastTooShort(path: file.name, rowCount: table.rowCount, neededCount: scaling.length)
        }
        let width = table.columnNames.count
        let rows = (table.rowCount - scaling.length..<table.rowCount).map { Array(table.values[$0 * width..<($0 + 1) * width]) }
        nextTimes = table.times?.following(count: scaling.horizon, stepCount: scaling.length) ?? []
        var notes = table.notes + scaling.notes(on: rows)
        if let times = table.times, nextTimes.isEmpty {
            let name = JSONValue.printable(times.name, scalarCount: 40)
            notes.append("'\(name)' doesn't say which times follow, since it isn't evenly spaced over the last \(counted(scaling.length, "row"))")
        }
        (self.rows, rowCount, self.notes, lastLine) = (rows, table.rowCount, notes, table.lines.last.map(Int.init) ?? 1)
    }
}
