import Foundation

/// A file at `path` that claims `byteCount` bytes and takes no room: `beginning`, then a hole.
/// - Throws: where the file system can't have so large a file.
public func makeSparseFile(_ path: String, beginning: [UInt8] = [], byteCount: Int) throws {
    try Data(beginning).write(to: URL(fileURLWithPath: path))
    guard truncate(path, off_t(byteCount)) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
