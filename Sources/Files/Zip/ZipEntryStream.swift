import CZlib

/// The contents of one entry of a ZIP archive, decompressed. Their size and checksum are compared with the directory's.
final class ZipEntryStream: ByteStream {
    private let path: String
    private let entry: ZipEntry
    private let stored: FileRangeStream
    /// Nil for contents that aren't compressed.
    private let inflater: Inflater?
    private var remainingByteCount: Int
    private var checksum: UInt = 0

    /// The header before the contents, without its name and extra fields.
    static let leastHeaderByteCount = 30
    private static let signature: [UInt8] = [0x50, 0x4B, 3, 4]
    /// Bytes that are read and then summed: few enough to be in the cache still.
    private static let pieceByteCount = 1 << 18

    /// Checks that the entry can be read, and that the header before its contents says the same as the directory.
    init(_ entry: ZipEntry, of source: SharedFile) throws(FileError) {
        do throws(ZipFault) { try Self.requireReadable(entry) } catch { throw .zip(path: source.path, fault: error) }
        stored = FileRangeStream(source, try Self.contents(of: entry, in: source))
        do {
            inflater = try entry.method == .deflated ? Inflater(.deflate, stored) : nil
        } catch {
            throw Self.error(error, entry, path: source.path)
        }
        path = source.path
        self.entry = entry
        remainingByteCount = entry.byteCount
    }

    func read(into memory: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        let wanted = min(memory.count, remainingByteCount)
        var count = 0
        while count < wanted {
            let piece = UnsafeMutableRawBufferPointer(rebasing: memory[count..<min(wanted, count + Self.pieceByteCount)])
            let found = try readUnchecked(into: piece)
            // The first `found` bytes of `piece` were just written.
            checksum = crc32_z(checksum, piece.baseAddress?.assumingMemoryBound(to: UInt8.self), found)
            count += found
            guard found == piece.count else {
                throw .zip(path: path, fault: .sizeDiffers(name: entry.name, found: entry.byteCount - remainingByteCount + count, wanted: entry.byteCount))
            }
        }
        remainingByteCount -= count
        return count
    }

    /// - Precondition: all bytes were read.
    func finish() throws(FileError) {
        precondition(remainingByteCount == 0, "\(remainingByteCount) bytes of \(entry.name) weren't read")
        if inflater != nil {
            // Also makes the decompressor look at the end of its data, which comes behind the last byte.
            let extra = try withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { memory throws(FileError) in try readUnchecked(into: memory) }
            guard extra == 0 else { throw .zip(path: path, fault: .sizeDiffers(name: entry.name, found: nil, wanted: entry.byteCount)) }
        }
        guard inflater.map({ $0.consumedByteCount == entry.compressedByteCount }) ?? true else {
            throw .zip(path: path, fault: .damaged(name: entry.name, reason: "it ends before its compressed bytes do"))
        }
        guard checksum == UInt(entry.checksum) else { throw .zip(path: path, fault: .checksumDiffers(name: entry.name)) }
    }

    private func readUnchecked(into memory: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        guard let inflater else { return try stored.read(into: memory) }
        do { return try inflater.read(into: memory) } catch { throw Self.error(error, entry, path: path) }
    }

    private static func error(_ failure: Inflater.Failure, _ entry: ZipEntry, path: String) -> FileError {
        switch failure {
        case .damaged(let reason): .zip(path: path, fault: .damaged(name: entry.name, reason: reason))
        case .endsEarly: .zip(path: path, fault: .damaged(name: entry.name, reason: "its compressed bytes end early"))
        case .noMemory: .zip(path: path, fault: .noMemory(name: entry.name))
        case .source(let error): error
        }
    }

    private static func requireReadable(_ entry: ZipEntry) throws(ZipFault) {
        if entry.isEncrypted { throw .encrypted(name: entry.name) }
        let isPossible: Bool
        switch entry.method {
        case .stored: isPossible = entry.byteCount == entry.compressedByteCount
        case .deflated: isPossible = entry.byteCount / Inflater.largestRatio <= entry.compressedByteCount
        case .other(let code): throw .methodUnsupported(name: entry.name, method: ZipMethod.name(code: code))
        }
        guard isPossible else { throw .sizesImpossible(name: entry.name, byteCount: entry.byteCount, compressedByteCount: entry.compressedByteCount) }
    }

    /// Where the contents are.
    private static func contents(of entry: ZipEntry, in source: SharedFile) throws(FileError) -> Range<Int> {
        let fields = LittleEndianFields(bytes: try source.bytes(at: entry.headerOffset, byteCount: leastHeaderByteCount))
        let (nameByteCount, extraByteCount) = (fields.integer16(at: 26), fields.integer16(at: 28))
        let headerEnd = entry.headerOffset + leastHeaderByteCount
        // The sums can't overflow: the directory has shown that the header is in the file, and 64 kB and 64 kB are added.
        let begin = headerEnd + nameByteCount + extraByteCount
        do throws(ZipFault) {
            guard fields.has(signature, at: 0) else { throw .headerMissing(name: entry.name, offset: entry.headerOffset) }
            guard begin <= entry.end, entry.compressedByteCount <= entry.end - begin else { throw .contentsTooLong(name: entry.name, end: entry.end) }
        } catch {
            throw .zip(path: source.path, fault: error)
        }
        let rest = try source.bytes(at: headerEnd, byteCount: nameByteCount + extraByteCount)
        do throws(ZipFault) {
            let description = try ZipDescription(fields, common: 6, headerOffset: nil, extra: Array(rest[nameByteCount...]), name: entry.name)
            guard rest[..<nameByteCount].elementsEqual(entry.name.utf8), description.agrees(with: entry) else { throw .headerDiffers(name: entry.name) }
        } catch {
            throw .zip(path: source.path, fault: error)
        }
        return begin..<begin + entry.compressedByteCount
    }
}

extension ZipDescription {
    fileprivate func agrees(with entry: ZipEntry) -> Bool {
        guard ZipMethod(code: method) == entry.method, flags & Self.encryption == 0 else { return false }
        // Sizes and checksum that follow the contents are 0 here.
        let followingAllowed = flags & Self.sizesFollow != 0
        func agree(_ found: Int, _ wanted: Int) -> Bool { found == wanted || followingAllowed && found == 0 }
        return agree(byteCount, entry.byteCount) && agree(compressedByteCount, entry.compressedByteCount) && agree(Int(checksum), Int(entry.checksum))
    }
}
