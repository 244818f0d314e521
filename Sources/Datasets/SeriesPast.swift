import NumberText
import StrictJSON

/// The last rows of a table, or of one of its series, from which a model forecasts those after its end.
public struct SeriesPast: Sendable {
    /// The name of the series; nil for a table with a single one.
    public let series: String?
    /// The last ``SeriesScaling/pastRowCount`` rows, `[rows, neededColumns]`, in the units of the file.
    public let rows: [[Double]]
    /// A number of the series' name, for draws that don't depend on the other series of a file.
    public let number: Int
    /// Number of rows of the series.
    public let rowCount: Int
    /// Line in the file of the last row, from 1.
    public let lastLine: Int
    /// What the calendar says of the row ``SeriesScaling/horizon`` rows after each time step, and of those that follow:
    /// `[length + rows to forecast - horizon, …]`; empty unless the model reads it.
    public let calendar: [Float]
    /// The columns that are known ahead at the rows to forecast, in the units of the file: `[rows to forecast, columns]`; empty unless the model reads some.
    public let future: [[Double]]
    /// Times of the forecast rows, such as "2016-07-01 17:00"; empty if the table's times don't say.
    public let nextTimes: [String]
    /// Notes for the user on unusual data, in sentences without a full stop.
    public private(set) var notes: [String]

    /// The ends of all series of a table with enough rows, in the order in which they begin in the file. Columns are found by their names in the run;
    /// others are ignored.
    /// - Parameters:
    ///   - id: the column with the name of each row's series; empty for a single series.
    ///   - future: a table with the columns that are known ahead, of the rows to forecast; needed if the model reads some.
    ///   - forecastCount: rows to forecast, at least ``SeriesScaling/horizon``; nil for that.
    /// - Throws: ``DatasetError`` for a file that is invalid, for missing columns, for times that don't say which follow, if the model reads the calendar, and
    ///   ``DatasetError/pastTooShort(path:rowCount:neededCount:)`` if no series has enough rows.
    public static func all(
        of file: TableFile, scaling: SeriesScaling, reading: TableReading, id: String = "", future: TableFile? = nil, forecastCount: Int? = nil
    ) throws(DatasetError) -> [SeriesPast] {
        let futures = try SeriesFuture(future, scaling: scaling, rowCount: forecastCount ?? scaling.horizon, reading: reading, id: id, past: file)
        let marks = scaling.marks
        let read = try NumberTable(file, reading: reading, id: id, categories: .stored(scaling.categories)) { header throws(DatasetError) in
            try SeriesColumns.places(of: scaling.neededColumns.filter { !marks.contains($0) }, key: "data.columns", path: file.name, header: header) ?? []
        }
        let table = try read.adding(marks: marks, at: scaling.firstMarkPlace, path: file.name)
        let (long, short) = (table.series.filter { $0.rows.count >= scaling.pastRowCount }, table.series.filter { $0.rows.count < scaling.pastRowCount })
        guard !long.isEmpty else {
            throw .pastTooShort(path: file.name, rowCount: short.map(\.rows.count).max() ?? 0, neededCount: scaling.pastRowCount)
        }
        var notes = table.notes
        if !short.isEmpty {
            notes.append(
                "\(counted(short.count, "series", plural: "series")) with less than \(counted(scaling.pastRowCount, "row")) "
                    + "(data.length\(scaling.lead > 0 ? " and data.lags" : "") of the run) left out: "
                    + namesInWords(short.map(\.name)))
        }
        var pasts: [SeriesPast] = []
        let bySeries = scaling.isBySeries ? scaling.bySeries : [:]
        for series in long {
            guard let own = scaling.isBySeries ? bySeries[series.name] : scaling else { throw .unknownSeries(path: file.name, name: series.name) }
            let past = try SeriesPast(table, series, scaling: own, hasId: !id.isEmpty, futures, path: file.name)
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

    private init(
        _ table: NumberTable, _ series: NumberTable.Series, scaling: SeriesScaling, hasId: Bool, _ futures: SeriesFuture, path: String
    ) throws(DatasetError) {
        let (width, times) = (table.columnNames.count, table.times(of: series))
        let rows = (series.rows.upperBound - scaling.pastRowCount..<series.rows.upperBound).map { Array(table.values[$0 * width..<($0 + 1) * width]) }
        let name = hasId ? "\(path), series \(namesInWords([series.name]))" : path
        future = try futures.rows(of: series.name, path: name)
        let following = times?.followingTimes(count: futures.rowCount, stepCount: scaling.length)
        let last = times.flatMap { $0.isAmbiguous ? nil : $0.times.last }.flatMap { $0 == TimeColumns.unknown ? nil : $0 }
        let next = try futures.times(of: series.name, next: following, last: last, path: name)
        nextTimes = next.flatMap { next in times?.texts(of: next, stepCount: scaling.length) } ?? []
        calendar = try Self.calendar(after: times, next, rowCount: scaling.length + futures.rowCount - scaling.horizon, scaling, path: name)
        var notes = scaling.notes(on: rows)
        if hasId { notes = notes.map { "series \(namesInWords([series.name])): \($0)" } }
        self.series = hasId ? series.name : nil
        var digest = Fingerprint()
        if hasId { digest.add(series.name) }
        number = Int(truncatingIfNeeded: digest.value & 0xffff_ffff)
        (self.rows, rowCount, self.notes) = (rows, series.rows.count, notes)
        lastLine = Int(table.lines[series.rows.upperBound - 1])
    }

    /// - Parameters:
    ///   - next: times of the rows to forecast; nil if they aren't known.
    ///   - rowCount: rows whose times the model reads, the last of which is the last to forecast.
    private static func calendar(
        after times: TimeSeries?, _ next: [Int]?, rowCount: Int, _ scaling: SeriesScaling, path: String
    ) throws(DatasetError) -> [Float] {
        guard !scaling.calendar.isEmpty else { return [] }
        // Whether each row has a date that says which.
        _ = try scaling.calendar.values(of: times, path: path)
        guard let times, let next else {
            throw .unusableFile(
                path: path, reason: "its dates aren't evenly spaced over the last \(counted(scaling.length, "row")), so the times of the forecast aren't known, "
                    + "whose calendar the model reads (data.calendar). "
                    + (scaling.futureNames.isEmpty ? "Fill the gaps." : "Fill the gaps, or give the rows of --future their dates."))
        }
        return (times.times + next).suffix(rowCount).flatMap(scaling.calendar.values(at:))
    }
}
