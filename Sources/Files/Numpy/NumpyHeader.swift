/// The beginning of a file of one NumPy array: signature, version, length of the header, and the header. The elements follow it.
///
/// Source: NumPy's `numpy.lib.format`, versions 1.0, 2.0 and 3.0, which differ in the width of the header's length and in its encoding.
struct NumpyHeader: Equatable, Sendable {
    let type: NumpyType
    let shape: [Int]
    let isFortranOrder: Bool
    /// Of the signature and all that is before the elements.
    let byteCount: Int
    let elementCount: Int

    private static let signature: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
    /// More than any of an array that is read here.
    private static let largestTextByteCount = 1 << 20

    /// Reads `stream` up to the first element, and compares the elements' size with `fileByteCount`.
    init(from stream: any ByteStream, fileByteCount: Int) throws(NumpyError) {
        let opening = try Self.next(8, of: stream)
        guard opening.starts(with: Self.signature) else { throw .fault(.notNumpy) }
        guard opening.count == 8 else { throw .fault(.endsInHeader) }
        let (major, minor) = (Int(opening[6]), Int(opening[7]))
        guard [1, 2, 3].contains(major), minor == 0 else { throw .fault(.versionUnsupported(major: major, minor: minor)) }
        let field = try Self.next(major == 1 ? 2 : 4, of: stream)
        guard field.count == (major == 1 ? 2 : 4) else { throw .fault(.endsInHeader) }
        let textByteCount = field.reversed().reduce(0) { $0 << 8 | Int($1) }
        guard textByteCount <= Self.largestTextByteCount else {
            throw .fault(.headerTooLong(found: textByteCount, limit: Self.largestTextByteCount))
        }
        let text = try Self.next(textByteCount, of: stream)
        guard text.count == textByteCount else { throw .fault(.endsInHeader) }
        do throws(NumpyFault) {
            try self.init(text, byteCount: opening.count + field.count + textByteCount, fileByteCount: fileByteCount)
        } catch {
            throw .fault(error)
        }
    }

    private init(_ text: [UInt8], byteCount: Int, fileByteCount: Int) throws(NumpyFault) {
        let literal = try NumpyLiteral(text)
        type = try NumpyType(code: literal.typeCode)
        shape = literal.shape
        isFortranOrder = literal.isFortranOrder
        self.byteCount = byteCount
        elementCount = try Self.product(of: shape, shape: shape)
        let wanted = try Self.product(of: [elementCount, type.byteCount], shape: shape)
        guard wanted == fileByteCount - byteCount else { throw .sizeDiffers(found: fileByteCount - byteCount, wanted: wanted, shape: shape, code: type.code) }
    }

    /// The product; 0 if any factor is, though the product of the others may be beyond an `Int`.
    private static func product(of factors: [Int], shape: [Int]) throws(NumpyFault) -> Int {
        if factors.contains(0) { return 0 }
        var product = 1
        for factor in factors {
            let (next, overflows) = product.multipliedReportingOverflow(by: factor)
            if overflows { throw .shapeOverflows(shape: shape) }
            product = next
        }
        return product
    }

    private static func next(_ byteCount: Int, of stream: any ByteStream) throws(NumpyError) -> [UInt8] {
        do { return try stream.nextBytes(atMost: byteCount) } catch { throw .file(error) }
    }
}

/// Why an array can't be read, before the file's name is put to it.
enum NumpyError: Error {
    case fault(NumpyFault)
    case file(FileError)

    func named(_ path: String) -> FileError {
        switch self {
        case .fault(let fault): .numpy(path: path, fault: fault)
        case .file(let error): error
        }
    }
}
