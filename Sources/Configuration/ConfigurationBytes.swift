#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads the bytes of the file at `path`, which may be a pipe.
///
/// Reads at most one byte more than the maximum size, so that the parser can detect a larger file.
/// - Throws: ``ConfigurationError/unreadable(path:reason:)`` with the system's own reason; ``ConfigurationError/mistakenFile(path:_:)`` for a directory.
func configurationBytes(at path: String) throws(ConfigurationError) -> [UInt8] {
    // The system would take the part before a zero byte for the whole path.
    guard !path.utf8.contains(0) else { throw .unreadable(path: path, reason: "its name contains a zero byte") }
    let descriptor = try checked(path) { Int(open(path, O_RDONLY | O_CLOEXEC)) }
    defer { close(Int32(descriptor)) }
    var bytes: [UInt8] = []
    while bytes.count <= configurationByteLimit {
        var piece = [UInt8](repeating: 0, count: configurationByteLimit + 1 - bytes.count)
        let count = try checked(path) { read(Int32(descriptor), &piece, piece.count) }
        if count == 0 { break }
        bytes += piece.prefix(count)
    }
    return bytes
}

/// The result of a system call, which is repeated if a signal interrupts it.
private func checked(_ path: String, _ call: () -> Int) throws(ConfigurationError) -> Int {
    while true {
        let result = call()
        if result >= 0 { return result }
        let code = errno
        if code == EISDIR { throw .mistakenFile(path: path, .directory) }
        if code != EINTR { throw .unreadable(path: path, reason: String(cString: strerror(code))) }
    }
}
