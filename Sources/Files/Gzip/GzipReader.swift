/// The decompressed bytes of a gzip file, read from front to back, up to a limit. The file may have several members, one after another, as
/// `cat a.gz b.gz` makes them. zlib checks each member's header, checksum (CRC-32) and length.
///
/// Source: RFC 1952.
package final class GzipReader {
    private let path: String
    private let inflater: Inflater
    /// Most decompressed bytes.
    private let limit: Int
    /// How many of them may still be given.
    private var remainingByteCount: Int
    /// Decompressed bytes that the file says that it has, if that is possible.
    private let expectedByteCount: Int
    private var hasBegun = false

    private static let signature: [UInt8] = [0x1F, 0x8B]

    /// Opens the file, pipe or device at `path`.
    /// - Parameter limit: the most decompressed bytes, at least 0. If there are more, reading ends with ``GzipFault/tooLarge(limit:)``.
    package convenience init(path: String, atMost limit: Int) throws(FileError) {
        let file = try OpenFile.fromBeginning(path)
        // 0 for a pipe.
        let byteCount = try file.byteCount()
        let lengthField = byteCount >= 4 ? try file.bytes(at: byteCount - 4, byteCount: 4) : []
        try self.init(SequentialStream(file), path: path, atMost: limit, byteCount: byteCount, lengthField: lengthField)
    }

    /// Reads from bytes in memory. Errors call them `path`.
    package convenience init(_ compressed: [UInt8], path: String, atMost limit: Int) throws(FileError) {
        try self.init(MemoryStream(compressed), path: path, atMost: limit, byteCount: compressed.count, lengthField: compressed.suffix(4))
    }

    private init(
        _ source: any ByteStream, path: String, atMost limit: Int, byteCount: Int, lengthField: some BidirectionalCollection<UInt8>
    ) throws(FileError) {
        precondition(limit >= 0, "a limit of \(limit) bytes")
        do { inflater = try Inflater(.gzip, source) } catch { throw Self.error(error, path: path, offset: 0) }
        self.path = path
        self.limit = limit
        // Right if the file has one member of less than 4 GiB.
        let length = lengthField.reversed().reduce(0) { $0 << 8 | Int($1) }
        let (most, overflows) = byteCount.multipliedReportingOverflow(by: Inflater.largestRatio)
        expectedByteCount = min(length, overflows ? .max : most, limit)
        // One more must be a number.
        remainingByteCount = min(limit, .max - 1)
    }

    /// The next decompressed bytes, at most `byteCount` of them; fewer only at the end, and none after it.
    /// - Throws: ``FileError/gzip(path:fault:)``, or why the file can't be read.
    package func next(atMost byteCount: Int) throws(FileError) -> [UInt8] { try nextBytes(atMost: byteCount) }

    /// All decompressed bytes that weren't read yet. Takes memory for as many as there are, or for up to twice as many where the file has several members
    /// or is a pipe.
    /// - Throws: ``FileError/gzip(path:fault:)``, or why the file can't be read.
    package func readToEnd() throws(FileError) -> [UInt8] {
        guard let bytes = try bytesToEnd(atMost: remainingByteCount, expectedByteCount: expectedByteCount) else { throw .gzip(path: path, fault: .tooLarge(limit: limit)) }
        return bytes
    }

    /// Whether there is a member to read from: the present one, or another one, which is begun then.
    private func findMember() throws(FileError) -> Bool {
        guard inflater.isAtEnd || !hasBegun else { return true }
        let beginning = try mappingFailures { () throws(Inflater.Failure) in try inflater.upcomingBytes(2) }
        if beginning.isEmpty, hasBegun { return false }
        guard !beginning.isEmpty, Self.signature.starts(with: beginning) else {
            throw .gzip(path: path, fault: hasBegun ? .bytesAfterEnd(offset: inflater.consumedByteCount) : .notGzip)
        }
        if hasBegun { inflater.restart() }
        hasBegun = true
        return true
    }

    private func mappingFailures<Result>(_ body: () throws(Inflater.Failure) -> Result) throws(FileError) -> Result {
        do { return try body() } catch { throw Self.error(error, path: path, offset: inflater.consumedByteCount) }
    }

    private static func error(_ failure: Inflater.Failure, path: String, offset: Int) -> FileError {
        switch failure {
        case .damaged(let reason): .gzip(path: path, fault: .damaged(offset: offset, reason: reason))
        case .endsEarly: .gzip(path: path, fault: .endsEarly(byteCount: offset))
        case .noMemory: .gzip(path: path, fault: .noMemory)
        case .source(let error): error
        }
    }
}

extension GzipReader: ByteStream {
    func read(into memory: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        var count = 0
        while count < memory.count, try findMember() {
            // One byte beyond the limit shows that there are more.
            let room = min(memory.count - count, remainingByteCount + 1)
            let part = UnsafeMutableRawBufferPointer(rebasing: memory[count..<count + room])
            let found = try mappingFailures { () throws(Inflater.Failure) in try inflater.read(into: part) }
            guard found <= remainingByteCount else { throw .gzip(path: path, fault: .tooLarge(limit: limit)) }
            remainingByteCount -= found
            count += found
        }
        return count
    }
}
