/// A plain file that several streams read from, each in a place of its own.
final class SharedFile: Sendable {
    let file: OpenFile
    /// Its size in bytes when it was opened.
    let byteCount: Int

    var path: String { file.path }

    init(_ path: String) throws(FileError) {
        let file = try OpenFile.reading(path)
        byteCount = try file.byteCount()
        self.file = file
    }

    /// - Precondition: the caller has compared the range with the file's size.
    func bytes(at offset: Int, byteCount: Int) throws(FileError) -> [UInt8] { try file.bytes(at: offset, byteCount: byteCount) }
}

/// A range of a plain file's bytes.
final class FileRangeStream: ByteStream {
    private let source: SharedFile
    private var offset: Int
    private let end: Int

    /// - Precondition: the range is in the file.
    init(_ source: SharedFile, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= source.byteCount, "\(range) isn't in \(source.path)")
        self.source = source
        offset = range.lowerBound
        end = range.upperBound
    }

    /// - Throws: ``FileError/endsEarly(path:found:wanted:)`` if the file was made shorter since it was opened.
    func read(into memory: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        let count = min(memory.count, end - offset)
        // Valid during this call, as `memory` is.
        var span = MutableRawSpan(_unsafeBytes: memory)
        try source.file.read(into: &span, from: 0, byteCount: count, at: offset)
        offset += count
        return count
    }
}
