extension NumpyReader {
    /// The elements as floats of 32 bits: those of 64 bits are rounded to the nearest. NaN and infinities stay what they are; a bool is 0 or 1.
    /// - Parameter limit: the most bytes of memory that the values may take. If they take more, nothing is allocated.
    /// - Throws: ``FileError/numpy(path:fault:)`` for an integer that isn't exact as a float, a number beyond the largest float, texts or too many
    ///   elements; or why the file can't be read.
    /// - Complexity: one pass. Little-endian float32 in C order is read directly into the array.
    package func floats(atMost limit: Int) throws(FileError) -> [Float] { try numbers(atMost: limit) }

    /// The elements as floats of 64 bits, all exact.
    /// - Throws: as ``floats(atMost:)``, for integers beyond 2⁵³ that aren't exact.
    package func doubles(atMost limit: Int) throws(FileError) -> [Double] { try numbers(atMost: limit) }

    /// The elements as integers, all exact.
    /// - Throws: as ``floats(atMost:)``, for floats that aren't integers, and for integers of 2⁶³ and more.
    package func integers(atMost limit: Int) throws(FileError) -> [Int64] { try numbers(atMost: limit) }

    private func numbers<Value: NumpyNumber>(atMost limit: Int) throws(FileError) -> [Value] {
        guard type.isNumeric else { throw .numpy(path: path, fault: .notNumbers(code: type.code)) }
        try requireMemory(valueByteCount: MemoryLayout<Value>.size, atMost: limit)
        let stream = try elements()
        let values = try [Value](capacity: elementCount) { output throws(FileError) in
            // The memory is the array's own during the closure, and `fill` writes all of it or throws.
            try output.withUnsafeMutableBufferPointer { memory, count throws(FileError) in
                preferHugePages(UnsafeMutableRawBufferPointer(memory))
                try fill(memory, from: stream)
                count = memory.count
            }
        }
        try stream.finish()
        return values
    }

    private func fill<Value: NumpyNumber>(_ values: UnsafeMutableBufferPointer<Value>, from stream: any ByteStream) throws(FileError) {
        if isFortranOrder, FortranOrder.matters(for: shape) {
            var order = FortranOrder(shape)
            try forEachPiece(of: stream) { elements, place throws(FileError) in
                try withUnsafeTemporaryAllocation(of: Value.self, capacity: elements.count / type.byteCount) { piece throws(FileError) in
                    try convert(elements, from: place, to: piece)
                    order.copy(UnsafeBufferPointer(piece), to: values)
                }
            }
        } else if Value.numpyName == type.nativeName {
            try fill(UnsafeMutableRawBufferPointer(values), from: stream)
        } else {
            try forEachPiece(of: stream) { elements, place throws(FileError) in
                try convert(elements, from: place, to: UnsafeMutableBufferPointer(rebasing: values[place..<place + elements.count / type.byteCount]))
            }
        }
    }

    /// Converts the elements that begin with the one at `place`, little-endian by now.
    private func convert<Value: NumpyNumber>(
        _ elements: UnsafeRawBufferPointer, from place: Int, to values: UnsafeMutableBufferPointer<Value>
    ) throws(FileError) {
        guard let values = values.baseAddress else { return }
        if type.kind == .boolean, let index = Self.firstNotBoolean(elements) {
            throw .numpy(path: path, fault: .notBoolean(position: position(of: place + index), found: "\(elements[index])"))
        }
        if let index = convertNumbers(elements, of: type, to: values) {
            let bytes = UnsafeRawBufferPointer(rebasing: elements[index * type.byteCount..<(index + 1) * type.byteCount])
            throw .numpy(
                path: path, fault: .notExact(position: position(of: place + index), found: type.text(of: bytes), wanted: Value.numpyName))
        }
    }
}

extension NumpyReader {
    private static func firstNotBoolean(_ elements: UnsafeRawBufferPointer) -> Int? {
        // Without an exit the compiler makes vector instructions of the loop.
        var union: UInt8 = 0
        for index in 0..<elements.count { union |= elements[index] }
        return union > 1 ? elements.firstIndex { $0 > 1 } : nil
    }

    private static let pieceByteCount = 1 << 17

    /// Gives the elements piece by piece, in little-endian order, with the place of each piece's first one in the file's order.
    func forEachPiece(of stream: any ByteStream, _ body: (UnsafeRawBufferPointer, Int) throws(FileError) -> Void) throws(FileError) {
        guard type.byteCount > 0, elementCount > 0 else { return }
        let pieceCount = min(elementCount, max(1, Self.pieceByteCount / type.byteCount))
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceCount * type.byteCount, alignment: 16)
        defer { memory.deallocate() }
        for place in stride(from: 0, to: elementCount, by: pieceCount) {
            // Within `memory`, which lives to the end of this function.
            let piece = UnsafeMutableRawBufferPointer(rebasing: memory[..<(min(pieceCount, elementCount - place) * type.byteCount)])
            try fill(piece, from: stream)
            if type.isBigEndian { reverseWords(piece, wordByteCount: type.wordByteCount) }
            try body(UnsafeRawBufferPointer(piece), place)
        }
    }

    private func fill(_ memory: UnsafeMutableRawBufferPointer, from stream: any ByteStream) throws(FileError) {
        let found = try stream.read(into: memory)
        guard found == memory.count else { throw .endsEarly(path: path, found: found, wanted: memory.count) }
    }
}

extension NumpyType {
    /// The type of NumPy's whose memory in this process is the same; nil if there is none.
    fileprivate var nativeName: String? {
        if isBigEndian { return nil }
        return switch (kind, byteCount) {
        case (.float, 4): "float32"
        case (.float, 8): "float64"
        case (.signed, 8): "int64"
        default: nil
        }
    }

    /// A number as text: the one that `element` is, little-endian.
    fileprivate func text(of element: UnsafeRawBufferPointer) -> String {
        switch (kind, byteCount) {
        case (.float, 2): return "\(widened(element.loadUnaligned(as: UInt16.self)))"
        case (.float, 4): return "\(element.loadUnaligned(as: Float.self))"
        case (.float, _): return "\(element.loadUnaligned(as: Double.self))"
        default:
            let bits = element.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let unused = UInt64(64 - 8 * byteCount)
            return kind == .signed ? "\(Int64(bitPattern: bits << unused) >> Int64(unused))" : "\(bits)"
        }
    }
}
