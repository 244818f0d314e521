/// A message in the wire format of Protocol Buffers, written field by field, for files that other tools read (ONNX models, TensorBoard's events).
///
/// There is no schema: the caller supplies each field's number and type. Values that equal a field's default are written too, which every reader
/// accepts. Source: "Encoding", Protocol Buffers documentation.
public struct ProtobufMessage: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// Adds an int32, int64, bool or enum: a varint, negative numbers in ten bytes.
    public mutating func add(_ field: Int, integer value: Int) {
        addTag(field, .varint)
        addVarint(UInt64(bitPattern: Int64(value)))
    }

    public mutating func add(_ field: Int, float value: Float) {
        addTag(field, .fourBytes)
        bytes.append(littleEndian: value.bitPattern)
    }

    public mutating func add(_ field: Int, double value: Double) {
        addTag(field, .eightBytes)
        bytes.append(littleEndian: value.bitPattern)
    }

    public mutating func add(_ field: Int, text: String) { add(field, bytes: Array(text.utf8)) }

    public mutating func add(_ field: Int, message: ProtobufMessage) { add(field, bytes: message.bytes) }

    public mutating func add(_ field: Int, bytes value: [UInt8]) {
        addTag(field, .counted)
        addVarint(UInt64(value.count))
        bytes += value
    }

    /// Adds a packed repeated field of doubles.
    public mutating func add(_ field: Int, doubles: [Double]) {
        addTag(field, .counted)
        addVarint(UInt64(8 * doubles.count))
        for value in doubles { bytes.append(littleEndian: value.bitPattern) }
    }

    /// Adds a packed repeated field of integers.
    public mutating func add(_ field: Int, integers: [Int]) {
        var packed = ProtobufMessage()
        for value in integers { packed.addVarint(UInt64(bitPattern: Int64(value))) }
        add(field, message: packed)
    }

    private enum WireType: UInt64 { case varint = 0, eightBytes = 1, counted = 2, fourBytes = 5 }

    private mutating func addTag(_ field: Int, _ type: WireType) {
        precondition(field >= 1)
        addVarint(UInt64(field) << 3 | type.rawValue)
    }

    /// Adds seven bits per byte, the lowest first; the eighth bit means that more follow.
    private mutating func addVarint(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

extension [UInt8] {
    /// Appends an integer's bytes in little-endian order.
    public mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
