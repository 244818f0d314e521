public import StrictJSON
import Synchronization

/// A file of sections of numbers, mapped into memory: larger than the memory if need be.
///
/// Opening it checks the header, the file's size, and the SHA-256 of the description and of the blocks' list. Each block of the sections is checked against its
/// own SHA-256 when it is first touched, so that a process reads only what it uses. Numbers of a damaged block are read as 0, and `fault` says so: a caller looks
/// there before it uses them.
public final class SectionFile: Sendable {
    public let path: String
    /// What the writer said of the numbers.
    public let about: JSONValue
    public var byteCount: Int { file.byteCount }
    private let file: MappedFile
    private let header: SectionFileHeader
    private let sections: [SectionPlace]
    /// Of the blocks, one after another.
    private let digests: [UInt8]
    /// Of each block. Owned here, and freed by deinit; each is only reached atomically.
    private nonisolated(unsafe) let states: UnsafeMutablePointer<Atomic<UInt8>>
    private let firstFault = Mutex<FileError?>(nil)

    private static let (unchecked, sound, damaged): (UInt8, UInt8, UInt8) = (0, 1, 2)

    /// - Throws: ``FileError/sections(path:fault:)``, or why the file can't be opened.
    public init(_ path: String) throws(FileError) {
        let file = try MappedFile(path)
        let beginning = try file.bytes(at: 0, byteCount: min(file.byteCount, SectionFileHeader.byteCount))
        let header = try mapping(path) { () throws(SectionFileFault) in try SectionFileHeader(beginning, fileByteCount: file.byteCount) }
        let tail = try file.bytes(at: header.digestsOffset, byteCount: header.tailByteCount)
        var hash = try SHA256()
        try hash.update(tail.span.bytes)
        guard try hash.digest() == header.digest else { throw .sections(path: path, fault: .header(reason: "its description isn't the one that was written")) }
        let description = Array(tail[(header.blockCount * SectionFileHeader.digestByteCount)...])
        guard let value = try? JSONValue.parse(description), let about = value["about"], let list = value["sections"]?.arrayValue else {
            throw .sections(path: path, fault: .header(reason: "its description can't be read"))
        }
        let places = list.compactMap(SectionPlace.init)
        guard places.count == list.count else { throw .sections(path: path, fault: .header(reason: "its description names something that isn't a section")) }
        (self.path, self.file, self.header, self.about, sections) = (path, file, header, about, places)
        digests = Array(tail.prefix(header.blockCount * SectionFileHeader.digestByteCount))
        states = .allocate(capacity: max(1, header.blockCount))
        for block in 0..<header.blockCount { (states + block).initialize(to: Atomic(Self.unchecked)) }
    }

    deinit {
        states.deinitialize(count: header.blockCount)
        states.deallocate()
    }

    /// Whether `bytes`, a file's first ones, are those of a file of sections.
    public static func isOwn(_ bytes: [UInt8]) -> Bool { bytes.starts(with: SectionFileHeader.magic) }

    /// The section `name`, whose numbers must be of type `Element`.
    package func section<Element: SectionElement>(_ name: String, of type: Element.Type) throws(FileError) -> MappedSection<Element> {
        guard let place = sections.first(where: { $0.name == name }) else { throw .sections(path: path, fault: .header(reason: "it has no section '\(name)'")) }
        guard place.element == type.sectionName, place.fits(stride: MemoryLayout<Element>.stride, contentByteCount: header.contentByteCount) else {
            throw .sections(path: path, fault: .header(reason: "its section '\(name)' isn't one of \(type.sectionName)"))
        }
        return MappedSection(file: self, offset: place.offset, count: place.count)
    }

    /// The first thing that was found wrong since the file was opened; nil if there is nothing.
    package var fault: FileError? { firstFault.withLock { $0 } }

    /// Reports that numbers of the file can't be right; they count as 0.
    package func report(_ fault: SectionFileFault) { report(.sections(path: path, fault: fault)) }

    private func report(_ error: FileError) { firstFault.withLock { if $0 == nil { $0 = error } } }

    // MARK: Blocks

    /// Calls `body` with the elements in `range` of the sections' bytes, or with as many zeros if one of their blocks is damaged.
    func withElements<Element: SectionElement, Result>(of type: Element.Type, in range: Range<Int>, _ body: (Span<Element>) -> Result) -> Result {
        guard areSound(range) else {
            let zeros = [Element](repeating: .zero, count: range.count / MemoryLayout<Element>.stride)
            return body(zeros.span)
        }
        let first = SectionFileHeader.byteCount
        return file.withElements(of: type, in: range.lowerBound + first..<range.upperBound + first, body)
    }

    /// Whether the blocks with these bytes are what was written. Cost: about 40 µs for each block that wasn't checked before.
    private func areSound(_ range: Range<Int>) -> Bool {
        guard !range.isEmpty else { return true }
        for block in range.lowerBound / SectionFileHeader.blockByteCount...(range.upperBound - 1) / SectionFileHeader.blockByteCount {
            let state = states[block].load(ordering: .acquiring)
            guard state == Self.sound || state == Self.unchecked && check(block) else { return false }
        }
        return true
    }

    /// Two threads may check the same block; they find the same.
    private func check(_ block: Int) -> Bool {
        let begin = block * SectionFileHeader.blockByteCount
        let end = min(begin + SectionFileHeader.blockByteCount, header.contentByteCount)
        do throws(FileError) {
            let found = try file.presentByteCount()
            guard found >= header.fileByteCount else { throw .sections(path: path, fault: .madeShorter(found: found, wanted: header.fileByteCount)) }
            let first = SectionFileHeader.byteCount
            let digest = try Self.digest(of: file, begin + first..<end + first)
            let place = block * SectionFileHeader.digestByteCount
            guard digest == Array(digests[place..<place + SectionFileHeader.digestByteCount]) else {
                throw .sections(path: path, fault: .block(offset: begin + first))
            }
        } catch {
            report(error)
            states[block].store(Self.damaged, ordering: .releasing)
            return false
        }
        states[block].store(Self.sound, ordering: .releasing)
        return true
    }

    private static func digest(of file: MappedFile, _ range: Range<Int>) throws(FileError) -> [UInt8] {
        let result = file.withElements(of: UInt8.self, in: range) { bytes -> Result<[UInt8], FileError> in
            do throws(FileError) {
                var hash = try SHA256()
                try hash.update(bytes.bytes)
                return .success(try hash.digest())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

private func mapping<Result>(_ path: String, _ work: () throws(SectionFileFault) -> Result) throws(FileError) -> Result {
    do throws(SectionFileFault) { return try work() } catch { throw .sections(path: path, fault: error) }
}

/// Numbers of a section of a mapped file.
package struct MappedSection<Element: SectionElement>: Sendable {
    package let file: SectionFile
    /// In the sections' bytes.
    let offset: Int
    package let count: Int

    /// Calls `body` with the numbers in `range`; with zeros if the file is damaged there (``SectionFile/fault``).
    package func withElements<Result>(in range: Range<Int>, _ body: (Span<Element>) -> Result) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) of \(count) numbers")
        let stride = MemoryLayout<Element>.stride
        return file.withElements(of: Element.self, in: offset + range.lowerBound * stride..<offset + range.upperBound * stride, body)
    }

    /// A copy of the numbers in `range`; zeros if the file is damaged there.
    package func elements(in range: Range<Int>) -> [Element] {
        withElements(in: range) { span in
            var elements: [Element] = []
            elements.reserveCapacity(span.count)
            for index in span.indices { elements.append(span[index]) }
            return elements
        }
    }
}
