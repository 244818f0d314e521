import FileFixtures
import Files
import Foundation
import HostileInput
import Testing

@Suite("Files that decompress to far more")
struct DecompressionBombTests {
    private static let limit = 64 << 20
    /// Times 1 MiB: 10 GiB out of 10.6 MB.
    private static let repetitions = 10_240

    @Test("10 MB that decompress to 10 GiB, and a file with a hole, are refused at the limit, in its memory and in seconds")
    func bombs() async {
        await #expect(processExitsWith: .success) { exit(Self.failure()) }
    }

    /// The number of what failed, 0 if nothing did. A function, so that its files are removed before the process ends.
    private static func failure() -> Int32 {
        guard let directory = try? TemporaryDirectory(inMemory: true), let zeros = try? bytes(of: NumpyFixture.stored + "/zeros.deflate") else { return 2 }
        let began = ContinuousClock.now
        let header = numpyFile("<f4", "(\(repetitions << 18),)", [])
        // A block that isn't compressed, with the array's header; then the zeros; then an empty last block.
        let beginning = [0] + little(header.count, 2) + little(~header.count, 2) + header
        let contents = (beginning, zeros, [3, 0] as [UInt8])
        let byteCount = header.count + repetitions << 20
        let compressedByteCount = beginning.count + repetitions * zeros.count + 2
        guard
            let gzip = try? file("a.gz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF], contents, [UInt8](repeating: 0, count: 8), in: directory),
            let honest = try? archive("a.npz", contents, byteCount: byteCount, compressedByteCount, in: directory),
            let lying = try? archive("b.npz", contents, byteCount: header.count + 1 << 20, compressedByteCount, in: directory),
            let sparse = try? sparseFile(in: directory)
        else { return 3 }
        // Writing them took memory too.
        let before = peakMemoryByteCount()
        guard fault({ () throws(FileError) in _ = try GzipReader(path: gzip, atMost: limit).readToEnd() }) == .gzip(path: gzip, fault: .tooLarge(limit: limit))
        else { return 4 }
        let tooLarge = FileError.zip(path: honest, fault: .tooLarge(name: "x.npy", found: byteCount, limit: limit))
        guard fault({ () throws(FileError) in try readEntry(honest) }) == tooLarge else { return 5 }
        guard case .numpy(_, .tooLarge(10 << 30, limit, _))? = fault({ () throws(FileError) in try readArray(honest) }) else { return 6 }
        let longer = FileError.zip(path: lying, fault: .sizeDiffers(name: "x.npy", found: nil, wanted: header.count + 1 << 20))
        guard fault({ () throws(FileError) in try readEntry(lying) }) == longer else { return 7 }
        guard case .numpy(_, .sizeDiffers)? = fault({ () throws(FileError) in try readArray(lying) }) else { return 8 }
        guard case .numpy(_, .tooLarge(1 << 40, limit, _))? = fault({ () throws(FileError) in _ = try NumpyReader.open(sparse).floats(atMost: limit) })
        else { return 9 }
        guard ContinuousClock.now - began < .seconds(10) else { return 10 }
        return peakMemoryByteCount() - before < 2 * limit ? 0 : 11
    }

    private static func fault(_ body: () throws(FileError) -> Void) -> FileError? {
        do { try body() } catch { return error }
        return nil
    }

    private static func readEntry(_ path: String) throws(FileError) {
        let reader = try ZipReader.open(path)
        _ = try reader.bytes(of: reader.entry(named: "x.npy"), atMost: limit)
    }

    private static func readArray(_ path: String) throws(FileError) {
        _ = try NumpyArchiveReader.open(path).array(named: "x").floats(atMost: limit)
    }

    /// An array of 1 TiB, without its elements on the disk.
    private static func sparseFile(in directory: TemporaryDirectory) throws -> String {
        let header = numpyFile("<f4", "(\(1 << 38),)", [])
        try makeSparseFile(directory.path + "/a.npy", beginning: header, byteCount: header.count + 1 << 40)
        return directory.path + "/a.npy"
    }

    /// Writes `before`, the contents with their middle part repeated, and `after`.
    private static func file(
        _ name: String, _ before: [UInt8], _ contents: ([UInt8], [UInt8], [UInt8]), _ after: [UInt8], in directory: TemporaryDirectory
    ) throws -> String {
        let path = try directory.file(name, before + contents.0)
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.seekToEnd()
        let hundred = Data((0..<repetitions / 100).flatMap { _ in contents.1 })
        for _ in 0..<100 { try file.write(contentsOf: hundred) }
        try file.write(contentsOf: Data((0..<repetitions % 100).flatMap { _ in contents.1 } + contents.2 + after))
        return path
    }

    private static func archive(
        _ name: String, _ contents: ([UInt8], [UInt8], [UInt8]), byteCount: Int, _ compressedByteCount: Int, in directory: TemporaryDirectory
    ) throws -> String {
        var entry = ZipParts.Entry("x.npy", [])
        (entry.method, entry.byteCount, entry.compressedByteCount) = (8, 0xFFFF_FFFF, 0xFFFF_FFFF)
        entry.headerExtra = zip64Numbers(byteCount, compressedByteCount)
        entry.directoryExtra = entry.headerExtra
        // The contents are put between the header, of which the first bytes of an archive without contents consist, and the directory.
        var parts = ZipParts(entry)
        let headerByteCount = 30 + 5 + entry.headerExtra.count
        parts.directoryOffset = headerByteCount + compressedByteCount
        let empty = parts.file()
        return try file(name, Array(empty.prefix(headerByteCount)), contents, Array(empty.dropFirst(headerByteCount)), in: directory)
    }
}
