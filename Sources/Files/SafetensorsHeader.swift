import StrictJSON

/// The header of a safetensors file, validated against the format and the file's size.
///
/// The file is: 8 bytes, the header's length N, little-endian; N bytes of JSON, which may end in blanks; the data section.
/// The JSON maps each tensor's name to `{"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}`, offsets counted from the data section,
/// and may map `__metadata__` to an object of texts. The tensors cover the data section: no overlap, no hole, nothing behind the last.
struct SafetensorsHeader {
    /// In the order of their bytes.
    let entries: [TensorEntry]
    let metadata: [String: String]

    static let metadataKey = "__metadata__"
    static let lengthByteCount = 8
    /// The format's own bound.
    static let largestByteCount = 100_000_000

    /// The header's length out of a file's first 8 bytes; allocates nothing.
    static func length(from field: [UInt8], fileByteCount: Int) throws(SafetensorsFault) -> Int {
        let claimed = field.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard claimed <= UInt64(largestByteCount) else { throw .headerTooLong(found: claimed, limit: largestByteCount) }
        let available = fileByteCount - lengthByteCount
        guard claimed <= UInt64(available) else { throw .headerBeyondFile(found: Int(claimed), available: available) }
        return Int(claimed)
    }

    /// Reads `json` and holds it against a data section of `dataByteCount` bytes. The tensors' sizes cost no memory here, whatever they claim.
    init(json: [UInt8], dataByteCount: Int) throws(SafetensorsFault) {
        var limits = JSONLimits()
        limits.depth = 4
        limits.byteCount = Self.largestByteCount
        let value: JSONValue
        do { value = try JSONValue.parse(json, limits: limits) } catch { throw .headerNotJSON(error) }
        guard let members = value.objectValue else { throw .headerNotAnObject }

        var entries: [TensorEntry] = []
        var metadata: [String: String] = [:]
        for member in members {
            if member.key == Self.metadataKey {
                metadata = try Self.metadata(in: member.value)
            } else {
                entries.append(try TensorEntry(name: member.key, description: member.value, dataByteCount: dataByteCount))
            }
        }
        entries.sort { ($0.byteRange.lowerBound, $0.byteRange.upperBound) < ($1.byteRange.lowerBound, $1.byteRange.upperBound) }
        try Self.requireCover(entries, dataByteCount: dataByteCount)
        self.entries = entries
        self.metadata = metadata
    }

    private static func metadata(in value: JSONValue) throws(SafetensorsFault) -> [String: String] {
        guard let members = value.objectValue else { throw .metadataNotAnObject }
        var texts: [String: String] = [:]
        for member in members {
            guard let text = member.value.stringValue else { throw .metadataValueNotText(key: member.key) }
            guard texts.updateValue(text, forKey: member.key) == nil else { throw .metadataKeysAlike(key: member.key) }
        }
        return texts
    }

    /// Each entry begins where the one before ends, the first at 0, and the last ends with the data.
    private static func requireCover(_ sorted: [TensorEntry], dataByteCount: Int) throws(SafetensorsFault) {
        var end = 0
        for entry in sorted {
            let begin = entry.byteRange.lowerBound
            if begin < end { throw .overlap(tensor: entry.name, begin: begin, previousEnd: end) }
            if begin > end { throw .hole(tensor: entry.name, begin: begin, previousEnd: end) }
            end = entry.byteRange.upperBound
        }
        guard end == dataByteCount else { throw .bytesAfterLastTensor(found: dataByteCount, wanted: end) }
    }
}

extension TensorEntry {
    fileprivate init(name: String, description: JSONValue, dataByteCount: Int) throws(SafetensorsFault) {
        guard let members = description.objectValue else { throw .tensorNotAnObject(tensor: name) }
        for member in members where !["dtype", "shape", "data_offsets"].contains(member.key) {
            throw .fieldUnknown(tensor: name, field: member.key)
        }
        let type = try Self.type(in: description, of: name)
        let dimensions = try Self.dimensions(in: description, of: name)
        let range = try Self.byteRange(in: description, of: name, dataByteCount: dataByteCount)
        let wanted = try Self.byteCount(of: dimensions, type: type, name: name)
        guard range.count == wanted else { throw .sizeDiffers(tensor: name, found: range.count, wanted: wanted) }
        self.init(shape: TensorShape(name: name, dimensions: dimensions), type: type, byteRange: range)
    }

    private static func field(_ field: String, in description: JSONValue, of name: String) throws(SafetensorsFault) -> JSONValue {
        guard let value = description[field] else { throw .fieldMissing(tensor: name, field: field) }
        return value
    }

    private static func type(in description: JSONValue, of name: String) throws(SafetensorsFault) -> ElementType {
        let value = try field("dtype", in: description, of: name)
        guard let type = value.stringValue.flatMap(ElementType.init(rawValue:)) else {
            throw .typeUnknown(tensor: name, found: value.shown)
        }
        return type
    }

    private static func dimensions(in description: JSONValue, of name: String) throws(SafetensorsFault) -> [Int] {
        let value = try field("shape", in: description, of: name)
        guard let dimensions = value.sizes else { throw .shapeNotSizes(tensor: name, found: value.shown) }
        return dimensions
    }

    private static func byteRange(in description: JSONValue, of name: String, dataByteCount: Int) throws(SafetensorsFault) -> Range<Int> {
        let value = try field("data_offsets", in: description, of: name)
        guard let offsets = value.sizes, offsets.count == 2 else { throw .offsetsNotAPair(tensor: name, found: value.shown) }
        guard offsets[0] <= offsets[1] else { throw .offsetsReversed(tensor: name, begin: offsets[0], end: offsets[1]) }
        guard offsets[1] <= dataByteCount else {
            throw .offsetsBeyondData(tensor: name, end: offsets[1], dataByteCount: dataByteCount)
        }
        return offsets[0]..<offsets[1]
    }

    /// The bytes that the shape wants. An empty tensor may have dimensions whose product without the 0 would overflow.
    private static func byteCount(of dimensions: [Int], type: ElementType, name: String) throws(SafetensorsFault) -> Int {
        if dimensions.contains(0) { return 0 }
        var bitCount = type.bitCount
        for dimension in dimensions {
            let (product, overflows) = bitCount.multipliedReportingOverflow(by: dimension)
            if overflows { throw .shapeOverflows(tensor: name, shape: dimensions) }
            bitCount = product
        }
        guard bitCount % 8 == 0 else { throw .bitsNotWholeBytes(tensor: name, bitCount: bitCount) }
        return bitCount / 8
    }
}

extension JSONValue {
    /// As it stands in the file, cut where it is long: a fault may be kept, and a header's value have 100 MB.
    fileprivate var shown: String { JSONValue.printable(serialized(), scalarCount: 200) }

    /// The elements of a list of integers of which none is below 0; nil for all else.
    fileprivate var sizes: [Int]? {
        guard let values = arrayValue else { return nil }
        var sizes: [Int] = []
        for value in values {
            guard let size = value.integerValue, size >= 0 else { return nil }
            sizes.append(size)
        }
        return sizes
    }
}
