/// A field of a CSV record, without its quotes, and its position: `line` and `column` from 1, `column` counting Unicode scalars.
struct CSVField: Equatable {
    var text: String
    var line: Int
    var column: Int
}

/// A record of a CSV file: its first fields, the number of all fields, and the number up to the last one that isn't blank.
struct CSVRecord: Equatable {
    var fields: [CSVField]
    var count: Int
    var filledCount = 0

    /// The line where it begins.
    var line: Int { fields.first?.line ?? 0 }
    var position: (line: Int, column: Int) { (line, fields.first?.column ?? 1) }
}

/// Reads the records of a CSV file in order, according to RFC 4180: commas, optional quotes, lines that end in CR LF or LF.
/// The delimiter may also be a semicolon or a tab.
/// A byte order mark at the start, which some spreadsheets write, is skipped.
struct CSVReader {
    private let path: String
    private let bytes: [UInt8]
    private var place = 0
    private var line = 1
    /// Start of the current line, and the number of UTF-8 continuation bytes since then: used to count columns in scalars.
    private var lineStart = 0
    private var continuationCount = 0
    private let delimiter: UInt8
    /// Where a line begins that isn't the one after the line before, and its number.
    private let jump: (place: Int, line: Int)?

    /// - Parameter lead: of a piece of a file.
    init(bytes: [UInt8], path: String, delimiter: UInt8 = 0x2C, lead: TableFile.Lead? = nil) {
        self.bytes = bytes
        self.path = path
        self.delimiter = delimiter
        jump = lead.map { ($0.head.count, $0.lineCount + 1) }
        if let jump, jump.place == 0 { line = jump.line }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            place = 3
            lineStart = 3
        }
    }

    /// Line and column of the next character.
    var position: (line: Int, column: Int) { (line, place - lineStart - continuationCount + 1) }

    /// The next record, which has at least one field; nil at the end of the file. Only `keptCount` of its fields are stored, so that a line of
    /// nothing but commas takes no memory: a field is some 30 times as large as its comma.
    /// - Throws: ``DatasetError/malformedCSV(path:line:column:fault:)``.
    mutating func nextRecord(keeping keptCount: Int) throws(DatasetError) -> CSVRecord? {
        guard place < bytes.count else { return nil }
        var record = CSVRecord(fields: [], count: 0)
        while true {
            let field = try nextField()
            record.count += 1
            if !field.text.isBlank { record.filledCount = record.count }
            if record.count <= keptCount { record.fields.append(field) }
            guard place < bytes.count else { return record }
            if bytes[place] == delimiter {
                advance()
                continue
            }
            try endLine()
            return record
        }
    }

    func error(_ fault: CSVFault, at position: (line: Int, column: Int)) -> DatasetError {
        .malformedCSV(path: path, line: position.line, column: position.column, fault: fault)
    }

    // MARK: Parts of a record

    /// Reads a field up to the next delimiter, line end or file end.
    private mutating func nextField() throws(DatasetError) -> CSVField {
        let start = position
        let isQuoted = place < bytes.count && bytes[place] == quote
        let content = isQuoted ? try quotedContent() : try plainContent()
        guard let text = String(validating: content, as: UTF8.self) else { throw error(.notUTF8, at: start) }
        return CSVField(text: text, line: start.line, column: start.column)
    }

    private mutating func plainContent() throws(DatasetError) -> ArraySlice<UInt8> {
        let first = place
        while place < bytes.count, !endsField(bytes[place]) {
            guard bytes[place] != quote else { throw error(.quoteInsideField, at: position) }
            advance()
        }
        return bytes[first..<place]
    }

    private mutating func quotedContent() throws(DatasetError) -> ArraySlice<UInt8> {
        let start = position
        var content: ArraySlice<UInt8> = []
        advance()
        while place < bytes.count {
            let byte = bytes[place]
            if byte == quote {
                advance()
                guard place < bytes.count, !endsField(bytes[place]) else { return content }
                guard bytes[place] == quote else { throw error(.textAfterQuote, at: position) }
            }
            content.append(byte)
            advance()
            if byte == lineFeed { beginLine() }
        }
        throw error(.unterminatedQuote, at: start)
    }

    private mutating func endLine() throws(DatasetError) {
        if bytes[place] == carriageReturn {
            guard place + 1 < bytes.count, bytes[place + 1] == lineFeed else { throw error(.loneCarriageReturn, at: position) }
            advance()
        }
        advance()
        beginLine()
    }

    private mutating func advance() {
        if bytes[place] & 0xC0 == 0x80 { continuationCount += 1 }
        place += 1
    }

    private mutating func beginLine() {
        line = place == jump?.place ? jump?.line ?? line : line + 1
        lineStart = place
        continuationCount = 0
    }

    private func endsField(_ byte: UInt8) -> Bool { byte == delimiter || byte == lineFeed || byte == carriageReturn }

    private var quote: UInt8 { 0x22 }
    private var lineFeed: UInt8 { 0x0A }
    private var carriageReturn: UInt8 { 0x0D }
}

extension String {
    /// Whether it contains only blanks and tabs.
    var isBlank: Bool { utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 } }

    /// Without leading and trailing blanks and tabs.
    var trimmed: String {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        guard let first = utf8.first, let last = utf8.last, isBlank(first) || isBlank(last) else { return self }
        let kept = utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        return String(decoding: Array(kept), as: UTF8.self)
    }
}
