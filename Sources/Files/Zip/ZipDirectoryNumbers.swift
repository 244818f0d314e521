/// What an end record says of the directory.
struct ZipDirectoryNumbers {
    /// This disk's number, and that of the disk on which the directory begins.
    var disks: [Int]
    /// On this disk, and in all.
    var entryCounts: [UInt64]
    var byteCount: UInt64
    var offset: UInt64

    /// The record of 32 bits at `place`.
    init(_ fields: LittleEndianFields, at place: Int) {
        disks = [4, 6].map { fields.integer16(at: place + $0) }
        entryCounts = [8, 10].map { UInt64(fields.integer16(at: place + $0)) }
        byteCount = UInt64(fields.integer32(at: place + 12))
        offset = UInt64(fields.integer32(at: place + 16))
    }

    /// The record of 64 bits that `fields` begins with.
    init(zip64 fields: LittleEndianFields) {
        disks = [16, 20].map { fields.integer32(at: $0) }
        entryCounts = [24, 32].map { fields.integer64(at: $0) }
        byteCount = fields.integer64(at: 40)
        offset = fields.integer64(at: 48)
    }

    /// The numbers of `zip64`. The ones here must be the same, or have all bits set, which refers to them.
    func merged(with zip64: ZipDirectoryNumbers) throws(ZipFault) -> ZipDirectoryNumbers {
        let agree =
            zip(disks, zip64.disks).allSatisfy { $0 == $1 || $0 == 0xFFFF } && zip(entryCounts, zip64.entryCounts).allSatisfy { $0 == $1 || $0 == 0xFFFF }
            && (byteCount == zip64.byteCount || byteCount == 0xFFFF_FFFF) && (offset == zip64.offset || offset == 0xFFFF_FFFF)
        guard agree else { throw .endRecordsDiffer }
        return zip64
    }
}
