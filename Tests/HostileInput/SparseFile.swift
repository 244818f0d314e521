import Foundation

/// Makes a sparse file at `path` of size `byteCount` that takes no disk space: `beginning`, then a hole.
/// - Throws: if the file system can't have a file of that size.
public func makeSparseFile(_ path: String, beginning: [UInt8] = [], byteCount: Int) throws {
    try Data(beginning).write(to: URL(fileURLWithPath: path))
    guard truncate(path, off_t(byteCount)) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
