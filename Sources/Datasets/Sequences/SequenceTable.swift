import NumberText
import StrictJSON

/// A table whose rows are labelled sequences, as read: of numbers, or of the characters of a text.
struct SequenceTable {
    /// The class of each row; empty if the file has no classes, see ``SequenceOptions/needsLabel``.
    private(set) var labels: [String] = []
    /// Position of each row's class in the file, or of the row if it has no class.
    private(set) var positions: [(line: Int, column: Int)] = []
    /// All rows' numbers, or scalar values of characters, one after the other.
    private(set) var numbers: [Double] = []
    private(set) var symbols: [UInt32] = []
    /// Where each row begins in `numbers` or `symbols`; at the end, their count.
    private(set) var starts = [0]
    /// Names of the numbers of a time step.
    private(set) var featureNames: [String] = []

    private let options: SequenceOptions
    private let header: TableHeader
    private let hasDecimalComma: Bool
    /// Nil if the file has no classes.
    private let label: Int?
    /// Columns of numbers, or the column of text.
    private let columns: [Int]

    /// - Throws: ``DatasetError`` at the first error, with line and column.
    init(_ options: SequenceOptions, from records: some RecordReader) throws(DatasetError) {
        self.options = options
        var reader = records
        header = reader.header
        hasDecimalComma = reader.hasDecimalComma
        let isLabelled = options.needsLabel || header.names.contains(options.label)
        label = try SeriesColumns.places(of: isLabelled ? [options.label] : [], key: "data.label", path: options.file, header: header)?.first
        columns = try Self.columns(options, header: header, label: label)
        let names = header.names
        featureNames = options.featureCount == 1 ? ["value"] : columns.prefix(options.featureCount).map { names[$0] }
        while let record = try reader.next() {
            guard record.filledCount > 0 else { continue }
            guard record.filledCount <= header.names.count else {
                throw reader.error(.fieldCount(found: record.count, wanted: header.names.count), at: record.position)
            }
            try add(record, reader)
        }
        guard rowCount > 0 else { throw reader.error(.noRows, at: reader.position) }
    }

    var rowCount: Int { positions.count }

    /// Number of time steps of a row.
    func timeCount(ofRow row: Int) -> Int { (starts[row + 1] - starts[row]) / (options.text.isEmpty ? options.featureCount : 1) }

    private static func columns(_ options: SequenceOptions, header: TableHeader, label: Int?) throws(DatasetError) -> [Int] {
        let names = options.text.isEmpty ? options.columns : [options.text]
        let key = options.text.isEmpty ? "data.columns" : "data.text"
        var chosen = try SeriesColumns.places(of: names, key: key, path: options.file, header: header) ?? []
        if names == [] { chosen = try header.all().filter { $0 != label } }
        guard !chosen.contains(where: { $0 == label }) else {
            throw .optionOutOfRange(key: key, found: "the column '\(JSONValue.printable(options.label))' too", wanted: "of other columns than data.label")
        }
        guard !chosen.isEmpty else { throw .unknownColumn(path: options.file, key: key, name: "with numbers", available: header.names) }
        return chosen
    }

    // MARK: Rows

    private mutating func add(_ record: CSVRecord, _ reader: some RecordReader) throws(DatasetError) {
        let field = label.flatMap { $0 < record.fields.count ? record.fields[$0] : nil }
        let position = field.map { ($0.line, $0.column) } ?? record.position
        if let label {
            let name = field?.text.trimmed ?? ""
            guard !name.isEmpty || !options.needsLabel else {
                throw error("the row has no class in column '\(shown(label))'. Give it one, or leave the row out", at: position)
            }
            labels.append(name)
        }
        if options.text.isEmpty { try addNumbers(of: record, reader) } else { try addText(of: record) }
        positions.append(position)
    }

    private mutating func addText(of record: CSVRecord) throws(DatasetError) {
        let text = columns[0] < record.fields.count ? record.fields[columns[0]].text : ""
        guard !text.isEmpty else { throw error("the row has no text in column '\(shown(columns[0]))'. Give it one, or leave the row out", at: record.position) }
        symbols += text.unicodeScalars.map(\.value)
        starts.append(symbols.count)
    }

    /// A sequence ends before its first of only empty fields.
    private mutating func addNumbers(of record: CSVRecord, _ reader: some RecordReader) throws(DatasetError) {
        let fields = columns.map { $0 < record.fields.count ? record.fields[$0] : CSVField(text: "", line: record.line, column: 1) }
        let count = (fields.lastIndex { !$0.text.isBlank } ?? -1) + 1
        guard count > 0 else {
            throw error("the row has \(label == nil ? "" : "a class, but ")no number. Give it numbers, or leave it out", at: record.position)
        }
        guard count % options.featureCount == 0 else {
            throw error(
                "the row has \(counted(count, "number")), which aren't whole time steps of \(options.featureCount) (data.features). Fix the row or the key",
                at: record.position)
        }
        for (place, field) in fields.prefix(count).enumerated() {
            let (text, name, position) = (field.text.trimmed, header.names[columns[place]], (field.line, field.column))
            switch FieldContent(text, hasDecimalComma: hasDecimalComma) {
            case .number(let value): numbers.append(value)
            case .missing:
                throw error(
                    "column '\(JSONValue.printable(name, scalarCount: 40))' has no number here, although later columns of the row do; only a sequence's end may "
                        + "be empty. Fill it in, or leave the row out", at: position)
            case .notFinite: throw reader.error(.notFinite(text: text, columnName: name), at: position)
            case .text: throw reader.error(.notANumber(text: text, columnName: name), at: position)
            }
        }
        starts.append(numbers.count)
    }

    private func shown(_ column: Int) -> String { JSONValue.printable(header.names[column], scalarCount: 40) }

    func error(_ reason: String, at position: (line: Int, column: Int)) -> DatasetError {
        .malformedFile(path: options.file, line: position.line, column: position.column, reason: reason)
    }
}
