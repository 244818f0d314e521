/// Selected columns of a table file, as numbers.
struct NumberTable {
    let columnNames: [String]
    let rowCount: Int
    /// `[row, column]`, all finite.
    let values: [Double]
    /// Line number in the file of each row.
    let lines: [Int32]
    /// Digest of the names and the values.
    let fingerprint: UInt64
    /// Notes for the user on how the file was read: one sentence each, without its full stop.
    let notes: [String]
    /// The rows' times, if a column has times.
    let times: TimeSeries?
    /// The series of the table: one without a name unless a column has their ids.
    let series: [Series]
    /// Number of rows with the same time as the previous row of their series.
    let repeatedTimeCount: Int

    /// Reads columns of the file at `path`. `choose` receives the header and returns the columns' indices, at least one.
    /// - Parameter id: the column with the name of each row's series; empty for a single series.
    /// - Throws: ``DatasetError`` at the first error, with line and column, or an error of `choose`.
    init(
        path: String, reading: TableReading = TableReading(), id: String = "", choosing choose: (TableHeader) throws(DatasetError) -> [Int]
    ) throws(DatasetError) {
        try self.init(TableFile(path: path), reading: reading, id: id, choosing: choose)
    }

    /// The same of a file that was read.
    init(_ file: TableFile, reading: TableReading, id: String = "", choosing choose: (TableHeader) throws(DatasetError) -> [Int]) throws(DatasetError) {
        let path = file.name
        var reader = try CSVRecords(file, reading: reading)
        let header = reader.header
        let chosen = try choose(header)
        let idColumn = id.isEmpty ? nil : try SeriesColumns.places(of: [id], key: "data.id", path: path, header: header)?.first
        var rows = TableRows(chosen: chosen, idColumn: idColumn, dropsMissing: reading.missing == .drop, reader: reader)
        while let record = try reader.next() { try rows.add(record) }
        try rows.finish()
        guard rows.missing.tableRowCount > 0 else { throw reader.error(.noRows, at: reader.position) }
        if reading.missing == .refuse, !rows.missing.isEmpty { throw .missingValues(path: path, rows.missing) }
        let parts = try rows.series(columnCount: chosen.count, reading: reading, path: path).filter { !$0.ordered.lines.isEmpty }
        guard !parts.isEmpty else { throw .missingValues(path: path, rows.missing) }
        var ends = [0]
        for part in parts { ends.append(ends[ends.count - 1] + part.ordered.lines.count) }
        series = zip(parts, zip(ends, ends.dropFirst())).map { Series(name: $0.name, rows: $1.0..<$1.1) }
        columnNames = chosen.map { header.names[$0] }
        rowCount = ends[parts.count]
        values = parts.count == 1 ? parts[0].ordered.values : parts.flatMap(\.ordered.values)
        lines = parts.count == 1 ? parts[0].ordered.lines : parts.flatMap(\.ordered.lines)
        times = Self.times(of: parts)
        repeatedTimeCount = parts.reduce(0) { $0 + ($1.ordered.order?.equalCount ?? 0) }
        notes = TableNotes(format: reader.format, header: header, rows: rows, series: parts, reading: reading).sentences
        var fingerprint = Fingerprint()
        for name in columnNames { fingerprint.add(name) }
        for value in values { fingerprint.add(value) }
        if !id.isEmpty {
            for part in series {
                fingerprint.add(part.name)
                fingerprint.add("\(part.rows.count)")
            }
        }
        self.fingerprint = fingerprint.value
    }

    /// More than is useful, and few enough that the run's stored statistics can be read back.
    static let largestColumnCount = 1 << 16
}
