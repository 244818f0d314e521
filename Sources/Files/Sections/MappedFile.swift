import Glibc

/// A plain file that is open and mapped into memory for reading. The kernel reads its pages when they are touched, and all processes of a machine share them.
///
/// If another program makes the file shorter, the kernel ends a process that touches what is gone (SIGBUS). So ``SectionFile`` asks for its size again before it
/// touches pages for the first time. A file that is replaced by a new one of the same name (rename) stays as it was for those who have it open.
final class MappedFile: Sendable {
    let path: String
    let byteCount: Int
    private let file: OpenFile
    // The mapping is private to this object and never written; deinit ends it.
    private nonisolated(unsafe) let address: UnsafeRawPointer?

    init(_ path: String) throws(FileError) {
        let file = try OpenFile.reading(path)
        let byteCount = try file.byteCount()
        self.path = path
        self.byteCount = byteCount
        if byteCount > 0 {
            let mapping = mmap(nil, byteCount, PROT_READ, MAP_SHARED, file.descriptor, 0)
            guard let mapping, mapping != MAP_FAILED else { throw .system(operation: "map", path: path, code: errno) }
            address = UnsafeRawPointer(mapping)
        } else {
            address = nil
        }
        self.file = file
    }

    deinit {
        if let address { munmap(UnsafeMutableRawPointer(mutating: address), byteCount) }
    }

    /// The size of the file now.
    func presentByteCount() throws(FileError) -> Int { try file.byteCount() }

    /// Bytes of the file by system calls, which report what mapped pages can't.
    /// - Precondition: the caller has compared the range with ``byteCount``.
    func bytes(at offset: Int, byteCount: Int) throws(FileError) -> [UInt8] { try file.bytes(at: offset, byteCount: byteCount) }

    /// The elements of type `Element` in `range` of the file's bytes.
    /// - Precondition: the range lies in the file, and begins at a multiple of the element's alignment.
    func withElements<Element: BitwiseCopyable, Result>(of type: Element.Type, in range: Range<Int>, _ body: (Span<Element>) -> Result) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "bytes \(range) of \(byteCount)")
        guard let address, !range.isEmpty else { return body(Span()) }
        // In the mapping by the precondition, aligned since the mapping is to pages; every pattern of bits is a value of these types. It lives as long as self.
        let start = (address + range.lowerBound).assumingMemoryBound(to: Element.self)
        let elements = UnsafeBufferPointer(start: start, count: range.count / MemoryLayout<Element>.stride)
        return withExtendedLifetime(self) { body(Span(_unsafeElements: elements)) }
    }
}
