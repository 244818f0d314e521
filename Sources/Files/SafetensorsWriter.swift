import StrictJSON

/// Writes a safetensors file of F32 tensors, one after another, without ever holding more than the caller's own values.
///
/// The header comes first, so all shapes must be known at the beginning. It is padded with blanks so that the data begins at a multiple of 64 bytes.
public struct SafetensorsWriter: ~Copyable {
    /// A file that is on disk.
    public struct Written: Equatable, Sendable {
        public let byteCount: Int
        /// Of the whole file, header included.
        public let sha256: String
    }

    private let file: OpenFile
    private let tensors: [TensorShape]
    private var nextTensor = 0
    private var byteCount: Int
    private var hash: SHA256

    /// Makes the file `path`, which must not exist, and writes its header.
    /// - Precondition: no name stands twice, and none is `__metadata__`.
    public init(path: String, tensors: [TensorShape], metadata: KeyValuePairs<String, String> = [:]) throws(FileError) {
        try self.init(path: path, tensors: tensors, metadata: metadata, in: FileSystem())
    }

    package init(path: String, tensors: [TensorShape], metadata: KeyValuePairs<String, String>, in fileSystem: FileSystem) throws(FileError) {
        let header = Self.header(of: tensors, metadata: metadata)
        var hash = try SHA256()
        try hash.update(header.span.bytes)
        let file = try OpenFile(creating: path, in: fileSystem)
        try file.write(header.span.bytes)
        self.file = file
        self.tensors = tensors
        self.byteCount = header.count
        self.hash = hash
    }

    /// Writes the elements of the next tensor, in C order.
    /// - Precondition: as many as its shape says.
    public mutating func write(_ values: Span<Float>) throws(FileError) {
        precondition(nextTensor < tensors.count, "all \(tensors.count) tensors of \(file.path) are written")
        let tensor = tensors[nextTensor]
        precondition(values.count == tensor.elementCount, "'\(tensor.name)' is \(tensor.dimensions), and \(values.count) values came")
        nextTensor += 1
        let bytes = values.bytes
        if bytes.byteCount == 0 { return }
        try file.write(bytes)
        try hash.update(bytes)
        byteCount += bytes.byteCount
    }

    /// Returns when the whole file is on disk.
    /// - Precondition: every tensor is written.
    public consuming func finish() throws(FileError) -> Written {
        precondition(nextTensor == tensors.count, "\(tensors.count - nextTensor) tensors of \(file.path) are not written")
        try file.synchronize()
        let byteCount = byteCount
        return Written(byteCount: byteCount, sha256: try hash.finish())
    }

    /// The length field and the JSON, padded.
    private static func header(of tensors: [TensorShape], metadata: KeyValuePairs<String, String>) -> [UInt8] {
        precondition(Set(tensors.map { Array($0.name.utf8) }).count == tensors.count, "a tensor's name stands twice")
        var members: [JSONMember] = []
        if !metadata.isEmpty {
            let texts = metadata.map { JSONMember(key: $0.key, value: .text($0.value)) }
            members.append(JSONMember(key: SafetensorsHeader.metadataKey, value: JSONValue(.object(texts))))
        }
        var begin = 0
        for tensor in tensors {
            precondition(tensor.name != SafetensorsHeader.metadataKey, "a tensor can't be called \(tensor.name)")
            let end = begin + tensor.elementCount * MemoryLayout<Float>.size
            let description: JSONValue = .object([
                "dtype": .text(ElementType.float32.rawValue), "shape": .list(tensor.dimensions.map(JSONValue.integer)),
                "data_offsets": .list([.integer(begin), .integer(end)]),
            ])
            members.append(JSONMember(key: tensor.name, value: description))
            begin = end
        }
        var json = Array(JSONValue(.object(members)).serialized().utf8)
        while (SafetensorsHeader.lengthByteCount + json.count) % 64 != 0 { json.append(UInt8(ascii: " ")) }
        return (0..<SafetensorsHeader.lengthByteCount).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json
    }
}
