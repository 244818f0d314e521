import FileFixtures
import Files
import Foundation
import Testing

@Suite("Reading ZIP archives")
struct ZipReaderTests {
    private static let limit = 1 << 20
    private static let text = Array("some text, some text, some text".utf8)

    private static func entries(_ parts: ZipParts) throws -> [String: [UInt8]] {
        let directory = try TemporaryDirectory(inMemory: true)
        let reader = try ZipReader.open(try directory.file("a.zip", parts.file()))
        return try Dictionary(uniqueKeysWithValues: reader.entries.map { ($0.name, try reader.bytes(of: $0, atMost: limit)) })
    }

    private static func fault(_ change: (inout ZipParts) -> Void) throws -> ZipFault? {
        var parts = ZipParts(.init("a", text), .init("b", [1, 2, 3]))
        change(&parts)
        do throws(any Error) {
            _ = try entries(parts)
        } catch let error as FileError {
            guard case .zip(_, let fault) = error else { throw error }
            #expect("\(fault)".utf8.count < 700)
            return fault
        }
        return nil
    }

    @Test("Python's archive into a pipe, whose sizes follow the contents, and whose comment has an end record's signature, is read")
    func streamed() throws {
        let reader = try ZipReader.open(NumpyFixture.stored + "/streamed.zip")
        #expect(reader.entries.map(\.name) == ["stored", "deflated", "bzip2", "lzma", "folder/"])
        #expect(reader.entries.map(\.isFolder) == [false, false, false, false, true])
        #expect(try reader.entries[..<2].map { try reader.bytes(of: $0, atMost: Self.text.count) } == [Self.text, Self.text])
        for (index, method) in [(2, "bzip2"), (3, "LZMA")] {
            let fault = ZipFault.methodUnsupported(name: reader.entries[index].name, method: method)
            #expect(throws: FileError.zip(path: reader.path, fault: fault)) { try reader.bytes(of: reader.entries[index], atMost: Self.limit) }
        }
        let fault = ZipFault.tooLarge(name: "deflated", found: Self.text.count, limit: Self.text.count - 1)
        #expect(throws: FileError.zip(path: reader.path, fault: fault)) { try reader.bytes(of: reader.entries[1], atMost: Self.text.count - 1) }
        #expect(throws: FileError.zip(path: reader.path, fault: .noSuchEntry(name: "x", names: reader.entries.map(\.name)))) { try reader.entry(named: "x") }
    }

    @Test("archives with a comment, with ZIP64 in the headers, in the directory and at the end, and without entries are read")
    func forms() throws {
        #expect(try Self.entries(ZipParts()).isEmpty)
        var parts = ZipParts(.init("a", Self.text), .init("größe/b", []))
        let wanted = ["a": Self.text, "größe/b": []]
        #expect(try Self.entries(parts) == wanted)
        parts.comment = [UInt8](repeating: 0x20, count: 0xFFFF)
        #expect(try Self.entries(parts) == wanted)
        parts.isZip64 = true
        #expect(try Self.entries(parts) == wanted)
        parts.entries[0].directoryExtra = [0x55, 0x54, 1, 0, 7] + zip64Numbers(Self.text.count, Self.text.count, 0) + [0, 0]
        parts.entries[0].headerExtra = zip64Numbers(Self.text.count, Self.text.count)
        (parts.entries[0].byteCount, parts.entries[0].compressedByteCount, parts.entries[0].offset) = (0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF)
        #expect(try Self.entries(parts) == wanted)
    }

