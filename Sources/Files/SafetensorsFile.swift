/// A safetensors file that is open for reading. Its header was checked against the format and the file's size; its tensors stay on disk until they are read.
/// The file stays readable while this lives, even if it is removed meanwhile.
public final class SafetensorsFile: Sendable {
    public let path: String
    /// In the order of their bytes.
    public let entries: [TensorEntry]
    /// The texts of `__metadata__`; empty if there is none.
    public let metadata: [String: String]

    private let file: OpenFile
    private let dataOffset: Int

    /// Opens the file at `path` and checks its whole header; allocates what the header takes and no more.
    /// - Throws: ``FileError/safetensors(path:fault:)`` with the way in which it is malformed, or the operating system's refusal.
    public static func open(_ path: String) throws(FileError) -> SafetensorsFile {
        try SafetensorsFile(.reading(path))
    }

    package init(_ file: consuming OpenFile) throws(FileError) {
        let path = file.path
        let fileByteCount = try file.byteCount()
        let headerByteCount = try Self.headerByteCount(of: file, fileByteCount: fileByteCount)
        dataOffset = SafetensorsHeader.lengthByteCount + headerByteCount
        let json = try file.bytes(at: SafetensorsHeader.lengthByteCount, byteCount: headerByteCount)
        let header: SafetensorsHeader
        do throws(SafetensorsFault) {
            header = try SafetensorsHeader(json: json, dataByteCount: fileByteCount - dataOffset)
        } catch {
            throw .safetensors(path: path, fault: error)
        }
        entries = header.entries
        metadata = header.metadata
        self.path = path
        self.file = file
    }

    /// The length that the file's first bytes claim for its header, compared with the file's own.
    private static func headerByteCount(of file: borrowing OpenFile, fileByteCount: Int) throws(FileError) -> Int {
        guard fileByteCount >= SafetensorsHeader.lengthByteCount else {
            throw .safetensors(path: file.path, fault: .shorterThanLengthField(byteCount: fileByteCount))
        }
        let field = try file.bytes(at: 0, byteCount: SafetensorsHeader.lengthByteCount)
        do throws(SafetensorsFault) {
            return try SafetensorsHeader.length(from: field, fileByteCount: fileByteCount)
        } catch {
            throw .safetensors(path: file.path, fault: error)
        }
    }

    /// The tensor `name`, byte by byte: Swift's `==` takes "é" for "e" with an accent behind it, and a file may have both.
    public func entry(named name: String) throws(FileError) -> TensorEntry {
        guard let entry = entries.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
            throw .safetensors(path: path, fault: .noSuchTensor(tensor: name))
        }
        return entry
    }

    package func requireFloat32(_ entry: TensorEntry) throws(FileError) {
        guard entry.type == .float32 else {
            throw .safetensors(path: path, fault: .typeUnsupported(tensor: entry.name, found: entry.type.rawValue, wanted: ElementType.float32.rawValue))
        }
    }

    /// The SHA-256 of the bytes of all tensors, which lie one after another up to the file's end.
    package func tensorsSHA256() throws(FileError) -> String { try file.sha256(from: dataOffset) }

    /// Reads the elements of `entry`, in C order, into `values` from `offset` on.
    /// - Precondition: `entry` is one of ``entries``, and `values` has room for its elements.
    /// - Throws: when its type isn't F32, or the file can't be read; then `values` may hold a part of it.
    public func read(_ entry: TensorEntry, into values: inout MutableSpan<Float>, at offset: Int = 0) throws(FileError) {
        try requireFloat32(entry)
        let count = entry.shape.elementCount
        precondition(offset >= 0 && count <= values.count - offset, "'\(entry.name)' has \(count) elements, and the room for it \(values.count - offset)")
        let elementByteCount = MemoryLayout<Float>.size
        var bytes = values.mutableBytes
        try file.read(
            into: &bytes, from: offset * elementByteCount, byteCount: count * elementByteCount, at: dataOffset + entry.byteRange.lowerBound)
    }
}
