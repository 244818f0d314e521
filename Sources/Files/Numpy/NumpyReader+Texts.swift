extension NumpyReader {
    /// The elements of an array of fixed-width texts: dtype U, or S whose bytes are UTF-8. NumPy fills a text up with zeros, which are left out.
    /// - Parameter limit: the most bytes of memory that the texts may take, all of the dtype's width. If they take more, nothing is allocated.
    /// - Throws: ``FileError/numpy(path:fault:)`` for one that isn't Unicode, numbers, or too many; or why the file can't be read.
    package func texts(atMost limit: Int) throws(FileError) -> [String] {
        guard !type.isNumeric else { throw .numpy(path: path, fault: .notTexts(code: type.code)) }
        try requireMemory(valueByteCount: Self.textByteCount(width: type.byteCount), atMost: limit)
        let stream = try elements()
        var texts = [String](repeating: "", count: elementCount)
        var order = isFortranOrder && FortranOrder.matters(for: shape) ? FortranOrder(shape) : nil
        try forEachPiece(of: stream) { elements, place throws(FileError) in
            for index in 0..<elements.count / type.byteCount {
                let element = UnsafeRawBufferPointer(rebasing: elements[index * type.byteCount..<(index + 1) * type.byteCount])
                guard let text = type.kind == .unicode ? Self.unicodeText(element) : Self.utf8Text(element) else {
                    throw .numpy(path: path, fault: .textMalformed(position: position(of: place + index), code: type.code))
                }
                texts[order?.next() ?? place + index] = text
            }
        }
        try stream.finish()
        return texts
    }

    /// Bytes of a String in an array, and of its own memory where it has more than 15 bytes of UTF-8. A code point has at most four, as in the file.
    private static func textByteCount(width: Int) -> Int {
        width <= 15 ? MemoryLayout<String>.size : MemoryLayout<String>.size + 32 + min(width, .max / 2)
    }

    private static func unicodeText(_ element: UnsafeRawBufferPointer) -> String? {
        var count = element.count / 4
        while count > 0, element.loadUnaligned(fromByteOffset: 4 * count - 4, as: UInt32.self) == 0 { count -= 1 }
        var scalars = String.UnicodeScalarView()
        for index in 0..<count {
            guard let scalar = Unicode.Scalar(element.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)) else { return nil }
            scalars.append(scalar)
        }
        return String(scalars)
    }

    private static func utf8Text(_ element: UnsafeRawBufferPointer) -> String? {
        let count = (element.lastIndex { $0 != 0 } ?? -1) + 1
        return String(validating: element[..<count], as: UTF8.self)
    }
}
