/// A file in a ZIP archive, as the archive's directory describes it.
package struct ZipEntry: Equatable, Sendable {
    package let name: String
    /// Size of its contents in bytes. Checked when they are read.
    package let byteCount: Int
    let compressedByteCount: Int
    /// CRC-32 of the contents.
    let checksum: UInt32
    let method: ZipMethod
    let isEncrypted: Bool
    /// Place of the header that stands before the contents.
    let headerOffset: Int
    /// Where the next entry, or the directory, begins.
    var end: Int

    package var isFolder: Bool { name.hasSuffix("/") }
}

/// How an entry is compressed.
enum ZipMethod: Equatable, Sendable {
    case stored, deflated
    case other(code: Int)

    init(code: Int) {
        switch code {
        case 0: self = .stored
        case 8: self = .deflated
        default: self = .other(code: code)
        }
    }

    /// As other programs call it.
    static func name(code: Int) -> String {
        let names = [1: "shrink", 6: "implode", 9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "xz", 98: "PPMd", 99: "AES encryption"]
        return names[code] ?? "method \(code)"
    }
}
