/// A file, pipe or device from front to back, as its bytes come; a plain file whose name ends in .gz decompressed.
package final class ArrivingBytes {
    package enum Kind: Sendable {
        case plainFile
        /// May be endless.
        case device
        case pipe
    }

    private enum Source: ~Copyable {
        case file(OpenFile)
        case gzip(GzipReader)
    }

    package let kind: Kind
    private let source: Source

    /// Waits for a pipe's other end.
    /// - Parameter path: nil for standard input.
    package init(_ path: String?) throws(FileError) {
        if let path, path.lowercased().hasSuffix(".gz") {
            source = .gzip(try GzipReader(path: path, atMost: .max))
            kind = .plainFile
        } else {
            let file = if let path { try OpenFile.fromBeginning(path) } else { try OpenFile.standardInput() }
            kind = try file.isDevice() ? .device : file.isPlain() ? .plainFile : .pipe
            source = .file(file)
        }
    }

    /// The next bytes, at most `byteCount` of them; empty at the end. Of a pipe or a device those that are there, once there are any.
    package func next(atMost byteCount: Int) throws(FileError) -> [UInt8] {
        switch source {
        case .file(let file): return try file.nextBytes(atMost: byteCount)
        case .gzip(let reader):
            let bytes = try reader.next(atMost: byteCount)
            if bytes.count < byteCount { try reader.finish() }
            return bytes
        }
    }
}
