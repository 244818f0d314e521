import Glibc

/// A file that is open, and closed when its owner goes. Reads name their place, so readers don't disturb one another.
package struct OpenFile: ~Copyable, Sendable {
    package let path: String
    let descriptor: Int32
    private let fileSystem: FileSystem

    /// A call moves at most this much: Linux moves a little less than 2 GiB.
    private static let largestTransfer = 1 << 30

    package init(opening path: String, flags: Int32, in fileSystem: FileSystem = FileSystem()) throws(FileError) {
        // The system would take the part before a zero byte for the whole path.
        guard !path.utf8.contains(0) else { throw .zeroByteInName(path: path) }
        do {
            let place = fileSystem.place(path)
            descriptor = try checked("open", path) { openat(place.directory, place.path, flags | O_CLOEXEC, 0o666) }
        } catch .system(_, _, let code) where code == ELOOP && flags & O_NOFOLLOW != 0 {
            throw .link(path: path)
        }
        self.path = path
        self.fileSystem = fileSystem
    }

    /// Opens a plain file for reading; never waits for a pipe's other end.
    package static func reading(_ path: String, in fileSystem: FileSystem = FileSystem()) throws(FileError) -> OpenFile {
        let file = try OpenFile(opening: path, flags: O_RDONLY | O_NONBLOCK, in: fileSystem)
        guard try file.status().st_mode & S_IFMT == S_IFREG else { throw .notAPlainFile(path: path) }
        return file
    }

    /// The process's standard input: a file, pipe, socket or terminal.
    package static func standardInput() throws(FileError) -> OpenFile { try OpenFile(duplicating: STDIN_FILENO, path: "standard input") }

    private init(duplicating other: Int32, path: String) throws(FileError) {
        descriptor = try checked("read", path) { fcntl(other, F_DUPFD_CLOEXEC, 0) }
        self.path = path
        fileSystem = FileSystem()
    }

    /// Makes a new file for writing; there must be none at `path`.
    package init(creating path: String, in fileSystem: FileSystem) throws(FileError) {
        try fileSystem.announce(.create, path)
        try self.init(opening: path, flags: O_WRONLY | O_CREAT | O_EXCL, in: fileSystem)
    }

    deinit { close(descriptor) }

    func status() throws(FileError) -> stat {
        var status = stat()
        _ = try checked("examine", path) { fstat(descriptor, &status) }
        return status
    }

    package func identity() throws(FileError) -> FileIdentity { FileIdentity(try status()) }

    /// Current size of the file in bytes.
    package func byteCount() throws(FileError) -> Int {
        Int(try status().st_size)
    }

    /// When its contents were changed last, in nanoseconds since 1970.
    package func modificationTime() throws(FileError) -> Int {
        let time = try status().st_mtim
        // A file may have any date.
        return time.tv_sec &* 1_000_000_000 &+ time.tv_nsec
    }

    /// Writes all of `bytes` behind what was written before.
    package func write(_ bytes: RawSpan) throws(FileError) {
        try fileSystem.announce(.write, path)
        var written = 0
        while written < bytes.byteCount {
            let piece = bytes.extracting(written..<min(bytes.byteCount, written + Self.largestTransfer))
            // The pointer holds for the call only.
            written += try checked("write", path) { piece.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) } }
        }
    }

    /// Writes all of `bytes` over what the file has from `offset` on; what is appended afterwards stays behind the file's end.
    package func overwrite(_ bytes: RawSpan, at offset: Int) throws(FileError) {
        try fileSystem.announce(.write, path)
        var written = 0
        while written < bytes.byteCount {
            let piece = bytes.extracting(written..<min(bytes.byteCount, written + Self.largestTransfer))
            // The pointer holds for the call only.
            written += try checked("write", path) { piece.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset + written)) } }
        }
    }

    /// Writes all of `bytes` at the end of a file that is open for appending, in one write; where the disk has no room for all of it, nothing of it stays.
    package func append(_ bytes: RawSpan) throws(FileError) {
        let byteCount = try byteCount()
        do {
            try write(bytes)
        } catch {
            try? cut(toByteCount: byteCount)
            throw error
        }
    }

    /// Fills `byteCount` of `bytes`, from `start` on, with what the file has from `offset` on.
    /// - Throws: ``FileError/endsEarly(path:found:wanted:)`` when the file ends before.
    func read(into bytes: inout MutableRawSpan, from start: Int, byteCount: Int, at offset: Int) throws(FileError) {
        precondition(start >= 0 && byteCount <= bytes.byteCount - start, "\(byteCount) bytes don't fit behind \(start) of \(bytes.byteCount)")
        var done = 0
        while done < byteCount {
            let wanted = min(byteCount - done, Self.largestTransfer)
            // The bytes from `start + done` to `+ wanted` lie in the span, by the precondition, and the pointer holds for the call only.
            let found = try bytes.withUnsafeMutableBytes { buffer throws(FileError) in
                try checked("read", path) { pread(descriptor, buffer.baseAddress.map { $0 + start + done }, wanted, off_t(offset + done)) }
            }
            guard found > 0 else { throw .endsEarly(path: path, found: offset + done, wanted: offset + byteCount) }
            done += found
        }
    }

    /// `byteCount` bytes from `offset` on. The caller has held `byteCount` against the file's size.
    package func bytes(at offset: Int, byteCount: Int) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        var span = bytes.mutableSpan
        var rawSpan = span.mutableBytes
        try read(into: &rawSpan, from: 0, byteCount: byteCount, at: offset)
        return bytes
    }

    /// The SHA-256 of the file from `start` on, in hexadecimal.
    package func sha256(from start: Int = 0) throws(FileError) -> String {
        var hash = try SHA256()
        let fileByteCount = try byteCount()
        var offset = start
        while offset < fileByteCount {
            let piece = try bytes(at: offset, byteCount: min(1 << 20, fileByteCount - offset))
            try hash.update(piece.span.bytes)
            offset += piece.count
        }
        return try hash.finish()
    }

    /// Returns when the file's bytes are on disk.
    package func synchronize() throws(FileError) {
        try fileSystem.announce(.synchronize, path)
        try synchronizeUnannounced()
    }

    func synchronizeUnannounced() throws(FileError) {
        _ = try checked("synchronize", path) { fsync(descriptor) }
    }

    /// Removes what lies behind the first `byteCount` bytes.
    package func cut(toByteCount byteCount: Int) throws(FileError) {
        try fileSystem.announce(.truncate, path)
        _ = try checked("truncate", path) { ftruncate(descriptor, off_t(byteCount)) }
    }
}
