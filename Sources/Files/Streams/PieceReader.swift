/// Reads a plain file from front to back, one whose name ends in .gz decompressed.
package final class PieceReader {
    private let stream: any ByteStream

    /// - Throws: ``FileError/notAPlainFile(path:)`` for a pipe or a device, which can't be read twice.
    package init(_ path: String) throws(FileError) {
        let file = try OpenFile.reading(path)
        if path.lowercased().hasSuffix(".gz") { stream = try GzipReader(path: path, atMost: .max) } else { stream = SequentialStream(file) }
    }

    /// The next bytes, at most `byteCount` of them; fewer only at the end, which is checked then.
    package func next(atMost byteCount: Int) throws(FileError) -> [UInt8] {
        let bytes = try stream.nextBytes(atMost: byteCount)
        if bytes.count < byteCount { try stream.finish() }
        return bytes
    }
}
