/// An array in NumPy's file format (`.npy`, version 1.0): a header with type and shape, then the elements in C order, little-endian.
///
/// Source: "A simple file format for NumPy arrays", NEP 1.
package struct NumpyArray: Equatable, Sendable {
    package let bytes: [UInt8]

    /// - Precondition: the number of values matches the shape.
    package init(_ values: some Collection<Float>, shape: [Int]) {
        self.init(typeCode: "<f4", values.map(\.bitPattern), shape: shape)
    }

    /// - Precondition: the number of values matches the shape.
    package init(_ values: some Collection<Int64>, shape: [Int]) {
        self.init(typeCode: "<i8", values, shape: shape)
    }

    /// - Precondition: the number of values matches the shape.
    package init(_ values: some Collection<Double>, shape: [Int]) {
        self.init(typeCode: "<f8", values.map(\.bitPattern), shape: shape)
    }

    /// Texts, each as long as the longest: Unicode scalars in UTF-32, then zeros.
    /// - Parameter shape: nil for `[texts]`.
    /// - Precondition: the number of texts matches the shape.
    package init(_ texts: [String], shape: [Int]? = nil) {
        let width = max(1, texts.map(\.unicodeScalars.count).max() ?? 0)
        let scalars = texts.flatMap { text in
            let values = text.unicodeScalars.map(\.value)
            return values + Array(repeating: 0, count: width - values.count)
        }
        self.init(typeCode: "<U\(width)", scalars, shape: shape ?? [texts.count], wordsPerElement: width)
    }

    private init(typeCode: String, _ words: some Collection<some FixedWidthInteger>, shape: [Int], wordsPerElement: Int = 1) {
        precondition(words.count == shape.reduce(wordsPerElement, *), "\(words.count) values aren't \(shape)")
        var bytes = Self.header(typeCode: typeCode, shape: shape)
        bytes.reserveCapacity(bytes.count + words.count * 8)
        for word in words { bytes.append(littleEndian: word) }
        self.bytes = bytes
    }

    /// Magic, version, and a Python literal padded with blanks so that the elements begin at a multiple of 64 bytes.
    private static func header(typeCode: String, shape: [Int]) -> [UInt8] {
        let tuple = shape.count == 1 ? "(\(shape[0]),)" : "(" + shape.map(String.init).joined(separator: ", ") + ")"
        var text = Array("{'descr': '\(typeCode)', 'fortran_order': False, 'shape': \(tuple), }".utf8)
        let opening: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
        while (opening.count + 2 + text.count + 1) % 64 != 0 { text.append(UInt8(ascii: " ")) }
        text.append(UInt8(ascii: "\n"))
        var bytes = opening
        bytes.append(littleEndian: UInt16(text.count))
        return bytes + text
    }
}
