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
    /// Number of rows with the same time as the previous row.
    let repeatedTimeCount: Int

    /// Reads columns of the file at `path`. `choose` receives the header and returns the columns' indices, at least one.
    /// - Throws: ``DatasetError`` at the first error, with line and column, or an error of `choose`.
    init(
        path: String, reading: TableReading = TableReading(), choosing choose: (TableHeader) throws(DatasetError) -> [Int]
    ) throws(DatasetError) {
        try self.init(TableFile(path: path), reading: reading, choosing: choose)
    }

    /// The same of a file that was read.
    init(_ file: TableFile, reading: TableReading, choosing choose: (TableHeader) throws(DatasetError) -> [Int]) throws(DatasetError) {
        let path = file.name
        var reader = try CSVRecords(file, reading: reading)
        let header = reader.header
        let chosen = try choose(header)
        var rows = TableRows(chosen: chosen, dropsMissing: reading.missing == .drop, reader: reader)
        while let record = try reader.next() { try rows.add(record) }
        try rows.finish()
        guard rows.missing.tableRowCount > 0 else { throw reader.error(.noRows, at: reader.position) }
        if reading.missing == .refuse, !rows.missing.isEmpty { throw .missingValues(path: path, rows.missing) }
        var ordered = try OrderedRows(rows, columnCount: chosen.count, order: reading.order, path: path)
        if reading.missing == .fill { ordered.fill() }
        guard !ordered.lines.isEmpty else { throw .missingValues(path: path, rows.missing) }
        columnNames = chosen.map { header.names[$0] }
        rowCount = ordered.lines.count
        values = ordered.values
        lines = ordered.lines
        times = ordered.times
        repeatedTimeCount = ordered.order?.equalCount ?? 0
        notes = TableNotes(format: reader.format, header: header, rows: rows, ordered: ordered, reading: reading).sentences
        var fingerprint = Fingerprint()
        for name in columnNames { fingerprint.add(name) }
        for value in values { fingerprint.add(value) }
        self.fingerprint = fingerprint.value
    }

    /// More than is useful, and few enough that the run's stored statistics can be read back.
    static let largestColumnCount = 1 << 16
}
