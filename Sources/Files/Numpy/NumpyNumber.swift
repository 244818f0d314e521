/// A type of Swift's in which numbers of a NumPy array can be read.
protocol NumpyNumber: BitwiseCopyable {
    /// NumPy's word for it.
    static var numpyName: String { get }
    /// All integers up to it, and down to minus it, are represented exactly.
    static var largestExactInteger: UInt64 { get }
    init(_ integer: Int)
    init?<Source: BinaryInteger>(exactly integer: Source)
    /// The nearest number of this type; nil where it has none near.
    static func nearest(to value: Double) -> Self?
}

extension Float: NumpyNumber {
    static var numpyName: String { "float32" }
    static var largestExactInteger: UInt64 { 1 << 24 }

    /// Nil where a finite number becomes infinite. NaN and infinities stay what they are.
    static func nearest(to value: Double) -> Float? {
        let float = Float(value)
        return float.isInfinite && value.isFinite ? nil : float
    }
}

extension Double: NumpyNumber {
    static var numpyName: String { "float64" }
    static var largestExactInteger: UInt64 { 1 << 53 }
    static func nearest(to value: Double) -> Double? { value }
}

extension Int64: NumpyNumber {
    static var numpyName: String { "int64" }
    static var largestExactInteger: UInt64 { UInt64(Int64.max) }
    /// Nil for a fraction, NaN or an infinity: a class or a token isn't rounded.
    static func nearest(to value: Double) -> Int64? { Int64(exactly: value) }
}

/// Converts elements of type `type`, little-endian, to `values`, which has room for them.
/// - Returns: the first element that can't be represented; nil if all can. Those behind it aren't converted then.
@inline(__always)
func convertNumbers<Value: NumpyNumber>(_ elements: UnsafeRawBufferPointer, of type: NumpyType, to values: UnsafeMutablePointer<Value>) -> Int? {
    switch (type.kind, type.byteCount) {
    case (.float, 2): convertFloats(elements, UInt16.self, to: values) { Double(widened($0)) }
    case (.float, 4): convertFloats(elements, Float.self, to: values) { Double($0) }
    case (.float, _): convertFloats(elements, Double.self, to: values) { $0 }
    case (.signed, 1): convertIntegers(elements, Int8.self, to: values)
    case (.signed, 2): convertIntegers(elements, Int16.self, to: values)
    case (.signed, 4): convertIntegers(elements, Int32.self, to: values)
    case (.signed, _): convertIntegers(elements, Int64.self, to: values)
    case (.unsigned, 2): convertIntegers(elements, UInt16.self, to: values)
    case (.unsigned, 4): convertIntegers(elements, UInt32.self, to: values)
    case (.unsigned, 8): convertIntegers(elements, UInt64.self, to: values)
    default: convertIntegers(elements, UInt8.self, to: values)
    }
}

@inline(__always)
private func convertFloats<Stored: BitwiseCopyable, Value: NumpyNumber>(
    _ elements: UnsafeRawBufferPointer, _: Stored.Type, to values: UnsafeMutablePointer<Value>, _ double: (Stored) -> Double
) -> Int? {
    // Both have room for `count` elements, by the contract of the caller.
    for index in 0..<elements.count / MemoryLayout<Stored>.size {
        let stored = elements.loadUnaligned(fromByteOffset: index &* MemoryLayout<Stored>.size, as: Stored.self)
        guard let value = Value.nearest(to: double(stored)) else { return index }
        values[index] = value
    }
    return nil
}

@inline(__always)
private func convertIntegers<Stored: FixedWidthInteger & BitwiseCopyable, Value: NumpyNumber>(
    _ elements: UnsafeRawBufferPointer, _: Stored.Type, to values: UnsafeMutablePointer<Value>
) -> Int? {
    let count = elements.count / MemoryLayout<Stored>.size
    // A loop without an exit, which the compiler makes vector instructions of; then whether it was enough.
    var largest: Stored.Magnitude = 0
    for index in 0..<count {
        let stored = elements.loadUnaligned(fromByteOffset: index &* MemoryLayout<Stored>.size, as: Stored.self)
        largest = max(largest, stored.magnitude)
        values[index] = Value(Int(truncatingIfNeeded: stored))
    }
    if UInt64(largest) <= Value.largestExactInteger { return nil }
    for index in 0..<count {
        let stored = elements.loadUnaligned(fromByteOffset: index &* MemoryLayout<Stored>.size, as: Stored.self)
        guard let value = Value(exactly: stored) else { return index }
        values[index] = value
    }
    return nil
}

/// A float of 16 bits as one of 32, exactly. No operand is subnormal as a float of 32 bits, so it holds also where the processor flushes those to 0.
func widened(_ half: UInt16) -> Float {
    let sign = UInt32(half & 0x8000) << 16
    let magnitude = UInt32(half & 0x7FFF) << 13
    // The exponents' biases differ by 112.
    let number: UInt32
    if magnitude >= 31 << 23 {
        // Infinities and NaN keep the largest exponent.
        number = magnitude + (224 << 23)
    } else if magnitude < 1 << 23 {
        // Subnormal: the fraction is put behind a leading 1, which is then subtracted.
        number = (Float(bitPattern: magnitude + (113 << 23)) - Float(bitPattern: 113 << 23)).bitPattern
    } else {
        number = magnitude + (112 << 23)
    }
    return Float(bitPattern: sign | number)
}

/// Reverses the bytes of each word of 2, 4 or 8 bytes; does nothing to words of 1.
func reverseWords(_ bytes: UnsafeMutableRawBufferPointer, wordByteCount: Int) {
    switch wordByteCount {
    case 2: reverseWords(bytes, UInt16.self)
    case 4: reverseWords(bytes, UInt32.self)
    case 8: reverseWords(bytes, UInt64.self)
    default: break
    }
}

@inline(__always)
private func reverseWords<Word: FixedWidthInteger & BitwiseCopyable>(_ bytes: UnsafeMutableRawBufferPointer, _: Word.Type) {
    for offset in stride(from: 0, through: bytes.count - MemoryLayout<Word>.size, by: MemoryLayout<Word>.size) {
        bytes.storeBytes(of: bytes.loadUnaligned(fromByteOffset: offset, as: Word.self).byteSwapped, toByteOffset: offset, as: Word.self)
    }
}
