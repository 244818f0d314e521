/// A ZIP archive put together from its fields, each of which a test may set to something wrong.
struct ZipParts {
    struct Entry {
        var name: [UInt8]
        var contents: [UInt8]
        var method = 0
        var flags = 0
        var checksum: UInt32
        var byteCount: Int
        var compressedByteCount: Int
        /// In the header before the contents; nil as in the directory.
        var headerName: [UInt8]?
        var headerExtra: [UInt8] = []
        var headerByteCount: Int?
        /// In the directory; nil for its own.
        var offset: Int?
        var directoryExtra: [UInt8] = []
        var disk = 0

        /// Stored, and right in all.
        init(_ name: String, _ contents: [UInt8]) {
            self.name = Array(name.utf8)
            self.contents = contents
            checksum = crc32(contents)
            byteCount = contents.count
            compressedByteCount = contents.count
        }
    }

    var entries: [Entry]
    var comment: [UInt8] = []
    var trailing: [UInt8] = []
    var disk = 0
    /// nil for what they are.
    var claimedCount: Int?
    var directoryOffset: Int?
    var directoryByteCount: Int?
    /// With the records of ZIP64 at the end; the numbers in the other record then have all bits set.
    var isZip64 = false
    var zip64RecordByteCount = 44
    var zip64RecordOffset: Int?

    init(_ entries: Entry...) { self.entries = entries }

    func file() -> [UInt8] {
        var bytes: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let offset = bytes.count
            let fields = little(entry.flags, 2) + little(entry.method, 2) + little(0x21_0000, 4) + little(Int(entry.checksum), 4)
            let name = entry.headerName ?? entry.name
            bytes += [0x50, 0x4B, 3, 4] + little(20, 2) + fields + little(entry.compressedByteCount, 4) + little(entry.headerByteCount ?? entry.byteCount, 4)
            bytes += little(name.count, 2) + little(entry.headerExtra.count, 2) + name + entry.headerExtra + entry.contents
            directory += [0x50, 0x4B, 1, 2] + little(20, 2) + little(20, 2) + fields + little(entry.compressedByteCount, 4) + little(entry.byteCount, 4)
            directory += little(entry.name.count, 2) + little(entry.directoryExtra.count, 2) + little(0, 2) + little(entry.disk, 2) + little(0, 6)
            directory += little(entry.offset ?? offset, 4) + entry.name + entry.directoryExtra
        }
        let begin = directoryOffset ?? bytes.count
        let byteCount = directoryByteCount ?? directory.count
        let count = claimedCount ?? entries.count
        bytes += directory
        if isZip64 {
            let offset = zip64RecordOffset ?? bytes.count
            bytes += [0x50, 0x4B, 6, 6] + little(zip64RecordByteCount, 8) + little(45, 2) + little(45, 2) + little(disk, 4) + little(0, 4)
            bytes += little(count, 8) + little(count, 8) + little(byteCount, 8) + little(begin, 8)
            bytes += [0x50, 0x4B, 6, 7] + little(0, 4) + little(offset, 8) + little(1, 4)
        }
        bytes += [0x50, 0x4B, 5, 6] + little(isZip64 ? 0 : disk, 2) + little(0, 2)
        bytes += little(isZip64 ? 0xFFFF : count, 2) + little(isZip64 ? 0xFFFF : count, 2)
        bytes += little(isZip64 ? 0xFFFF_FFFF : byteCount, 4) + little(isZip64 ? 0xFFFF_FFFF : begin, 4) + little(comment.count, 2)
        return bytes + comment + trailing
    }
}

func little(_ number: Int, _ byteCount: Int) -> [UInt8] { (0..<byteCount).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }

/// The extra field of ZIP64 with these numbers.
func zip64Numbers(_ numbers: Int...) -> [UInt8] { little(1, 2) + little(8 * numbers.count, 2) + numbers.flatMap { little($0, 8) } }

/// CRC-32 of ZIP, bit by bit.
func crc32(_ bytes: [UInt8]) -> UInt32 {
    var sum = ~UInt32(0)
    for byte in bytes {
        sum ^= UInt32(byte)
        for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
}
