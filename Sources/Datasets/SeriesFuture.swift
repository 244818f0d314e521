import NumberText
import StrictJSON

/// What is known ahead of the rows to forecast: a table with these columns, and with a series' name if there are several.
struct SeriesFuture {
    private let table: NumberTable?
    let name: String
    /// Rows to forecast.
    let rowCount: Int

    /// - Parameters:
    ///   - file: nil if there is none: then what is known ahead may stand behind the rows before, in their own file.
    ///   - past: the file with the rows before.
    /// - Throws: ``DatasetError`` if the model needs a file and there is none, or the other way round, and for one that is invalid.
    init(_ file: TableFile?, scaling: SeriesScaling, rowCount: Int, reading: TableReading, id: String, past: TableFile) throws(DatasetError) {
        self.rowCount = rowCount
        let (names, columns) = (scaling.futureNames, scaling.futureColumns)
        guard let file = file ?? (names.isEmpty ? nil : past.ahead) else {
            guard names.isEmpty else {
                throw .unusableFile(
                    path: past.name, reason: "the model reads \(DatasetError.list(columns)) of the rows to forecast, too (data.future). "
                        + "Name a file with them and its next \(counted(rowCount, "row")): --future next.csv.")
            }
            (table, name) = (nil, "")
            return
        }
        guard !names.isEmpty else {
            throw .unusableFile(path: file.name, reason: "the model reads no column of the rows to forecast (data.future). Leave this file out.")
        }
        name = file.name
        let categories = scaling.categories.filter { columns.contains($0.name) }
        // Of what is known ahead nothing is missing.
        var reading = reading
        if reading.missing == .mask { reading.missing = .refuse }
        table = try NumberTable(file, reading: reading, id: id, categories: .stored(categories)) { header throws(DatasetError) in
            try SeriesColumns.places(of: names, key: "data.future", path: file.name, header: header) ?? []
        }
    }

    /// The times of a series' first rows, in milliseconds since 1970; nil if the table has none that are clear.
    func times(of series: String) -> [Int]? {
        guard let own = table?.series.first(where: { $0.name == series }), own.rows.count >= rowCount, let found = table?.times(of: own), !found.isAmbiguous else {
            return nil
        }
        let first = Array(found.times.prefix(rowCount))
        return first.contains(TimeColumns.unknown) ? nil : first
    }

    /// The times of the rows to forecast: those that follow from the past, which the table's must be; or where none follow, the table's.
    /// - Parameters:
    ///   - next: those that follow; nil if none do.
    ///   - last: time of the past's last row, if it has one.
    ///   - path: the series, for messages.
    /// - Throws: ``DatasetError`` for a row of another time.
    func times(of series: String, next: [Int]?, last: Int?, path: String) throws(DatasetError) -> [Int]? {
        guard let given = times(of: series) else { return next }
        func shown(_ time: Int) -> String { CalendarTime.text(time, showsTime: (given + (next ?? [])).contains { $0 % 86_400_000 != 0 }) }
        if let next {
            guard let place = given.indices.first(where: { given[$0] != next[$0] }) else { return next }
            throw .unusableFile(
                path: name, reason: "row \(place + 1) is of \(shown(given[place])), and row \(place + 1) of the forecast of \(path) of \(shown(next[place])). "
                    + "Give it the rows that follow, without gaps.")
        }
        let before = ([last].compactMap(\.self) + given).dropLast()
        guard let place = zip(before, given.suffix(before.count)).map({ $0 < $1 }).firstIndex(of: false) else { return given }
        let row = place + 1 - (last == nil ? 0 : 1) + 1
        throw .unusableFile(
            path: name, reason: "row \(min(row, rowCount)) isn't after the one before, or after the end of \(path). Give it the rows that follow, in order.")
    }

    /// The values of a series' first rows: `[rowCount, columns]`; none if the model needs none.
    /// - Parameter path: the series, for messages.
    /// - Throws: ``DatasetError`` if it has too few rows.
    func rows(of series: String, path: String) throws(DatasetError) -> [[Double]] {
        guard let table else { return [] }
        guard let own = table.series.first(where: { $0.name == series }), own.rows.count >= rowCount else {
            throw .unusableFile(path: name, reason: "it has fewer than \(counted(rowCount, "row")) for the forecast of \(path). Add them.")
        }
        let width = table.columnNames.count
        return own.rows.prefix(rowCount).map { Array(table.values[$0 * width..<($0 + 1) * width]) }
    }
}
