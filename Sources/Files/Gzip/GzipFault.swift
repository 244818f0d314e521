/// One way for a gzip file to be wrong. Offsets and counts are bytes of the compressed file, if nothing else is said.
public enum GzipFault: Error, Equatable, Sendable {
    case notGzip
    case endsEarly(byteCount: Int)
    case damaged(offset: Int, reason: String)
    case bytesAfterEnd(offset: Int)
    /// `limit` counts decompressed bytes.
    case tooLarge(limit: Int)
    case noMemory
}

extension GzipFault: CustomStringConvertible {
    /// A sentence, safe to print.
    public var description: String {
        switch self {
        case .notGzip:
            "it is not a gzip file, which begins with the bytes 1F 8B. Was it decompressed already? Then take .gz off its name."
        case .endsEarly(let byteCount):
            "the gzip file is cut off after \(byteCount) bytes. Copy or download it again."
        case .damaged(let offset, let reason):
            "the gzip file is damaged at or before byte \(offset): \(reason.printable). Copy or download it again; `gzip -t` tests a file."
        case .bytesAfterEnd(let offset):
            "bytes that aren't gzip follow the compressed data from byte \(offset) on. Remove them: `head -c \(offset)` keeps what is before."
        case .tooLarge(let limit):
            "it has more than \(limit) bytes when it is decompressed, which is the most that may be read. Give a part of it, or use a machine with more memory."
        case .noMemory:
            "zlib has no memory to decompress it. Use a machine with more memory, or end other programs."
        }
    }
}
