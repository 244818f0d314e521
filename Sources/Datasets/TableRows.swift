import StrictJSON

/// Collects the rows of a table: the selected columns' numbers, missing values, and lines that aren't rows.
struct TableRows {
    private let header: TableHeader
    private let chosen: [Int]
    /// Column with the name of each row's series; nil for a single series, and where files are series.
    private let idColumn: Int?
    /// Whether each file is a series, and the name of the present one.
    private let filesAreSeries: Bool
    private var fileSeriesName: String
    private var hasDecimalComma: Bool
    private let dropsMissing: Bool
    /// Provides the file's name and positions for errors.
    private var reader: any RecordReader
    private(set) var files = TableFiles()
    /// `[row, column]`; NaN for a missing value.
    private(set) var values: [Double] = []
    /// Line number of each row, counted on from file to file.
    private(set) var lines: [Int32] = []
    private(set) var times: TimeColumns
    /// Index in `idNames` of each row's series; empty for a single series.
    private(set) var ids: [Int32] = []
    private(set) var idNames: [String] = []
    private var idPlaces: [String: Int32] = [:]
    private(set) var missing = MissingValues()
    /// Text lines at the end of the file.
    private(set) var footer: [MissingValues.Stray] = []
    /// Number of rows dropped because of a missing value.
    private(set) var droppedCount = 0
    /// Whether a row has content in a column after the last named one.
    private(set) var hasUnnamedContent = false
    private var missingByColumn: [Int]
    private var numbers: [Double]
    /// Lines since the last row that aren't rows.
    private var pending = PendingLines()
    private var firstStrayFault: DatasetError?

    /// - Parameter reader: of the first file, which has begun.
    init(chosen: [Int], idColumn: Int? = nil, filesAreSeries: Bool = false, dropsMissing: Bool, reader: any RecordReader) {
        header = reader.header
        hasDecimalComma = reader.hasDecimalComma
        (self.filesAreSeries, fileSeriesName) = (filesAreSeries, FileSeries.name(ofFile: reader.path))
        files.begin(reader.path, after: 0, areArrays: reader.areArrays)
        self.chosen = chosen
        self.idColumn = idColumn
        self.dropsMissing = dropsMissing
        self.reader = reader
        times = TimeColumns(header: header)
        missingByColumn = Array(repeating: 0, count: chosen.count)
        numbers = Array(repeating: .nan, count: chosen.count)
    }

    /// Goes on with the next file.
    /// - Parameters:
    ///   - lineCount: of the file before.
    ///   - next: of the next one, which has the same header.
    mutating func begin(_ next: any RecordReader, after lineCount: Int) {
        files.begin(next.path, after: lineCount, areArrays: next.areArrays)
        (reader, fileSeriesName) = (next, FileSeries.name(ofFile: next.path))
        hasDecimalComma = next.hasDecimalComma
    }

    /// Adds the next record.
    /// - Throws: ``DatasetError/malformedCSV(path:line:column:fault:)`` for an invalid row of numbers.
    mutating func add(_ record: CSVRecord) throws(DatasetError) {
        guard record.filledCount > 0 else { return pending.addBlank(line: record.line + files.lineOffset) }
        let (numberCount, fault) = readNumbers(of: record)
        let hasFields = record.count == header.names.count || record.filledCount <= header.names.count && record.count >= header.namedCount
        if numberCount == 0, fault != nil || !hasFields, !reader.areAllRows {
            firstStrayFault = firstStrayFault ?? (hasFields ? fault : countFault(record))
            return pending.addText(record, line: record.line + files.lineOffset, isShort: !hasFields)
        }
        guard hasFields else { throw countFault(record) }
        if let fault { throw fault }
        try takePending()
        try takeRow(record)
    }

    /// Classifies the lines after a file's last row.
    mutating func endFile() throws(DatasetError) {
        if pending.isFooter { footer += pending.texts } else if pending.textCount > 0 { try takePending() }
        pending = PendingLines()
    }

    /// Counts what is missing in all files.
    /// - Throws: the first error, if hardly any line is a row.
    mutating func finish() throws(DatasetError) {
        missing.files = files
        missing.columns = zip(chosen, missingByColumn).filter { $1 > 0 }.map { MissingValues.ColumnCount(name: header.shownName($0), count: $1) }
        let isMostlyText = missing.strayCount > 3 && missing.strayCount * 10 > missing.tableRowCount
        if let firstStrayFault, missing.tableRowCount == 0 || isMostlyText { throw firstStrayFault }
    }

    // MARK: Parts

    private func countFault(_ record: CSVRecord) -> DatasetError {
        reader.error(.fieldCount(found: record.count, wanted: header.names.count), at: record.position)
    }

