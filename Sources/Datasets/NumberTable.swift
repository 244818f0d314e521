/// Selected columns of a table file, as numbers.
struct NumberTable {
    let columnNames: [String]
    let rowCount: Int
    /// `[row, column]`, all finite but with ``TableReading/Missing/mask``, with which values before a column's first one are NaN.
    let values: [Double]
    /// Where a value was missing, `[row, column]`; empty if none was, and unless missing values are masked.
    let isMissing: [Bool]
    /// Line number in the file of each row, counted on from file to file.
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
        try self.init(paths: [path], reading: reading, id: id, choosing: choose)
    }

    /// The same of a file that was read.
    init(
        _ file: TableFile, reading: TableReading, id: String = "", categories: CategoryReading = .none,
        choosing choose: (TableHeader) throws(DatasetError) -> [Int]
    ) throws(DatasetError) {
        try self.init(paths: [file.name], reading: reading, id: id, categories: categories, choosing: choose, opening: { _ in file })
    }

    /// Reads several files of the same columns, whose rows go on from one to the next.
    /// - Parameters:
    ///   - id: also ``FileSeries/id``, if no column has that name: each file is a series.
    ///   - categories: columns whose values become columns; files whose values aren't known are read twice.
    ///   - open: reads the file at a path. A file's bytes are held only while its rows are read.
    init(
        paths: [String], reading: TableReading = TableReading(), id: String = "", categories: CategoryReading = .none,
        choosing choose: (TableHeader) throws(DatasetError) -> [Int],
        opening open: (String) throws(DatasetError) -> TableFile = { path throws(DatasetError) in try TableFile(path: path) }
    ) throws(DatasetError) {
        let path = shownPaths(paths)
        func plainRecords(_ path: String) throws(DatasetError) -> any RecordReader { try open(path).records(reading: reading, id: id) }
        let known =
            switch categories {
            case .stored(let stored): stored
            case .found(let names): try Categories(names, in: paths, records: plainRecords)
            }
        func records(_ path: String) throws(DatasetError) -> any RecordReader {
            known.isEmpty ? try plainRecords(path) : try CategoryRecords(plainRecords(path), known, emptyIsNone: reading.missing == .mask)
        }
        var reader = try records(paths[0])
        let header = reader.header
        let chosen = try choose(header)
        let idColumn = try SeriesColumns.idColumn(id, path: paths[0], header: header)
        let filesAreSeries = FileSeries.areMeant(by: id, header: header)
        if filesAreSeries { try FileSeries.checkNames(of: paths) }
        var rows = TableRows(chosen: chosen, idColumn: idColumn, filesAreSeries: filesAreSeries, dropsMissing: reading.missing == .drop, reader: reader)
        var formNotes: [String] = []
        for place in paths.indices {
            if place > 0 {
                let lineCount = reader.position.line
                reader = try records(paths[place])
                try reader.requireHeader(header, of: paths[0])
                if reader.lacksIds {
                    throw .unusableFile(path: paths[place], reason: "its series have no 'item_id', by which those of several files are distinguished. Give them one.")
                }
                rows.begin(reader, after: lineCount)
            }
            while let record = try reader.next() { try rows.add(record) }
            try rows.endFile()
            formNotes += reader.formNotes.filter { !formNotes.contains($0) }
        }
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
        let areMasked = parts.contains { !$0.ordered.isMissing.isEmpty }
        func marks(_ rows: OrderedRows) -> [Bool] { rows.isMissing.isEmpty ? Array(repeating: false, count: rows.values.count) : rows.isMissing }
        isMissing = areMasked ? parts.flatMap { marks($0.ordered) } : []
        times = Self.times(of: parts)
        repeatedTimeCount = parts.reduce(0) { $0 + ($1.ordered.order?.equalCount ?? 0) }
        notes = TableNotes(formNotes: formNotes, header: header, rows: rows, series: parts, reading: reading).sentences
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
