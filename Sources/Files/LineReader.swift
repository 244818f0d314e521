/// Reads a file, pipe or terminal line by line, each as soon as it is there.
package struct LineReader: ~Copyable {
    private let file: OpenFile
    /// Bytes that were read and belong to no returned line yet.
    private var bytes: [UInt8] = []
    private var hasEnded = false

    private static let pieceByteCount = 1 << 16

    /// - Parameter path: of a file or pipe; nil for standard input.
    package init(ofFile path: String?) throws(FileError) {
        file = if let path { try OpenFile.fromBeginning(path) } else { try OpenFile.standardInput() }
    }

    /// The next line without its end, LF or CR LF; nil after the last one.
    /// - Parameter limit: a longer line is cut off after one byte more, so that the caller can refuse it.
    package mutating func next(atMost limit: Int) throws(FileError) -> [UInt8]? {
        var searchedCount = 0
        while true {
            if let end = bytes[searchedCount...].firstIndex(of: 0x0A) { return takeLine(endingAt: end, droppedCount: end + 1) }
            searchedCount = bytes.count
            if searchedCount > limit { return takeLine(endingAt: limit + 1, droppedCount: limit + 1) }
            if hasEnded { return bytes.isEmpty ? nil : takeLine(endingAt: bytes.count, droppedCount: bytes.count) }
            let piece = try file.nextBytes(atMost: Self.pieceByteCount)
            hasEnded = piece.isEmpty
            bytes += piece
        }
    }

    private mutating func takeLine(endingAt end: Int, droppedCount: Int) -> [UInt8] {
        let line = bytes[..<end]
        defer { bytes.removeFirst(droppedCount) }
        return Array(line.last == 0x0D ? line.dropLast() : line)
    }
}