    /// Reads the selected fields into `numbers`. Returns how many are numbers of the file, and the error of the first that is neither a number nor missing.
    private mutating func readNumbers(of record: CSVRecord) -> (count: Int, fault: DatasetError?) {
        var count = 0
        var fault: DatasetError?
        for (place, index) in chosen.enumerated() {
            numbers[place] = .nan
            guard index < record.fields.count else { continue }
            let field = record.fields[index]
            guard !header.indicatorPlaces.contains(index) else {
                if !field.text.isEmpty { numbers[place] = field.text == "1" ? 1 : 0 }
                continue
            }
            let text = field.text.trimmed
            switch FieldContent(text, hasDecimalComma: hasDecimalComma) {
            case .number(let value):
                numbers[place] = value
                count += 1
            case .missing: break
            case .notFinite:
                count += 1
                fault = fault ?? reader.error(.notFinite(text: text, columnName: header.names[index]), at: (field.line, field.column))
            case .text:
                fault = fault ?? reader.error(.notANumber(text: text, columnName: header.names[index]), at: (field.line, field.column))
            }
        }
        return (count, fault)
    }

    /// Counts pending lines as lines between rows. In a file with one column a text is an invalid number instead.
    private mutating func takePending() throws(DatasetError) {
        guard pending.count > 0 else { return }
        if header.names.count == 1, pending.textCount > 0, let firstStrayFault { throw firstStrayFault }
        missing.strayCount += pending.count
        missing.strays += pending.first.prefix(MissingValues.shownCount - min(MissingValues.shownCount, missing.strays.count))
        pending = PendingLines()
    }

    /// Whether rows belong to several series.
    var hasIds: Bool { idColumn != nil || filesAreSeries }

    private mutating func takeRow(_ record: CSVRecord) throws(DatasetError) {
        missing.tableRowCount += 1
        if record.filledCount > header.namedCount { hasUnnamedContent = true }
        if numbers.contains(where: \.isNaN) {
            countMissing(of: record)
            guard !dropsMissing else {
                droppedCount += 1
                return
            }
        }
        if filesAreSeries { addId(fileSeriesName) }
        if let idColumn { try addId(idColumn < record.fields.count ? record.fields[idColumn].text.trimmed : "", of: record) }
        values += numbers
        lines.append(Int32(clamping: record.line + files.lineOffset))
        times.add(record)
    }

    private mutating func addId(_ name: String, of record: CSVRecord) throws(DatasetError) {
        guard !name.isEmpty else {
            let column = idColumn.map { JSONValue.printable(header.names[$0], scalarCount: 40) } ?? ""
            throw .malformedFile(
                path: reader.path, line: record.line, column: 1,
                reason: "column '\(column)' (data.id) is empty here. Say to which series the row belongs, or leave it out")
        }
        addId(name)
    }

    private mutating func addId(_ name: String) {
        if let place = idPlaces[name] { return ids.append(place) }
        idPlaces[name] = Int32(clamping: idNames.count)
        ids.append(Int32(clamping: idNames.count))
        idNames.append(name)
    }

    private mutating func countMissing(of record: CSVRecord) {
        missing.rowCount += 1
        for (place, index) in chosen.enumerated() where numbers[place].isNaN {
            // A category that is missing is one value, and lacks all of its indicators.
            guard header.isShown(index) else { continue }
            missing.valueCount += 1
            missingByColumn[place] += 1
            guard missing.first == nil else { continue }
            let field = index < record.fields.count ? record.fields[index] : nil
            missing.first = MissingValues.Place(
                line: (field?.line ?? record.line) + files.lineOffset, column: field?.column ?? 1, columnName: header.shownName(index),
                text: field?.text.trimmed ?? "")
        }
    }
}

/// Lines since a table's last row that aren't rows: blank ones and text.
private struct PendingLines {
    private(set) var count = 0
    private(set) var textCount = 0
    /// The first few of all, and of those with text.
    private(set) var first: [MissingValues.Stray] = []
    private(set) var texts: [MissingValues.Stray] = []
    private var beginsBlank = false
    private var areAllShort = true
    private var areAllText = true

    private static let footerLimit = 20

    mutating func addBlank(line: Int) {
        if count == 0 { beginsBlank = true }
        add(MissingValues.Stray(line: line, text: ""))
    }

    /// - Parameter isShort: whether its number of fields differs from a row's.
    mutating func addText(_ record: CSVRecord, line: Int, isShort: Bool) {
        let text = record.fields.map(\.text.trimmed).filter { !$0.isEmpty }.joined(separator: ", ")
        if !isShort || CalendarTime(record.fields.first?.text.trimmed ?? "") != nil { areAllShort = false }
        if !text.contains(where: \.isLetter) { areAllText = false }
        let stray = MissingValues.Stray(line: line, text: String(text.prefix(200)))
        textCount += 1
        if textCount <= Self.footerLimit { texts.append(stray) }
        add(stray)
    }

    private mutating func add(_ stray: MissingValues.Stray) {
        count += 1
        if count <= Self.footerLimit { first.append(stray) }
    }

    /// Whether these lines are a footer after the last row: few lines of text, after a blank one or with another number of fields than a row.
    var isFooter: Bool { textCount > 0 && textCount <= Self.footerLimit && areAllText && (beginsBlank || areAllShort) }
}
