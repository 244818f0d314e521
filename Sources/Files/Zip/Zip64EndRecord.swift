/// The end record with numbers of 64 bits (ZIP64), which stands before the other one if the archive has more than 4 GiB or 65,535 entries.
struct Zip64EndRecord {
    let offset: Int
    let numbers: ZipDirectoryNumbers

    private static let byteCount = 56
    private static let signature: [UInt8] = [0x50, 0x4B, 6, 6]
    /// It stands directly before the end record and says where this one is.
    private static let locatorByteCount = 20
    private static let locatorSignature: [UInt8] = [0x50, 0x4B, 6, 7]

    /// Nil if there is none before the end record at `end`.
    init?(of source: SharedFile, before end: Int) throws(FileError) {
        let locatorOffset = end - Self.locatorByteCount
        guard locatorOffset >= 0 else { return nil }
        let locator = LittleEndianFields(bytes: try source.bytes(at: locatorOffset, byteCount: Self.locatorByteCount))
        guard locator.has(Self.locatorSignature, at: 0) else { return nil }
        guard locator.integer32(at: 4) == 0, locator.integer32(at: 16) <= 1 else { throw .zip(path: source.path, fault: .severalDisks) }
        let claimed = locator.integer64(at: 8)
        guard let offset = Int(exactly: claimed), offset <= locatorOffset - Self.byteCount else {
            throw .zip(path: source.path, fault: .zip64EndRecordMissing(offset: claimed))
        }
        let record = LittleEndianFields(bytes: try source.bytes(at: offset, byteCount: Self.byteCount))
        // The record's size counts from behind that field, and reaches up to the locator.
        guard record.has(Self.signature, at: 0), record.integer64(at: 4) == UInt64(locatorOffset - offset - 12) else {
            throw .zip(path: source.path, fault: .zip64EndRecordMissing(offset: claimed))
        }
        self.offset = offset
        numbers = ZipDirectoryNumbers(zip64: record)
    }
}
