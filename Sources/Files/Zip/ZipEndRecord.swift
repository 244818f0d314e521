/// Where the directory of a ZIP archive lies, out of the records at the archive's end.
struct ZipEndRecord {
    let directoryRange: Range<Int>
    let entryCount: Int

    /// Without the comment that may follow it.
    private static let byteCount = 22
    private static let signature: [UInt8] = [0x50, 0x4B, 5, 6]
    private static let largestCommentByteCount = 0xFFFF

    /// Most bytes of a directory: some hundred thousand entries.
    static let largestDirectoryByteCount = 16 << 20
    /// Without its name.
    static let leastEntryByteCount = 46

    /// Reads at most 66 kB.
    init(of source: SharedFile) throws(FileError) {
        let tailByteCount = min(source.byteCount, Self.byteCount + Self.largestCommentByteCount)
        let tailOffset = source.byteCount - tailByteCount
        let tail = LittleEndianFields(bytes: try source.bytes(at: tailOffset, byteCount: tailByteCount))
        guard let place = Self.place(in: tail) else { throw .zip(path: source.path, fault: .noEndRecord) }
        let numbers = ZipDirectoryNumbers(tail, at: place)
        let zip64 = try Zip64EndRecord(of: source, before: tailOffset + place)
        do throws(ZipFault) {
            if let zip64 {
                try self.init(numbers.merged(with: zip64.numbers), end: zip64.offset)
            } else {
                try self.init(numbers, end: tailOffset + place)
            }
        } catch {
            throw .zip(path: source.path, fault: error)
        }
    }

    /// - Parameter end: where the directory must end.
    private init(_ numbers: ZipDirectoryNumbers, end: Int) throws(ZipFault) {
        guard numbers.disks.allSatisfy({ $0 == 0 }), numbers.entryCounts[0] == numbers.entryCounts[1] else { throw .severalDisks }
        guard let byteCount = Int(exactly: numbers.byteCount), byteCount <= Self.largestDirectoryByteCount else {
            throw .directoryTooLarge(found: numbers.byteCount, limit: Self.largestDirectoryByteCount)
        }
        guard let begin = Int(exactly: numbers.offset), begin <= end, byteCount == end - begin else {
            throw .directoryMisplaced(begin: numbers.offset, byteCount: byteCount, end: end)
        }
        guard numbers.entryCounts[0] <= UInt64(byteCount / Self.leastEntryByteCount) else {
            throw .entryCountDiffers(claimed: numbers.entryCounts[0], byteCount: byteCount)
        }
        directoryRange = begin..<end
        entryCount = Int(numbers.entryCounts[0])
    }

    /// The last place of the record's signature from which it, with its comment, ends where the file does.
    private static func place(in tail: LittleEndianFields) -> Int? {
        guard tail.bytes.count >= byteCount else { return nil }
        return (0...tail.bytes.count - byteCount).reversed().first { place in
            tail.has(signature, at: place) && tail.integer16(at: place + 20) == tail.bytes.count - place - byteCount
        }
    }
}
