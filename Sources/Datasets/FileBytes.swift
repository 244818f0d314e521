import Kernels

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads all bytes of the file at `path`, which may be a pipe. The limit is half of the memory, since the data made from the bytes take as much again.
/// A device, which may be endless, is read up to ``largestDeviceByteCount``.
/// - Throws: ``DatasetError/fileTooLarge(path:limit:)``, before reading if the file's size shows it;
///   ``DatasetError/endlessDevice(path:limit:)``;
///   ``DatasetError/unreadableFile(path:reason:)`` with the system's own reason.
package func fileBytes(at path: String, atMost limit: Int = halfOfMemory) throws(DatasetError) -> [UInt8] {
    // The system would take the part before a zero byte for the whole path.
    guard !path.utf8.contains(0) else { throw .unreadableFile(path: path, reason: "its name contains a zero byte") }
    let descriptor = try checked(path) { open(path, O_RDONLY | O_CLOEXEC) }
    defer { close(descriptor) }
    var status = stat()
    _ = try checked(path) { Int(fstat(descriptor, &status)) }
    let expectedByteCount = max(0, Int(status.st_size))
    let isDevice = status.st_mode & S_IFMT == S_IFCHR || status.st_mode & S_IFMT == S_IFBLK
    let limit = isDevice ? min(limit, largestDeviceByteCount) : limit
    guard expectedByteCount <= limit else { throw .fileTooLarge(path: path, limit: limit) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(expectedByteCount)
    let pieceByteCount = min(max(expectedByteCount, 1 << 12), 1 << 20)
    while true {
        let piece = try piece(of: descriptor, byteCount: pieceByteCount, path: path)
        if piece.isEmpty { return bytes }
        guard piece.count <= limit - bytes.count else { throw isDevice ? .endlessDevice(path: path, limit: limit) : .fileTooLarge(path: path, limit: limit) }
        bytes.append(contentsOf: piece)
    }
}

/// A path's last component.
package func fileName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

/// Half of the memory in bytes: of the machine's, or of the amount that this process may still allocate.
package var halfOfMemory: Int { min(ProcessMemory.machineByteCount, ProcessMemory.remainingByteCount ?? .max) / 2 }

/// More than a user would type or pipe through a device.
package let largestDeviceByteCount = 256 << 20

/// Reads at most `byteCount` bytes of an open file; empty at its end.
private func piece(of descriptor: Int32, byteCount: Int, path: String) throws(DatasetError) -> [UInt8] {
    var failure: DatasetError?
    let piece = [UInt8](unsafeUninitializedCapacity: byteCount) { memory, count in
        do throws(DatasetError) {
            count = try checked(path) { read(descriptor, memory.baseAddress, byteCount) }
        } catch {
            failure = error
        }
    }
    if let failure { throw failure }
    return piece
}

/// The result of a system call, which is repeated if a signal interrupts it.
private func checked<Result: SignedInteger>(_ path: String, _ call: () -> Result) throws(DatasetError) -> Result {
    while true {
        let result = call()
        if result >= 0 { return result }
        let code = errno
        if code != EINTR { throw .unreadableFile(path: path, reason: String(cString: strerror(code))) }
    }
}
