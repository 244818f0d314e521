import Kernels

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// All bytes of the file at `path`, which may be a pipe. What is made of them takes as much memory again, so half of what there is is their limit.
/// A device, which may have no end, is read as far as ``largestDeviceByteCount``.
/// - Throws: ``DatasetError/fileTooLarge(path:limit:)``, where the file's size says so before anything is read;
///   ``DatasetError/endlessDevice(path:limit:)``;
///   ``DatasetError/unreadableFile(path:reason:)`` with the system's own reason.
package func fileBytes(at path: String, atMost limit: Int = halfOfMemory) throws(DatasetError) -> [UInt8] {
    // The system would take what stands before a zero for the whole path.
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

/// Half of the memory, in bytes, that the machine has, or that this process may still take.
package var halfOfMemory: Int { min(ProcessMemory.machineByteCount, ProcessMemory.remainingByteCount ?? .max) / 2 }

/// More than anybody types or pipes through a device.
package let largestDeviceByteCount = 256 << 20

/// The next bytes of an open file, at most `byteCount`; none at its end.
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

/// What a system call returned, called again where a signal broke it off.
private func checked<Result: SignedInteger>(_ path: String, _ call: () -> Result) throws(DatasetError) -> Result {
    while true {
        let result = call()
        if result >= 0 { return result }
        let code = errno
        if code != EINTR { throw .unreadableFile(path: path, reason: String(cString: strerror(code))) }
    }
}
