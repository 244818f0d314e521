/// The directory of a ZIP archive: its entries, checked so that each lies in the archive, before the next one and the directory.
struct ZipDirectory {
    /// In the directory's order.
    let entries: [ZipEntry]

    private static let signature: [UInt8] = [0x50, 0x4B, 1, 2]

    /// - Parameters:
    ///   - bytes: the directory.
    ///   - offset: where it begins in the archive. The entries lie before it.
    init(_ bytes: [UInt8], entryCount: Int, offset: Int) throws(ZipFault) {
        var entries: [ZipEntry] = []
        entries.reserveCapacity(entryCount)
        var names: Set<[UInt8]> = []
        var place = 0
        for index in 0..<entryCount {
            let (entry, name) = try Self.entry(in: bytes, at: &place, index: index)
            guard names.insert(name).inserted else { throw .duplicateName(name: entry.name) }
            entries.append(entry)
        }
        guard place == bytes.count else { throw .entryCountDiffers(claimed: UInt64(entryCount), byteCount: bytes.count) }
        self.entries = try Self.withEnds(entries, directoryOffset: offset)
    }

    /// Reads the entry at `place`, and moves `place` behind it.
    private static func entry(in bytes: [UInt8], at place: inout Int, index: Int) throws(ZipFault) -> (ZipEntry, name: [UInt8]) {
        let fixedByteCount = ZipEndRecord.leastEntryByteCount
        guard fixedByteCount <= bytes.count - place else { throw .directoryDamaged(index: index) }
        let fields = LittleEndianFields(bytes: Array(bytes[place..<place + fixedByteCount]))
        let (nameByteCount, extraByteCount, commentByteCount) = (fields.integer16(at: 28), fields.integer16(at: 30), fields.integer16(at: 32))
        let begin = place + fixedByteCount
        guard fields.has(signature, at: 0), nameByteCount + extraByteCount + commentByteCount <= bytes.count - begin else {
            throw .directoryDamaged(index: index)
        }
        let nameBytes = Array(bytes[begin..<begin + nameByteCount])
        let extra = Array(bytes[begin + nameByteCount..<begin + nameByteCount + extraByteCount])
        place = begin + nameByteCount + extraByteCount + commentByteCount

        let name = try Self.name(nameBytes, index: index)
        guard [0, 0xFFFF].contains(fields.integer16(at: 34)) else { throw .severalDisks }
        let description = try ZipDescription(fields, common: 8, headerOffset: fields.integer32(at: 42), extra: extra, name: name)
        let entry = ZipEntry(
            name: name, byteCount: description.byteCount, compressedByteCount: description.compressedByteCount, checksum: description.checksum,
            method: ZipMethod(code: description.method), isEncrypted: description.flags & ZipDescription.encryption != 0,
            headerOffset: description.headerOffset ?? 0, end: 0)
        return (entry, nameBytes)
    }

    /// A name that leads out of a folder that the archive might be unpacked in is refused, though nothing is unpacked here: an honest archive has none.
    private static func name(_ bytes: [UInt8], index: Int) throws(ZipFault) -> String {
        guard let name = String(validating: bytes, as: UTF8.self) else { throw .nameNotUTF8(index: index) }
        let isSafe = !name.isEmpty && !bytes.contains(0) && !name.utf8.starts(with: "/".utf8) && !name.split(separator: "/").contains("..")
        guard isSafe else { throw .nameUnsafe(name: name) }
        return name
    }

    /// The entries with the places where each must end.
    private static func withEnds(_ entries: [ZipEntry], directoryOffset: Int) throws(ZipFault) -> [ZipEntry] {
        var entries = entries
        let order = entries.indices.sorted { entries[$0].headerOffset < entries[$1].headerOffset }
        for (rank, index) in order.enumerated() {
            let next = rank + 1 < order.count ? order[rank + 1] : nil
            let entry = entries[index]
            guard entry.fits(in: entry.headerOffset..<max(entry.headerOffset, directoryOffset)) else {
                throw .outsideArchive(name: entry.name, begin: entry.headerOffset, byteCount: entry.compressedByteCount, end: directoryOffset)
            }
            if let next {
                let end = entries[next].headerOffset
                guard entry.fits(in: entry.headerOffset..<end) else { throw .overlap(name: entry.name, other: entries[next].name) }
                entries[index].end = min(end, directoryOffset)
            } else {
                entries[index].end = directoryOffset
            }
        }
        return entries
    }
}

extension ZipEntry {
    /// Whether its header, without extra fields, and its compressed contents have room in `range`.
    fileprivate func fits(in range: Range<Int>) -> Bool {
        let header = ZipEntryStream.leastHeaderByteCount + name.utf8.count
        return header <= range.count && compressedByteCount <= range.count - header
    }
}
