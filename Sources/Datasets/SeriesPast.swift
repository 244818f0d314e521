import NumberText
import StrictJSON

/// The last rows of a table, or of one of its series, from which a model forecasts those after its end.
public struct SeriesPast: Sendable {
    /// The name of the series; nil for a table with a single one.
    public let series: String?
    /// `[length, neededColumns]`, in the units of the file.
    public let rows: [[Double]]
    /// Number of rows of the series.
    public let rowCount: Int
    /// Line in the file of the last row, from 1.
    public let lastLine: Int
    /// Times of the forecast rows, such as "2016-07-01 17:00"; empty if the table's times don't say.
    public let nextTimes: [String]
    /// Notes for the user on unusual data, in sentences without a full stop.
    public private(set) var notes: [String]

    /// The ends of all series of a table with enough rows, in the order in which they begin in the file. Columns are found by their names in the run;
    /// others are ignored.
    /// - Parameter id: the column with the name of each row's series; empty for a single series.
    /// - Throws: ``DatasetError`` for a file that is invalid, for missing columns, and ``DatasetError/pastTooShort(path:rowCount:neededCount:)``
    ///   if no series has enough rows.
    public static func all(of file: TableFile, scaling: SeriesScaling, reading: TableReading, id: String = "") throws(DatasetError) -> [SeriesPast] {
        let table = try NumberTable(file, reading: reading, id: id) { header throws(DatasetError) in
            try SeriesColumns.places(of: scaling.neededColumns, key: "data.columns", path: file.name, header: header) ?? []
        }
        let (long, short) = (table.series.filter { $0.rows.count >= scaling.length }, table.series.filter { $0.rows.count < scaling.length })
        guard !long.isEmpty else {
            throw .pastTooShort(path: file.name, rowCount: short.map(\.rows.count).max() ?? 0, neededCount: scaling.length)
        }
        var notes = table.notes
        if !short.isEmpty {
            notes.append(
                "\(counted(short.count, "series", plural: "series")) with less than \(counted(scaling.length, "row")) (data.length of the run) left out: "
                    + namesInWords(short.map(\.name)))
        }
        var pasts: [SeriesPast] = []
        let bySeries = scaling.isBySeries ? scaling.bySeries : [:]
        for series in long {
            guard let own = scaling.isBySeries ? bySeries[series.name] : scaling else { throw .unknownSeries(path: file.name, name: series.name) }
            let past = SeriesPast(table, series, scaling: own, hasId: !id.isEmpty)
            pasts.append(past)
        }
        let unclear = pasts.filter { table.times != nil && $0.nextTimes.isEmpty }
        if let name = table.times?.name, !unclear.isEmpty {
            let which = id.isEmpty ? "" : " of \(namesInWords(unclear.compactMap(\.series)))"
            notes.append(
                "'\(JSONValue.printable(name, scalarCount: 40))' doesn't say which times follow\(which), since it isn't evenly spaced over the last "
                    + counted(scaling.length, "row"))
        }
        pasts[0].notes = notes + pasts[0].notes
        return pasts
    }

    private init(_ table: NumberTable, _ series: NumberTable.Series, scaling: SeriesScaling, hasId: Bool) {
        let (width, times) = (table.columnNames.count, table.times(of: series))
        let rows = (series.rows.upperBound - scaling.length..<series.rows.upperBound).map { Array(table.values[$0 * width..<($0 + 1) * width]) }
        nextTimes = times?.following(count: scaling.horizon, stepCount: scaling.length) ?? []
        var notes = scaling.notes(on: rows)
        if hasId { notes = notes.map { "series \(namesInWords([series.name])): \($0)" } }
        self.series = hasId ? series.name : nil
        (self.rows, rowCount, self.notes) = (rows, series.rows.count, notes)
        lastLine = Int(table.lines[series.rows.upperBound - 1])
    }
}
