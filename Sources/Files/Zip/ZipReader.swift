/// A ZIP archive that is open for reading: entries that are stored or deflated, also with sizes above 4 GiB (ZIP64), not encrypted, in one file.
/// Its directory was checked; contents stay on disk until they are read. The file stays readable while this lives, even if it is removed meanwhile.
///
/// Source: APPNOTE.TXT 6.3.10, PKWARE.
package final class ZipReader: Sendable {
    /// In the order of the archive's directory.
    package let entries: [ZipEntry]
    private let source: SharedFile

    package var path: String { source.path }

    /// Opens the archive at `path`, and reads its directory: memory is taken for that alone, some times its size, which is at most 16 MiB.
    /// - Throws: ``FileError/zip(path:fault:)`` with the way in which it is malformed, or the operating system's refusal.
    package static func open(_ path: String) throws(FileError) -> ZipReader { try ZipReader(SharedFile(path)) }

    private init(_ source: SharedFile) throws(FileError) {
        let record = try ZipEndRecord(of: source)
        let bytes = try source.bytes(at: record.directoryRange.lowerBound, byteCount: record.directoryRange.count)
        do throws(ZipFault) {
            entries = try ZipDirectory(bytes, entryCount: record.entryCount, offset: record.directoryRange.lowerBound).entries
        } catch {
            throw .zip(path: source.path, fault: error)
        }
        self.source = source
    }

    /// The entry `name`, byte by byte: Swift's `==` takes "é" for "e" with an accent behind it, and an archive may have both.
    package func entry(named name: String) throws(FileError) -> ZipEntry {
        guard let entry = entries.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
            throw .zip(path: path, fault: .noSuchEntry(name: name, names: entries.map(\.name)))
        }
        return entry
    }

    /// The contents of `entry`, decompressed and checked.
    /// - Parameter limit: the most bytes. A larger entry is refused before memory is taken for it.
    /// - Throws: ``FileError/zip(path:fault:)``, or why the file can't be read.
    /// - Precondition: `entry` is one of ``entries``.
    package func bytes(of entry: ZipEntry, atMost limit: Int) throws(FileError) -> [UInt8] {
        guard entry.byteCount <= limit else { throw .zip(path: path, fault: .tooLarge(name: entry.name, found: entry.byteCount, limit: limit)) }
        let stream = try stream(of: entry)
        let bytes = try stream.nextBytes(atMost: entry.byteCount)
        try stream.finish()
        return bytes
    }

    /// - Precondition: `entry` is one of ``entries``.
    func stream(of entry: ZipEntry) throws(FileError) -> ZipEntryStream { try ZipEntryStream(entry, of: source) }
}
