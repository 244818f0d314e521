import FileFixtures
import Files
import Foundation
import SeededRandomness
import Testing

@Suite("Reading gzip files")
struct GzipReaderTests {
    private static let path = NumpyFixture.stored + "/members.gz"
    private static let beginning = Array(("first, " + String(repeating: "zwölf, ", count: 30)).utf8)

    private static func fault(_ bytes: [UInt8], atMost limit: Int = 1 << 20) throws -> GzipFault? {
        do throws(FileError) {
            _ = try GzipReader(bytes, path: "a.gz", atMost: limit).readToEnd()
        } catch .gzip("a.gz", let fault) {
            return fault
        } catch {
            Issue.record("\(error)")
        }
        return nil
    }

    @Test("Python's file of four members, one of them empty, is read whole, in pieces of any size, from disk and from memory")
    func members() throws {
        let whole = try GzipReader(path: Self.path, atMost: 1 << 20).readToEnd()
        #expect(whole.starts(with: Self.beginning) && whole.count == Self.beginning.count + 300)
        #expect(try GzipReader(bytes(of: Self.path), path: "a", atMost: whole.count).readToEnd() == whole)
        for pieceByteCount in [1, 7, 255, whole.count, 1 << 16] {
            let reader = try GzipReader(path: Self.path, atMost: whole.count)
            var pieces: [UInt8] = []
            while case let piece = try reader.next(atMost: pieceByteCount), !piece.isEmpty { pieces += piece }
            #expect(pieces == whole, "\(pieceByteCount)")
        }
        #expect(try Self.fault(bytes(of: Self.path), atMost: whole.count - 1) == .tooLarge(limit: whole.count - 1))
        #expect(try Self.fault(bytes(of: Self.path), atMost: 0) == .tooLarge(limit: 0))
    }

    @Test("a pipe is read to its end")
    func pipe() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/pipe"
        try #require(mkfifo(path, 0o600) == 0)
        let file = try bytes(of: Self.path)
        Thread.detachNewThread { try? FileHandle(forWritingTo: URL(filePath: path)).write(contentsOf: Data(file)) }
        #expect(try GzipReader(path: path, atMost: 1 << 20).readToEnd().starts(with: Self.beginning))
    }

    @Test("what isn't gzip, is cut off, damaged, or followed by something else has its own error")
    func faults() throws {
        let file = try bytes(of: Self.path)
        #expect(try Self.fault([]) == .notGzip)
        #expect(try Self.fault(Array("time,price\n".utf8)) == .notGzip)
        #expect(try Self.fault([0x1F, 0x8C]) == .notGzip)
        for count in 1..<file.count {
            let fault = try Self.fault(Array(file.prefix(count)))
            // Only where a member ends is the rest whole.
            #expect(fault == .endsEarly(byteCount: count) || fault == nil && Array(file[count...].prefix(2)) == [0x1F, 0x8B], "\(count): \(fault as Any)")
        }
        #expect(try Self.fault(file + [0]) == .bytesAfterEnd(offset: file.count))
        #expect(try Self.fault(file + Array("end".utf8)) == .bytesAfterEnd(offset: file.count))
        func changed(_ offset: Int) throws -> GzipFault? {
            var bytes = file
            bytes[offset] ^= 0x40
            return try Self.fault(bytes)
        }
        // The length and the checksum of the last member.
        #expect(try changed(file.count - 1) == .damaged(offset: file.count, reason: "incorrect length check"))
        #expect(try changed(file.count - 5) == .damaged(offset: file.count - 4, reason: "incorrect data check"))
        #expect(try changed(2) == .damaged(offset: 4, reason: "unknown compression method"))
    }

    @Test("files of lengths around those of buffers come back", arguments: [0, 1, 65_535, 65_536, 65_537, 131_072, 200_001])
    func lengths(byteCount: Int) throws {
        // Blocks that aren't compressed: their bytes are as many in the file.
        let contents = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let blocks = stride(from: 0, to: byteCount, by: 65_535).flatMap { begin in
            let block = contents[begin..<min(byteCount, begin + 65_535)]
            return [0] + little(block.count, 2) + little(~block.count, 2) + block
        }
        let file = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF] + blocks + [3, 0] + little(Int(crc32(contents)), 4) + little(byteCount, 4)
        #expect(try GzipReader(file, path: "a", atMost: byteCount).readToEnd() == contents)
        #expect(try GzipReader(file + file, path: "a", atMost: .max).readToEnd() == contents + contents)
        if byteCount > 0 { #expect(try Self.fault(file, atMost: byteCount - 1) == .tooLarge(limit: byteCount - 1)) }
    }
}
