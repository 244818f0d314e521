import StrictJSON

/// The rows of a file with a JSON object a line, of single values: {"unique_id": "a", "ds": "2024-01-01", "y": 3.5}. The first line's keys are the columns; a key
/// that a later line doesn't have, and null, are missing values.
struct JSONRows: RecordReader {
    let path: String
    let header: TableHeader
    let formNotes: [String] = []
    private var lines: TextLines
    private let places: [String: Int]
    /// The first line, until it is read.
    private var first: JSONValue?

    /// Reads the first line.
    init(_ file: TableFile) throws(DatasetError) {
        path = file.name
        var lines = try TextLines(file)
        guard let object = try lines.nextObject(), let members = object.objectValue, !members.isEmpty else {
            throw lines.error("the first line is an object without a field. Give it those of a row")
        }
        guard members.count <= NumberTable.largestColumnCount else {
            throw lines.error("the line has \(members.count) fields; at most \(NumberTable.largestColumnCount) are read. Give a file with fewer")
        }
        header = TableHeader(names: members.map(\.key), path: file.name)
        places = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1.key, $0) })
        self.lines = lines
        first = object
    }

    var hasDecimalComma: Bool { false }
    var position: (line: Int, column: Int) { (lines.number, 1) }

    mutating func next() throws(DatasetError) -> CSVRecord? {
        let value: JSONValue
        if let first {
            value = first
            self.first = nil
        } else {
            guard let next = try lines.nextObject() else { return nil }
            value = next
        }
        var fields = Array(repeating: CSVField(text: "", line: lines.number, column: 1), count: places.count)
        for member in value.objectValue ?? [] {
            guard let place = places[member.key] else {
                throw lines.error(
                    "the field '\(JSONValue.printable(member.key, scalarCount: 40))' isn't one of the first line's. Give all lines the same fields",
                    column: member.keyPosition.column)
            }
            guard let text = member.value.fieldText else {
                throw lines.error(
                    "the field '\(JSONValue.printable(member.key, scalarCount: 40))' is \(member.value.objectValue == nil ? "a list" : "an object"), where a row "
                        + "has a single value. A line that is a whole series has its values in the list 'target'",
                    column: member.value.position.column)
            }
            fields[place] = CSVField(text: text, line: lines.number, column: member.value.position.column)
        }
        return CSVRecord(fields: fields, count: fields.count, filledCount: fields.count)
    }

    func error(_ fault: CSVFault, at position: (line: Int, column: Int)) -> DatasetError {
        .malformedCSV(path: path, line: position.line, column: position.column, fault: fault)
    }
}

extension TextLines {
    /// The object in the next line that isn't blank; nil after the last.
    /// - Throws: ``DatasetError/malformedFile(path:line:column:reason:)`` for something else than an object.
    mutating func nextObject() throws(DatasetError) -> JSONValue? {
        while let line = next() {
            guard line.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
            let value: JSONValue
            do throws(JSONError) { value = try JSONValue.parse(Array(line), acceptsNonFinite: true) } catch {
                throw self.error(error.message, column: error.position.column)
            }
            guard value.objectValue != nil else { throw self.error("each line has to be a JSON object") }
            return value
        }
        return nil
    }
}

extension JSONValue {
    /// A single value as a table's field, in which null is empty; nil for a list or an object.
    var fieldText: String? {
        switch content {
        case .null: ""
        case .bool(let value): value ? "true" : "false"
        case .number(let literal): literal
        case .string(let text): text
        case .array, .object: nil
        }
    }
}
