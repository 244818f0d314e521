package import StrictJSON

/// Writes a file of sections (``SectionFile``) from front to back, in memory for one block, under a temporary name; ``finish(about:)`` gives it its own.
package final class SectionFileWriter {
    private let path: String
    private let draft: String
    private let file: OpenFile
    private let fileSystem: FileSystem
    /// Bytes of the block that isn't full yet.
    private var block: [UInt8] = []
    private var digests: [UInt8] = []
    /// Including the block that isn't full.
    private var contentByteCount = 0
    private var sections: [SectionPlace] = []
    private var isFinished = false

    /// - Parameter path: of the finished file; one that is there is replaced at the end.
    package init(_ path: String, in fileSystem: FileSystem = FileSystem()) throws(FileError) {
        self.path = path
        self.fileSystem = fileSystem
        Self.removeAbandonedDrafts(of: path, in: fileSystem)
        draft = path + "." + String(UInt64.random(in: .min ... .max), radix: 36) + Self.draftEnding
        file = try OpenFile(creating: draft, in: fileSystem)
        // Held until this process has finished it, or has ended.
        _ = try? file.tryLock()
        block.reserveCapacity(SectionFileHeader.blockByteCount)
        do throws(FileError) {
            // Its place; the numbers aren't known yet.
            try file.write([UInt8](repeating: 0, count: SectionFileHeader.byteCount).span.bytes)
        } catch {
            try? fileSystem.removeFile(draft)
            throw error
        }
    }

    private static let draftEnding = ".draft"

    /// Removes what processes that were killed have left.
    private static func removeAbandonedDrafts(of path: String, in fileSystem: FileSystem) {
        let folder = parentDirectory(of: path)
        let start = (path.split(separator: "/").last.map(String.init) ?? path) + "."
        for name in (try? fileSystem.names(in: folder)) ?? [] where name.hasPrefix(start) && name.hasSuffix(draftEnding) {
            let middle = name.dropFirst(start.count).dropLast(draftEnding.count)
            guard UInt64(middle, radix: 36) != nil else { continue }
            let draft = folder + "/" + name
            if let file = try? OpenFile.reading(draft, in: fileSystem), (try? file.tryLock()) == true { try? fileSystem.removeFile(draft) }
        }
    }

    deinit {
        if !isFinished { try? fileSystem.removeFile(draft) }
    }

    /// Begins the section `name` of numbers of type `Element`, which ``append(_:)`` gives.
    package func begin<Element: SectionElement>(_ name: String, of type: Element.Type) throws(FileError) {
        let stray = contentByteCount % SectionFileHeader.byteCount
        if stray > 0 { try add([UInt8](repeating: 0, count: SectionFileHeader.byteCount - stray).span.bytes) }
        sections.append(SectionPlace(name: name, element: type.sectionName, offset: contentByteCount, count: 0))
    }

    /// Appends numbers to the section that was begun last.
    /// - Precondition: it is one of this type.
    package func append<Element: SectionElement>(_ values: [Element]) throws(FileError) {
        guard let last = sections.last, last.element == Element.sectionName else { preconditionFailure("no section of \(Element.sectionName) was begun") }
        try add(values.span.bytes)
        sections[sections.count - 1] = SectionPlace(name: last.name, element: last.element, offset: last.offset, count: last.count + values.count)
    }

    /// Writes what is left, and the header; the file is on disk and has its name when this returns.
    /// - Parameter about: what readers should know of the numbers.
    /// - Returns: bytes of the file.
    package func finish(about: JSONValue) throws(FileError) -> Int {
        if !block.isEmpty { try writeBlock() }
        let description = Array(JSONValue.object(["sections": .list(sections.map(\.value)), "about": about]).serialized().utf8)
        let tail = digests + description
        var hash = try SHA256()
        try hash.update(tail.span.bytes)
        let header = SectionFileHeader(contentByteCount: contentByteCount, descriptionByteCount: description.count, digest: try hash.digest())
        try file.write(tail.span.bytes)
        try file.overwrite(header.bytes.span.bytes, at: 0)
        try file.synchronize()
        try fileSystem.rename(draft, to: path)
        isFinished = true
        try fileSystem.synchronizeDirectory(parentDirectory(of: path))
        return header.fileByteCount
    }

    private func add(_ bytes: RawSpan) throws(FileError) {
        var done = 0
        while done < bytes.byteCount {
            let end = min(bytes.byteCount, done + SectionFileHeader.blockByteCount - block.count)
            // The pointer holds for the call only.
            bytes.extracting(done..<end).withUnsafeBytes { block.append(contentsOf: $0) }
            contentByteCount += end - done
            done = end
            if block.count == SectionFileHeader.blockByteCount { try writeBlock() }
        }
    }

    private func writeBlock() throws(FileError) {
        let full = block
        block = []
        block.reserveCapacity(SectionFileHeader.blockByteCount)
        var hash = try SHA256()
        try hash.update(full.span.bytes)
        digests += try hash.digest()
        try file.write(full.span.bytes)
    }
}