    @Test("each way in which an archive is wrong has its own error")
    func faults() throws {
        let text = Self.text
        #expect(try Self.fault { _ in } == nil)
        #expect(try Self.fault { $0.trailing = [0] } == .noEndRecord)
        #expect(try Self.fault { $0.disk = 1 } == .severalDisks)
        #expect(try Self.fault { $0.entries[1].disk = 1 } == .severalDisks)
        #expect(try Self.fault { $0.directoryOffset = 0 } == .directoryMisplaced(begin: 0, byteCount: 94, end: 190))
        #expect(try Self.fault { $0.directoryByteCount = 1 << 30 } == .directoryTooLarge(found: 1 << 30, limit: 16 << 20))
        #expect(try Self.fault { $0.claimedCount = 3 } == .entryCountDiffers(claimed: 3, byteCount: 94))
        #expect(try Self.fault { $0.claimedCount = 1 } == .entryCountDiffers(claimed: 1, byteCount: 94))
        for number in [Int.max, -1] {
            #expect(try Self.fault { ($0.isZip64, $0.directoryOffset) = (true, number) }
                == .directoryMisplaced(begin: UInt64(bitPattern: Int64(number)), byteCount: 94, end: 190))
            #expect(try Self.fault { ($0.isZip64, $0.directoryByteCount) = (true, number) }
                == .directoryTooLarge(found: UInt64(bitPattern: Int64(number)), limit: 16 << 20))
            #expect(try Self.fault { ($0.isZip64, $0.zip64RecordOffset) = (true, number) } == .zip64EndRecordMissing(offset: UInt64(bitPattern: Int64(number))))
            #expect(try Self.fault { ($0.isZip64, $0.claimedCount) = (true, number) }
                == .entryCountDiffers(claimed: UInt64(bitPattern: Int64(number)), byteCount: 94))
            let found = UInt64(bitPattern: Int64(number))
            #expect(try Self.fault { ($0.entries[0].byteCount, $0.entries[0].directoryExtra) = (0xFFFF_FFFF, zip64Numbers(number)) }
                == (number < 0 ? .numberTooLarge(name: "a", found: found) : .tooLarge(name: "a", found: .max, limit: Self.limit)))
            let place: ZipFault = number < 0
                ? .numberTooLarge(name: "a", found: found) : .outsideArchive(name: "a", begin: .max, byteCount: text.count, end: 96)
            #expect(try Self.fault { ($0.entries[0].offset, $0.entries[0].directoryExtra) = (0xFFFF_FFFF, zip64Numbers(number)) } == place)
        }
        #expect(try Self.fault { ($0.isZip64, $0.zip64RecordByteCount) = (true, 45) } == .zip64EndRecordMissing(offset: 190))
        #expect(try Self.fault { $0.entries[0].compressedByteCount = 0xFFFF_FFFF } == .zip64NumberMissing(name: "a"))
        #expect(try Self.fault { $0.entries[0].directoryExtra = [1, 0, 9, 0] } == .extraFieldDamaged(name: "a"))
        #expect(try Self.fault { $0.entries[1].name = [0x61] } == .duplicateName(name: "a"))
        #expect(try Self.fault { $0.entries[1].name = [0xFF] } == .nameNotUTF8(index: 1))
        for name in ["", "/etc/passwd", "a/../../b", "..", "a\u{0}b"] {
            #expect(try Self.fault { $0.entries[1].name = Array(name.utf8) } == .nameUnsafe(name: name))
        }
        #expect(try Self.fault { $0.entries[1].offset = 200 } == .outsideArchive(name: "b", begin: 200, byteCount: 3, end: 96))
        #expect(try Self.fault { $0.entries[1].compressedByteCount = 100 } == .outsideArchive(name: "b", begin: 62, byteCount: 100, end: 96))
        #expect(try Self.fault { $0.entries[1].offset = 0 } == .overlap(name: "a", other: "b"))
        #expect(try Self.fault { $0.entries[0].compressedByteCount += 1 } == .overlap(name: "a", other: "b"))
        #expect(try Self.fault { $0.entries[1].offset = 61 } == .overlap(name: "a", other: "b"))
        #expect(try Self.fault { ($0.entries[1].contents, $0.entries[1].offset) = ([1, 2, 3, 0, 0], 63) } == .headerMissing(name: "b", offset: 63))
        #expect(try Self.fault { $0.entries[0].headerName = Array("c".utf8) } == .headerDiffers(name: "a"))
        #expect(try Self.fault { $0.entries[0].headerByteCount = 7 } == .headerDiffers(name: "a"))
        #expect(try Self.fault { $0.entries[0].flags = 1 } == .encrypted(name: "a"))
        #expect(try Self.fault { $0.entries[0].method = 9 } == .methodUnsupported(name: "a", method: "Deflate64"))
        #expect(try Self.fault { $0.entries[0].byteCount -= 1 } == .sizesImpossible(name: "a", byteCount: text.count - 1, compressedByteCount: text.count))
        #expect(try Self.fault { $0.entries[0].checksum ^= 1 } == .checksumDiffers(name: "a"))
        #expect(try Self.fault { $0.entries[0].contents[0] ^= 1 } == .checksumDiffers(name: "a"))
        // A header that says that it is longer, so that the contents would reach into what follows.
        #expect(try Self.fault { ($0.entries[1].headerName, $0.entries[1].contents) = (Array("bbbb".utf8), []) }
            == .contentsTooLong(name: "b", end: 96))
    }

    @Test("deflated contents that are damaged, end early, or aren't of the size that the directory says are refused")
    func deflated() throws {
        // One block that isn't compressed: last block, then its length and the length's complement.
        let block = { (contents: [UInt8]) in [1] + little(contents.count, 2) + little(~contents.count, 2) + contents }
        func fault(_ compressed: [UInt8], byteCount: Int = Self.text.count) throws -> ZipFault? {
            try Self.fault { parts in
                parts.entries[0].contents = compressed
                (parts.entries[0].method, parts.entries[0].compressedByteCount, parts.entries[0].byteCount) = (8, compressed.count, byteCount)
            }
        }
        let whole = block(Self.text)
        #expect(try fault(whole) == nil)
        #expect(try fault(Array(whole.dropLast())) == .damaged(name: "a", reason: "its compressed bytes end early"))
        #expect(try fault(whole + [0]) == .damaged(name: "a", reason: "it ends before its compressed bytes do"))
        #expect(try fault([7] + whole.dropFirst()) == .damaged(name: "a", reason: "invalid block type"))
        #expect(try fault(whole, byteCount: Self.text.count + 1) == .sizeDiffers(name: "a", found: Self.text.count, wanted: Self.text.count + 1))
        #expect(try fault(whole, byteCount: Self.text.count - 1) == .sizeDiffers(name: "a", found: nil, wanted: Self.text.count - 1))
        #expect(try fault(block(Array("Some text, some text, some text".utf8))) == .checksumDiffers(name: "a"))
        let most = 1032 * (whole.count + 1)
        #expect(try fault(whole, byteCount: most) == .sizesImpossible(name: "a", byteCount: most, compressedByteCount: whole.count))
    }
}
