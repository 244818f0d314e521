/// One way for a ZIP archive to be wrong, or beyond what is read here. Offsets and counts are in bytes, as found in the file.
public enum ZipFault: Error, Equatable, Sendable {
    case noEndRecord
    case endRecordsDiffer
    case zip64EndRecordMissing(offset: UInt64)
    case severalDisks
    case directoryTooLarge(found: UInt64, limit: Int)
    case directoryMisplaced(begin: UInt64, byteCount: Int, end: Int)
    case directoryDamaged(index: Int)
    case entryCountDiffers(claimed: UInt64, byteCount: Int)
    case nameNotUTF8(index: Int)
    case nameUnsafe(name: String)
    case duplicateName(name: String)
    case extraFieldDamaged(name: String)
    case zip64NumberMissing(name: String)
    case numberTooLarge(name: String, found: UInt64)
    case outsideArchive(name: String, begin: Int, byteCount: Int, end: Int)
    case overlap(name: String, other: String)
    case noSuchEntry(name: String, names: [String])
    case encrypted(name: String)
    case methodUnsupported(name: String, method: String)
    case sizesImpossible(name: String, byteCount: Int, compressedByteCount: Int)
    case tooLarge(name: String, found: Int, limit: Int)
    case headerMissing(name: String, offset: Int)
    case headerDiffers(name: String)
    case contentsTooLong(name: String, end: Int)
    case damaged(name: String, reason: String)
    /// `found` is nil where there are more than wanted.
    case sizeDiffers(name: String, found: Int?, wanted: Int)
    case checksumDiffers(name: String)
    case noMemory(name: String)
}

extension ZipFault: CustomStringConvertible {
    /// A sentence, safe to print whatever names the archive has in it.
    public var description: String { sentence.printable + (advice.map { " " + $0 } ?? "") }

    private var sentence: String {
        switch self {
        case .noEndRecord:
            "it is not a ZIP archive, or its end is cut off: no end record stands at the end of the file."
        case .endRecordsDiffer:
            "the ZIP archive has two end records that say different things of its directory."
        case .zip64EndRecordMissing(let offset):
            "the ZIP archive has no ZIP64 end record at byte \(offset), where its locator has it."
        case .severalDisks:
            "the ZIP archive is one part of several."
        case .directoryTooLarge(let found, let limit):
            "the ZIP archive's directory has \(found) bytes; at most \(limit) are read."
        case .directoryMisplaced(let begin, let byteCount, let end):
            "the ZIP archive's directory of \(byteCount) bytes is said to begin at byte \(begin); it must end at \(end), where the end record begins."
        case .directoryDamaged(let index):
            "entry \(index + 1) in the ZIP archive's directory is damaged."
        case .entryCountDiffers(let claimed, let byteCount):
            "the ZIP archive claims \(claimed) entries, which its directory of \(byteCount) bytes doesn't have."
        case .nameNotUTF8(let index):
            "the name of entry \(index + 1) in the ZIP archive is not UTF-8."
        case .nameUnsafe(let name):
            "the ZIP archive has an entry '\(name)': a name that is empty, begins with '/', leads upwards by '..' or contains a zero byte."
        case .duplicateName(let name):
            "the ZIP archive has two entries '\(name)'."
        case .extraFieldDamaged(let name):
            "the extra fields of entry '\(name)' in the ZIP archive are damaged."
        case .zip64NumberMissing(let name):
            "entry '\(name)' in the ZIP archive refers to a size or offset of 64 bits (ZIP64) that it doesn't have."
        case .numberTooLarge(let name, let found):
            "entry '\(name)' in the ZIP archive has a size or offset of \(found), which no file has."
        case .outsideArchive(let name, let begin, let byteCount, let end):
            "entry '\(name)' of \(byteCount) bytes at byte \(begin) ends behind byte \(end), where the ZIP archive's directory begins."
        case .overlap(let name, let other):
            "entries '\(name)' and '\(other)' of the ZIP archive lie in one another."
        case .noSuchEntry(let name, let names):
            "the ZIP archive has no entry '\(name)'; it has \(names.isEmpty ? "none" : names.prefix(10).map { "'\($0)'" }.joined(separator: ", "))"
                + (names.count > 10 ? " and \(names.count - 10) more." : ".")
        case .encrypted(let name):
            "entry '\(name)' of the ZIP archive is encrypted."
        case .methodUnsupported(let name, let method):
            "entry '\(name)' of the ZIP archive is compressed with \(method); only stored and deflated entries are read."
        case .sizesImpossible(let name, let byteCount, let compressedByteCount):
            "entry '\(name)' of the ZIP archive can't have \(byteCount) bytes out of \(compressedByteCount) in the archive."
        case .tooLarge(let name, let found, let limit):
            "entry '\(name)' of the ZIP archive has \(found) bytes; at most \(limit) may be read."
        case .headerMissing(let name, let offset):
            "entry '\(name)' of the ZIP archive has no header at byte \(offset)."
        case .headerDiffers(let name):
            "the header of entry '\(name)' in the ZIP archive says something else than the archive's directory."
        case .contentsTooLong(let name, let end):
            "the contents of entry '\(name)' in the ZIP archive end behind byte \(end), where something else begins."
        case .damaged(let name, let reason):
            "entry '\(name)' of the ZIP archive is damaged: \(reason)."
        case .sizeDiffers(let name, let found, let wanted):
            "entry '\(name)' of the ZIP archive has \(found.map { "\($0)" } ?? "more") bytes; the archive's directory says \(wanted)."
        case .checksumDiffers(let name):
            "entry '\(name)' of the ZIP archive is damaged: its checksum (CRC-32) differs."
        case .noMemory(let name):
            "zlib has no memory to decompress entry '\(name)' of the ZIP archive."
        }
    }

    /// What to do; nil where the sentence says it.
    private var advice: String? {
        switch self {
        case .severalDisks: "Join its parts: zip -s 0 parts.zip --out whole.zip."
        case .directoryTooLarge: "Divide it into several archives."
        case .nameNotUTF8: "Make it again with names in UTF-8."
        case .nameUnsafe, .duplicateName: "Make it again without that entry."
        case .noSuchEntry: nil
        case .encrypted: "Decrypt it first."
        case .methodUnsupported: "Make it again with deflate, as `zip` and numpy.savez_compressed do."
        case .tooLarge: "Give less data, or use a machine with more memory."
        case .noMemory: "Use a machine with more memory, or end other programs."
        default: "Copy, download or save it again; `unzip -t` tests an archive."
        }
    }
}
