/// A zip file with uncompressed members, as NumPy's `.npz`. The same members give the same bytes.
///
/// Source: APPNOTE.TXT 6.3.10, PKWARE. Below 4 GiB and 65,536 members, so without Zip64.
package struct ZipArchive: Sendable {
    private(set) var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var memberCount: UInt16 = 0

    package init() {}

    /// Version 2.0 of the format.
    private static let neededVersion: UInt16 = 20
    /// Names are UTF-8.
    private static let flags: UInt16 = 1 << 11
    /// 1 January 1980, midnight: the format's first day. The actual time would make each export's bytes different.
    private static let date: UInt16 = 1 << 5 | 1

    /// Adds the member `name` with `contents`.
    /// - Precondition: the file stays below 4 GiB.
    package mutating func add(_ name: String, _ contents: [UInt8]) {
        precondition(bytes.count + contents.count < UInt32.max, "a zip file without Zip64 ends at 4 GiB")
        let offset = UInt32(bytes.count)
        let description = Self.description(name: Array(name.utf8), contents: contents)
        bytes += [0x50, 0x4B, 3, 4] + description + Array(name.utf8) + contents
        directory += [0x50, 0x4B, 1, 2]
        directory.append(littleEndian: Self.neededVersion)
        directory += description
        // No comment, first disk, no attributes.
        directory += [UInt8](repeating: 0, count: 2 + 2 + 2 + 4)
        directory.append(littleEndian: offset)
        directory += Array(name.utf8)
        memberCount += 1
    }

    /// The complete file: all members, the directory, and the end record.
    package consuming func finished() -> [UInt8] {
        let begin = UInt32(bytes.count)
        bytes += directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0]
        for _ in 0..<2 { bytes.append(littleEndian: memberCount) }
        bytes.append(littleEndian: UInt32(directory.count))
        bytes.append(littleEndian: begin)
        bytes.append(littleEndian: UInt16(0))
        return bytes
    }

    /// The part of a member's description that local header and directory have in common.
    private static func description(name: [UInt8], contents: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in [neededVersion, flags, 0, 0, date] { bytes.append(littleEndian: value) }
        bytes.append(littleEndian: CRC32.checksum(of: contents))
        for _ in 0..<2 { bytes.append(littleEndian: UInt32(contents.count)) }
        bytes.append(littleEndian: UInt16(name.count))
        bytes.append(littleEndian: UInt16(0))
        return bytes
    }
}

/// CRC-32 of zip and Ethernet: polynomial 0xEDB88320, reflected.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0xEDB8_8320 : rest >> 1 }
    }

    static func checksum(of bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }
}
