/// The lines of a UTF-8 text, one after the other, without their ends: LF or CR LF. A byte order mark at the beginning is skipped.
struct TextLines {
    private let bytes: [UInt8]
    private let path: String
    private var place = 0
    /// Number of the last line read, from 1.
    private(set) var number: Int

    /// - Throws: ``DatasetError`` if the file isn't plain text.
    init(_ file: TableFile) throws(DatasetError) {
        (bytes, path, number) = (file.bytes, file.name, file.lead?.lineCount ?? 0)
        try FileFormat.requirePlainText(bytes, path: path, for: .table)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    }

    /// The next line's bytes; nil after the last.
    mutating func next() -> ArraySlice<UInt8>? {
        guard place < bytes.count else { return nil }
        let end = bytes[place...].firstIndex(of: 0x0A) ?? bytes.count
        var line = bytes[place..<end]
        if line.last == 0x0D { line.removeLast() }
        place = end + 1
        number += 1
        return line
    }

    /// The error for a fault of the last line read, at a column from 1.
    func error(_ reason: String, column: Int = 1) -> DatasetError { .malformedFile(path: path, line: number, column: column, reason: reason) }
}
