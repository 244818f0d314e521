public import Files

/// The bytes of a table's file, or of standard input.
public struct TableFile: Sendable {
    /// In messages.
    public let name: String
    let bytes: [UInt8]
    let isStandardInput: Bool

    /// Reads the file at `path`.
    /// - Throws: ``DatasetError`` if it can't be read, is empty, or is larger than half of the memory.
    public init(path: String) throws(DatasetError) { try self.init(name: path, bytes: fileBytes(at: path)) }

    private init(name: String, bytes: [UInt8], isStandardInput: Bool = false) throws(DatasetError) {
        guard !bytes.isEmpty else { throw .emptyFile(path: name) }
        (self.name, self.bytes, self.isStandardInput) = (name, bytes, isStandardInput)
    }

    /// Reads standard input to its end.
    /// - Throws: as ``init(path:)``.
    public static func standardInput() throws(DatasetError) -> TableFile {
        try TableFile(name: standardInputName, bytes: standardInputBytes(), isStandardInput: true)
    }

    /// The SHA-256 of the bytes, in hexadecimal: the same on all ranks that read the same file.
    public func sha256() throws(FileError) -> String { try SHA256.hex(of: bytes) }
}
