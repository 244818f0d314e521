/// A NumPy array on disk, a .npy file or one in a .npz: its header was checked, and its shape compared with the bytes that are there.
/// The elements stay on disk until they are read. They come in C order (the last index varies fastest), also from a file in Fortran order.
package struct NumpyReader: Sendable {
    private enum Source {
        case file(SharedFile)
        case entry(ZipReader, ZipEntry)
    }

    /// What errors call it: the file, and the array's name if it is one of several.
    package let path: String
    private let source: Source
    private let header: NumpyHeader

    package var type: NumpyType { header.type }
    package var shape: [Int] { header.shape }
    /// The product of the shape; 1 without dimensions.
    package var elementCount: Int { header.elementCount }
    /// Bytes of the elements in the file, decompressed.
    package var dataByteCount: Int { elementCount * type.byteCount }
    package var isFortranOrder: Bool { header.isFortranOrder }

    /// Opens a .npy file and checks its header. Takes memory for the header alone.
    /// - Throws: ``FileError/numpy(path:fault:)`` with the way in which it is malformed, or the operating system's refusal.
    package static func open(_ path: String) throws(FileError) -> NumpyReader {
        let file = try SharedFile(path)
        return try NumpyReader(.file(file), stream: FileRangeStream(file, 0..<file.byteCount), fileByteCount: file.byteCount, path: path)
    }

    /// - Precondition: `entry` is one of `archive`'s.
    init(_ entry: ZipEntry, of archive: ZipReader, path: String) throws(FileError) {
        try self.init(.entry(archive, entry), stream: archive.stream(of: entry), fileByteCount: entry.byteCount, path: path)
    }

    private init(_ source: Source, stream: any ByteStream, fileByteCount: Int, path: String) throws(FileError) {
        do { header = try NumpyHeader(from: stream, fileByteCount: fileByteCount) } catch { throw error.named(path) }
        self.source = source
        self.path = path
    }

    /// The elements' bytes as they are in the file.
    func elements() throws(FileError) -> any ByteStream {
        switch source {
        case .file(let file): return FileRangeStream(file, header.byteCount..<header.byteCount + dataByteCount)
        case .entry(let archive, let entry):
            let stream = try archive.stream(of: entry)
            _ = try stream.nextBytes(atMost: header.byteCount)
            return stream
        }
    }

    /// - Parameter place: counted in the file's order.
    /// - Returns: the element's index in each dimension.
    func position(of place: Int) -> [Int] {
        var rest = place
        var position = [Int](repeating: 0, count: shape.count)
        for dimension in isFortranOrder ? Array(shape.indices) : shape.indices.reversed() {
            position[dimension] = rest % shape[dimension]
            rest /= shape[dimension]
        }
        return position
    }

    /// Refuses values of more memory than `limit`.
    /// - Parameter valueByteCount: of each one.
    func requireMemory(valueByteCount: Int, atMost limit: Int) throws(FileError) {
        let (byteCount, overflows) = elementCount.multipliedReportingOverflow(by: valueByteCount)
        guard !overflows, byteCount <= limit else {
            throw .numpy(path: path, fault: .tooLarge(found: overflows ? .max : byteCount, limit: limit, shape: shape))
        }
    }
}

/// The arrays of a NumPy archive (.npz), as numpy.savez and numpy.savez_compressed write them: a ZIP archive of .npy files.
package struct NumpyArchiveReader: Sendable {
    private let archive: ZipReader
    /// Names of its arrays, in the order in which they were saved. Files in the archive that aren't .npy are left out.
    package let names: [String]

    private static let ending = ".npy"

    /// Opens the archive at `path`, and checks its directory.
    package static func open(_ path: String) throws(FileError) -> NumpyArchiveReader { NumpyArchiveReader(try ZipReader.open(path)) }

    private init(_ archive: ZipReader) {
        self.archive = archive
        names = archive.entries.map(\.name).filter { $0.hasSuffix(Self.ending) }.map { String($0.dropLast(Self.ending.count)) }
    }

    /// The array `name`, with its header checked.
    package func array(named name: String) throws(FileError) -> NumpyReader {
        guard names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else {
            throw .numpy(path: archive.path, fault: .noSuchArray(name: name, names: names))
        }
        return try NumpyReader(archive.entry(named: name + Self.ending), of: archive, path: "\(archive.path), array '\(name.printable)'")
    }
}
