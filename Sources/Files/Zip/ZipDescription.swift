/// The part that an entry's description in the directory and the header before its contents have in common, and the fields behind it.
struct ZipDescription {
    let flags: Int
    let method: Int
    let checksum: UInt32
    let byteCount: Int
    let compressedByteCount: Int
    /// Nil for the header before the contents, which doesn't say it.
    let headerOffset: Int?

    /// Sizes and checksum weren't known yet when the header was written, and follow the contents.
    static let sizesFollow = 1 << 3
    /// Encryption: of the contents, the strong one, and of the directory.
    static let encryption = 1 << 0 | 1 << 6 | 1 << 13

    private static let allOnes32 = 0xFFFF_FFFF

    /// - Parameters:
    ///   - common: offset of the flags in `fields`.
    ///   - headerOffset: that field; nil if the record has none.
    ///   - extra: the record's extra fields, in which numbers of 64 bits stand (ZIP64) in place of ones that are all ones.
    init(_ fields: LittleEndianFields, common: Int, headerOffset: Int?, extra: [UInt8], name: String) throws(ZipFault) {
        flags = fields.integer16(at: common)
        method = fields.integer16(at: common + 2)
        checksum = UInt32(fields.integer32(at: common + 8))
        var numbers = try Zip64Numbers(in: extra, name: name)
        byteCount = try numbers.value(of: fields.integer32(at: common + 16), name: name)
        compressedByteCount = try numbers.value(of: fields.integer32(at: common + 12), name: name)
        self.headerOffset = if let headerOffset { try numbers.value(of: headerOffset, name: name) } else { nil }
    }
}

/// The numbers of 64 bits among a record's extra fields (ZIP64): one for each number of 32 bits in the record that is all ones, in a fixed order.
private struct Zip64Numbers {
    private var fields: LittleEndianFields?
    private var offset = 0

    private static let identifier = 1

    init(in extra: [UInt8], name: String) throws(ZipFault) {
        let all = LittleEndianFields(bytes: extra)
        var offset = 0
        // Fewer than four bytes at the end are padding.
        while offset + 4 <= extra.count {
            let byteCount = all.integer16(at: offset + 2)
            let begin = offset + 4
            guard byteCount <= extra.count - begin else { throw .extraFieldDamaged(name: name) }
            if all.integer16(at: offset) == Self.identifier {
                guard fields == nil else { throw .extraFieldDamaged(name: name) }
                fields = LittleEndianFields(bytes: Array(extra[begin..<begin + byteCount]))
            }
            offset = begin + byteCount
        }
    }

    /// `field`, or the next number of 64 bits if all of its bits are set.
    mutating func value(of field: Int, name: String) throws(ZipFault) -> Int {
        guard field == 0xFFFF_FFFF else { return field }
        guard let fields, offset + 8 <= fields.bytes.count else { throw .zip64NumberMissing(name: name) }
        let number = fields.integer64(at: offset)
        offset += 8
        guard let value = Int(exactly: number) else { throw .numberTooLarge(name: name, found: number) }
        return value
    }
}
