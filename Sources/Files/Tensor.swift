/// A tensor's name and dimensions. Its elements lie in C order: the last dimension varies fastest.
public struct TensorShape: Equatable, Sendable {
    public let name: String
    public let dimensions: [Int]

    /// - Precondition: no dimension is below 0, and the product fits an `Int` or is 0.
    public init(name: String, dimensions: [Int]) {
        precondition(dimensions.allSatisfy { $0 >= 0 }, "a dimension of \(name) is below 0: \(dimensions)")
        self.name = name
        self.dimensions = dimensions
    }

    /// The product of the dimensions; 1 for a scalar, which has none; 0 if any is 0, though the product of the others may be beyond an `Int`.
    public var elementCount: Int { dimensions.contains(0) ? 0 : dimensions.reduce(1, *) }
}

extension [TensorShape] {
    /// The elements of all tensors together.
    public var elementCount: Int { reduce(0) { $0 + $1.elementCount } }
}

/// The element types of the safetensors format, by its own names.
public enum ElementType: String, CaseIterable, Sendable {
    case bool = "BOOL", uint8 = "U8", int8 = "I8", uint16 = "U16", int16 = "I16", uint32 = "U32", int32 = "I32", uint64 = "U64", int64 = "I64"
    case float4 = "F4", float6e2m3 = "F6_E2M3", float6e3m2 = "F6_E3M2", float8e5m2 = "F8_E5M2", float8e4m3 = "F8_E4M3", float8e8m0 = "F8_E8M0"
    case float16 = "F16", bfloat16 = "BF16", float32 = "F32", float64 = "F64", complex64 = "C64"

    /// The bits of one element.
    public var bitCount: Int {
        switch self {
        case .float4: 4
        case .float6e2m3, .float6e3m2: 6
        case .bool, .uint8, .int8, .float8e5m2, .float8e4m3, .float8e8m0: 8
        case .uint16, .int16, .float16, .bfloat16: 16
        case .uint32, .int32, .float32: 32
        case .uint64, .int64, .float64, .complex64: 64
        }
    }
}

/// A tensor as a safetensors header describes it.
public struct TensorEntry: Equatable, Sendable {
    public let shape: TensorShape
    public let type: ElementType
    /// Range of its bytes in the data section.
    public let byteRange: Range<Int>

    public var name: String { shape.name }
}
