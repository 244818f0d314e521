/// Chosen columns of a CSV file with a header, as numbers.
struct NumberTable {
    let columnNames: [String]
    let rowCount: Int
    /// `[row, column]`, all finite.
    let values: [Double]
    /// Digest of the names and the values.
    let fingerprint: UInt64

    /// Reads columns of the file at `path`: those whose places `choose` gives, at least one, when it is shown the header.
    /// - Throws: ``DatasetError`` at the first fault, with line and column, or what `choose` throws.
    init(path: String, choosing choose: ([String]) throws(DatasetError) -> [Int]) throws(DatasetError) {
        let bytes = try fileBytes(at: path)
        guard !bytes.isEmpty else { throw .emptyFile(path: path) }
        try FileFormat.requirePlainText(bytes, path: path, for: .table)
        var reader = CSVReader(bytes: bytes, path: path)
        let header = try Self.header(&reader)
        let chosen = try choose(header)
        var values: [Double] = []
        while let record = try reader.nextRecord(keeping: header.count) {
            let fields = record.fields
            guard record.count == header.count else {
                throw reader.error(.fieldCount(found: record.count, wanted: header.count), at: (fields[0].line, fields[0].column))
            }
            for index in chosen { values.append(try Self.number(fields[index], columnName: header[index], reader: reader)) }
        }
        guard !values.isEmpty else { throw reader.error(.noRows, at: reader.position) }
        columnNames = chosen.map { header[$0] }
        rowCount = values.count / chosen.count
        self.values = values
        var fingerprint = Fingerprint()
        for name in columnNames { fingerprint.add(name) }
        for value in values { fingerprint.add(value) }
        self.fingerprint = fingerprint.value
    }

    /// Beyond any use, and few enough for the run's stored statistics to be read back.
    private static let largestColumnCount = 1 << 16

    /// The names of the first record, each different and none empty.
    static func header(_ reader: inout CSVReader) throws(DatasetError) -> [String] {
        let start = reader.position
        let record = try reader.nextRecord(keeping: largestColumnCount) ?? CSVRecord(fields: [], count: 0)
        guard record.count <= largestColumnCount else {
            throw reader.error(.tooManyColumns(found: record.count, limit: largestColumnCount), at: start)
        }
        var names: [String] = []
        var seen: Set<String> = []
        for field in record.fields {
            let name = trimmed(field.text)
            guard !name.isEmpty else { throw reader.error(.unnamedColumn, at: (field.line, field.column)) }
            guard seen.insert(name).inserted else { throw reader.error(.duplicateColumn(name: name), at: (field.line, field.column)) }
            names.append(name)
        }
        // A file of a byte order mark alone has no header either.
        guard !names.isEmpty else { throw reader.error(.unnamedColumn, at: reader.position) }
        return names
    }

    /// A decimal number, blanks around it allowed; no hexadecimal one, no name of infinity or NaN, and no zero byte, at which Double would stop reading.
    private static func number(_ field: CSVField, columnName: String, reader: CSVReader) throws(DatasetError) -> Double {
        let text = trimmed(field.text)
        let position = (field.line, field.column)
        guard !text.isEmpty else { throw reader.error(.emptyField(columnName: columnName), at: position) }
        guard let value = Double(text), !text.utf8.contains(where: { $0 == 0 || $0 | 0x20 == 0x78 }) else {
            throw reader.error(.notANumber(text: text, columnName: columnName), at: position)
        }
        guard value.isFinite else { throw reader.error(.notFinite(text: text, columnName: columnName), at: position) }
        return value
    }

    private static func trimmed(_ text: String) -> String {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        guard let first = text.utf8.first, let last = text.utf8.last, isBlank(first) || isBlank(last) else { return text }
        let kept = text.utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        return String(decoding: Array(kept), as: UTF8.self)
    }
}
