public import Files

/// The bytes of a table's file, or of standard input; of a text in UTF-16 with a byte order mark, the same text in UTF-8.
public struct TableFile: Sendable {
    /// In messages.
    public let name: String
    let bytes: [UInt8]
    /// Whether it has no name that shows its form: standard input, or a text that was given itself.
    let isUnnamed: Bool
    /// Whether its rows are those after the series' ends, of which only what is known ahead is there.
    private(set) var isAhead = false

    /// Reads the file at `path`.
    /// - Throws: ``DatasetError`` if it can't be read, is empty, or is larger than half of the memory.
    public init(path: String) throws(DatasetError) { try self.init(name: path, bytes: fileBytes(at: path)) }

    private init(name: String, bytes: [UInt8], isUnnamed: Bool = false) throws(DatasetError) {
        let bytes = try textBytes(bytes, path: name)
        guard !bytes.isEmpty else { throw .emptyFile(path: name) }
        (self.name, self.bytes, self.isUnnamed) = (name, bytes, isUnnamed)
    }

    /// Reads standard input to its end.
    /// - Throws: as ``init(path:)``.
    public static func standardInput() throws(DatasetError) -> TableFile {
        try TableFile(name: standardInputName, bytes: standardInputBytes(), isUnnamed: true)
    }

    /// The lines of `text`.
    /// - Parameter name: in messages.
    /// - Throws: ``DatasetError`` if it is empty.
    public init(text: String, name: String) throws(DatasetError) { try self.init(name: name, bytes: Array(text.utf8), isUnnamed: true) }

    /// The same file, read for the rows after its series' ends; nil if it has none.
    var ahead: TableFile? {
        guard JSONForm.isLines(bytes), JSONForm.holdsSeries(in: bytes) else { return nil }
        var file = self
        file.isAhead = true
        let reader = try? SeriesLines(file, reading: TableReading(), id: nil)
        return reader?.beginsWithRows == false ? nil : file
    }

    /// The SHA-256 of the bytes, in hexadecimal: the same on all ranks that read the same file.
    public func sha256() throws(FileError) -> String { try SHA256.hex(of: bytes) }
}
