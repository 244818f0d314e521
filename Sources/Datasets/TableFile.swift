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
    /// Of a piece of a file, but for the first: what precedes it. Its head is the beginning of `bytes`.
    let lead: Lead?
    /// Sequences of the file before this piece.
    public var rowsBefore = 0

    /// What precedes a piece of a file.
    struct Lead {
        /// That of the file's first piece.
        var format: TableFormat?
        /// The header, with which each piece begins.
        var head: [UInt8] = []
        /// Lines of the file before the piece.
        private(set) var lineCount = 0

        func followed(byLines count: Int) -> Lead {
            var lead = self
            lead.lineCount += count
            return lead
        }
    }

    /// Reads the file at `path`.
    /// - Throws: ``DatasetError`` if it can't be read, is empty, or is larger than half of the memory.
    public init(path: String) throws(DatasetError) { try self.init(name: path, bytes: fileBytes(at: path)) }

    private init(name: String, bytes: [UInt8], isUnnamed: Bool = false) throws(DatasetError) {
        try self.init(bytes, name: name, isUnnamed: isUnnamed, lead: nil)
    }

    /// A piece of a file.
    init(_ bytes: [UInt8], name: String, isUnnamed: Bool, lead: Lead?) throws(DatasetError) {
        let bytes = try textBytes((lead?.head ?? []) + bytes, path: name)
        guard !bytes.isEmpty else { throw .emptyFile(path: name) }
        (self.name, self.bytes, self.isUnnamed, self.lead) = (name, bytes, isUnnamed, lead)
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
