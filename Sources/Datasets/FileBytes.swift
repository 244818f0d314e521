import Files
import Kernels

/// Reads all bytes of the file at `path`, which may be a pipe; of a file whose name ends in .gz, decompressed. The limit is half of the memory, since the data made from the bytes take as much again.
/// A device, which may be endless, is read up to ``largestDeviceByteCount``.
/// - Throws: ``DatasetError/fileTooLarge(path:limit:)``, before reading if the file's size shows it;
///   ``DatasetError/endlessDevice(path:limit:)``; ``DatasetError/unusableFile(path:reason:)`` for a damaged gzip file;
///   ``DatasetError/unreadableFile(path:reason:)`` with the system's own reason.
package func fileBytes(at path: String, atMost largestByteCount: Int = halfOfMemory) throws(DatasetError) -> [UInt8] {
    guard path.lowercased().hasSuffix(".gz") else {
        return try bytes(path: path, atMost: largestByteCount) { () throws(FileError) in try OpenFile.fromBeginning(path) }
    }
    do throws(FileError) { return try GzipReader(path: path, atMost: largestByteCount).readToEnd() } catch { throw DatasetError(error, path: path) }
}

/// Reads all bytes of standard input.
/// - Throws: as ``fileBytes(at:atMost:)``, with "standard input" as the path.
package func standardInputBytes() throws(DatasetError) -> [UInt8] {
    try bytes(path: standardInputName, atMost: halfOfMemory) { () throws(FileError) in try OpenFile.standardInput() }
}

/// Standard input in messages.
package let standardInputName = "standard input"

private func bytes(
    path: String, atMost largestByteCount: Int, opening open: () throws(FileError) -> OpenFile
) throws(DatasetError) -> [UInt8] {
    let isDevice: Bool
    let limit: Int
    let bytes: [UInt8]?
    do {
        let file = try open()
        isDevice = try file.isDevice()
        limit = isDevice ? min(largestByteCount, largestDeviceByteCount) : largestByteCount
        // One byte more shows that there are more.
        bytes = try file.byteCount() <= limit ? file.readToEnd(atMost: min(limit, .max - 1) + 1) : nil
    } catch {
        throw .unreadableFile(path: path, reason: error.reason)
    }
    if let bytes, bytes.count <= limit { return bytes }
    throw isDevice ? .endlessDevice(path: path, limit: limit) : .fileTooLarge(path: path, limit: limit)
}

/// A path's last component.
package func fileName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

/// Half of the memory in bytes: of the machine's, or of the amount that this process may still allocate.
package var halfOfMemory: Int { min(ProcessMemory.machineByteCount, ProcessMemory.remainingByteCount ?? .max) / 2 }

/// More than a user would type or pipe through a device.
package let largestDeviceByteCount = 256 << 20
