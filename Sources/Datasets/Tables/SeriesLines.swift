import NumberText
import StrictJSON

/// The rows of a file with a series a line, in GluonTS's JSON Lines, as those of a table with the columns `item_id`, `timestamp`, the features and the target.
/// Source: https://ts.gluon.ai/stable/tutorials/forecasting/extended_tutorial.html
///
/// Rows have dates if each line has a start, and a frequency is known: its own, or `data.frequency`. A table read ahead has the rows after the targets' ends,
/// as far as the features go on.
struct SeriesLines: RecordReader {
    let path: String
    let header: TableHeader
    let formNotes: [String]
    /// Whether lines have an `item_id`; otherwise series are called by their number, from 1.
    let hasIds: Bool
    private let reading: TableReading
    private let id: String?
    private let isAhead: Bool
    private let hasTimes: Bool
    private var lines: TextLines
    private var line: SeriesLine
    private var name = ""
    private var times: [Int] = []
    private var showsTime = false
    private var row = 0
    private var endRow = 0
    private var lineCount = 0
    /// Line of each series.
    private var seen: [String: Int] = [:]

    static let idName = "item_id"
    private static let timeName = "timestamp"

    /// Reads the first line.
    /// - Parameter id: `data.id`; nil to examine a file before it is known.
    init(_ file: TableFile, reading: TableReading, id: String?) throws(DatasetError) {
        path = file.name
        var lines = try TextLines(file)
        guard let object = try lines.nextObject() else { throw lines.error("the file has no series") }
        let first = try SeriesLine(object, lines)
        let hasTimes = first.start != nil && !(first.frequency?.text ?? reading.frequency).isEmpty
        (line, hasIds, self.hasTimes) = (first, first.id != nil, hasTimes)
        (self.lines, self.reading, self.id, isAhead) = (lines, reading, id, file.isAhead)
        let own = [Self.idName] + (hasTimes ? [Self.timeName] : [])
        let names = own + first.columns.map(\.name)
        let usual = first.columns.indices.filter { if case .target = first.columns[$0].kind { true } else { false } }.map { $0 + own.count }
        header = TableHeader(names: names, usual: usual, path: file.name)
        var notes: [String] = []
        if first.start != nil, !hasTimes { notes.append("rows have no dates, since the lines have a start and no freq; data.frequency says it") }
        if !first.otherFields.isEmpty { notes.append("fields left out: \(namesInWords(first.otherFields))") }
        formNotes = notes
        guard names.count <= NumberTable.largestColumnCount else {
            throw lines.error("the line has \(names.count) columns; at most \(NumberTable.largestColumnCount) are read. Give a file with fewer")
        }
        try begin()
    }

    /// Whether the first series has rows.
    var beginsWithRows: Bool { row < endRow }
    var hasDecimalComma: Bool { false }
    /// Names of the columns whose numbers stand for categories that don't change with time.
    var codeNames: Set<String> { Set(line.columns.filter(\.isOfCodes).map(\.name)) }
    var lacksIds: Bool { !hasIds }
    var position: (line: Int, column: Int) { (lines.number, 1) }

    mutating func next() throws(DatasetError) -> CSVRecord? {
        while row == endRow {
            guard let object = try lines.nextObject() else { return nil }
            line = try SeriesLine(object, lines)
            try begin()
        }
        defer { row += 1 }
        var fields = [CSVField(text: name, line: line.number, column: 1)]
        if hasTimes { fields.append(CSVField(text: CalendarTime.text(times[row], showsTime: showsTime), line: line.number, column: 1)) }
        for column in line.columns {
            let value = line.value(of: column, at: row)
            fields.append(CSVField(text: value?.fieldText ?? "", line: line.number, column: value?.position.column ?? 1))
        }
        return CSVRecord(fields: fields, count: fields.count, filledCount: fields.count)
    }

    func error(_ fault: CSVFault, at position: (line: Int, column: Int)) -> DatasetError {
        .malformedCSV(path: path, line: position.line, column: position.column, fault: fault)
    }

    // MARK: Series

    /// Begins with the rows of the line that was read.
    private mutating func begin() throws(DatasetError) {
        lineCount += 1
        try checkId()
        let ownColumnCount = hasTimes ? 2 : 1
        guard line.columns.map(\.name) == Array(header.names[ownColumnCount...]) else {
            throw lines.error(
                "the line has \(DatasetError.list(line.columns.map(\.name))), and the first \(DatasetError.list(Array(header.names[ownColumnCount...]))). "
                    + "Give all series the same fields")
        }
        row = isAhead ? line.rowCount : 0
        endRow = line.rowCount + (isAhead ? line.aheadCount : 0)
        try setTimes()
    }

    private mutating func checkId() throws(DatasetError) {
        guard (line.id != nil) == hasIds else {
            throw lines.error("the line has \(hasIds ? "no" : "an") 'item_id', and the first has \(hasIds ? "one" : "none"). Give all series one, or none")
        }
        name = line.id ?? "\(lineCount)"
        if let first = seen.updateValue(line.number, forKey: name) {
            throw lines.error("the series \(namesInWords([name])) is in line \(first) already. Give each a line, and an 'item_id' of its own")
        }
        guard let id else { return }
        guard id != Self.idName, !id.isEmpty || lineCount > 1 else { return }
        throw .optionOutOfRange(
            key: "data.id", found: id.isEmpty ? "left out" : "\"\(JSONValue.printable(id, scalarCount: 40))\"",
            wanted: "\"\(Self.idName)\": \(fileName(path)) has a series a line, which that field tells apart\(hasIds ? "" : "; without it they are called 1, 2, …")")
    }

    private mutating func setTimes() throws(DatasetError) {
        if let found = line.frequency, !reading.frequency.isEmpty, found.text != reading.frequency {
            throw lines.error(
                "'freq' is \"\(JSONValue.printable(found.text, scalarCount: 20))\", and data.frequency is "
                    + "\"\(JSONValue.printable(reading.frequency, scalarCount: 20))\". Leave data.frequency out", column: found.column)
        }
        let frequency = try frequency()
        guard hasTimes == (line.start != nil && frequency != nil) else {
            throw lines.error("the line has \(hasTimes ? "no start, or no freq," : "a start and a freq,") unlike the first. Give all series both, or none")
        }
        guard hasTimes, let start = line.start, let frequency else { return }
        guard let times = frequency.times(from: start, rowCount: endRow) else {
            throw lines.error(
                "the dates of \(counted(endRow, "row")) from this start on go beyond the year 9999, or begin at a weekend where rows are days of work")
        }
        (self.times, showsTime) = (times, times.contains { $0 % 86_400_000 != 0 })
    }

    /// Nil where none is given.
    /// - Throws: for a word that isn't read.
    private func frequency() throws(DatasetError) -> TimeFrequency? {
        if let found = line.frequency {
            if let frequency = TimeFrequency(found.text) { return frequency }
            throw lines.error(
                "'freq' is \"\(JSONValue.printable(found.text, scalarCount: 20))\"; what is read is like \(TimeFrequency.examples)", column: found.column)
        }
        guard !reading.frequency.isEmpty else { return nil }
        if let frequency = TimeFrequency(reading.frequency) { return frequency }
        throw .optionOutOfRange(
            key: "data.frequency", found: "\"\(JSONValue.printable(reading.frequency, scalarCount: 20))\"", wanted: "like \(TimeFrequency.examples)")
    }
}
