import FileFixtures
import Files
import Foundation
import HostileInput
import StrictJSON
import Testing

@Suite("Files of sections of numbers")
struct SectionFileTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory(inMemory: true) }

    /// Writes sections of each type of numbers, of `count` each.
    @discardableResult
    private func write(_ name: String, count: Int, in fileSystem: FileSystem = FileSystem()) throws -> String {
        let path = directory.path + "/" + name
        let writer = try SectionFileWriter(path, in: fileSystem)
        try writer.begin("bytes", of: UInt8.self)
        try writer.append(Self.bytes(count))
        try writer.begin("numbers", of: Float.self)
        for number in Self.numbers(count) { try writer.append([number]) }
        try writer.begin("tokens", of: Int32.self)
        try writer.append(Self.tokens(count))
        try writer.begin("times", of: Int.self)
        try writer.append([Int.min, Int.max])
        let byteCount = try writer.finish(about: .object(["kind": .text("test"), "count": .integer(count)]))
        #expect(try FileFixtures.bytes(of: path).count == byteCount)
        return path
    }

    private static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) } }
    private static func numbers(_ count: Int) -> [Float] { (0..<count).map { Float($0) / 3 - 5 } }
    private static func tokens(_ count: Int) -> [Int32] { (0..<count).map { Int32($0 * $0 % 70_000) } }

    private func all<Element: SectionElement>(_ section: MappedSection<Element>) -> [Element] {
        section.elements(in: 0..<section.count)
    }

    /// Reads everything, as far as it can be read.
    /// - Returns: the first error.
    private func fault(_ path: String) -> FileError? {
        do throws(FileError) {
            let file = try SectionFile(path)
            _ = all(try file.section("bytes", of: UInt8.self))
            _ = all(try file.section("numbers", of: Float.self))
            _ = all(try file.section("tokens", of: Int32.self))
            _ = all(try file.section("times", of: Int.self))
            return file.fault
        } catch {
            return error
        }
    }

    private func isRefused(_ path: String) -> Bool {
        if case .sections = fault(path) { true } else { false }
    }

    @Test("each section has the numbers that were appended, from none to several blocks of them", arguments: [0, 1, 4095, 4096, 300_001])
    func comesBack(count: Int) throws {
        let file = try SectionFile(write("numbers", count: count))
        #expect(file.about["count"]?.integerValue == count)
        let (bytes, numbers) = (try file.section("bytes", of: UInt8.self), try file.section("numbers", of: Float.self))
        let tokens = try file.section("tokens", of: Int32.self)
        #expect(all(bytes) == Self.bytes(count) && all(numbers) == Self.numbers(count) && all(tokens) == Self.tokens(count))
        #expect(try all(file.section("times", of: Int.self)) == [.min, .max])
        if count > 300_000 {
            // Across the end of a block.
            #expect(numbers.withElements(in: 200_000..<299_999) { ($0.count, $0[0], $0[99_998]) } == (99_999, Self.numbers(count)[200_000], Self.numbers(count)[299_998]))
        }
        #expect(file.fault == nil)
        #expect(throws: FileError.self) { try file.section("bytes", of: Int32.self) }
        #expect(throws: FileError.self) { try file.section("others", of: Int32.self) }
    }

    @Test("any flipped bit is found, when the file is opened or when its block is read, and then all numbers of the block are 0")
    func flippedBits() throws {
        let whole = try FileFixtures.bytes(of: write("whole", count: 50))
        var foundLater = 0
        for place in whole.indices {
            var damaged = whole
            damaged[place] ^= 1 << UInt8(place % 8)
            let path = try directory.file("damaged", damaged)
            #expect(isRefused(path), "byte \(place)")
            guard let file = try? SectionFile(path) else { continue }
            foundLater += 1
            #expect(try all(file.section("bytes", of: UInt8.self)) == [UInt8](repeating: 0, count: 50) && file.fault != nil, "byte \(place)")
        }
        // All of the sections, and their padding.
        #expect(foundLater == 3 * 4096 + 16)
    }

    @Test("a file that was cut off anywhere, or has more bytes, is refused before it is mapped, and so are other files")
    func truncated() throws {
        let whole = try FileFixtures.bytes(of: write("whole", count: 50))
        for count in stride(from: 0, to: whole.count, by: 97) { #expect(isRefused(try directory.file("cut", Array(whole.prefix(count)))), "\(count) bytes") }
        for other in [Array(whole.dropLast()), whole + [0]] { #expect(isRefused(try directory.file("other", other)), "\(other.count) bytes") }
        #expect(fault(try directory.file("text", Array("The play.\n".utf8))) == .sections(path: directory.path + "/text", fault: .foreign))
        #expect(fault(directory.path) == .notAPlainFile(path: directory.path))
        if case .system(_, _, ENOENT) = fault(directory.path + "/none") {} else { Issue.record("a missing file") }
    }

    /// None of them is right at any place of the header.
    private static let hostileNumbers: [UInt64] = [
        0, 1, 0x8000_0000, 0x1_0000_0000, 0x4000_0000_0000_0000, 0x7FFF_FFFF_FFFF_F000, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000,
        0xFFFF_FFFF_FFFF_F000, 0xFFFF_FFFF_FFFF_FFFF,
    ]

    @Test("a header with sizes near 2^63 is refused")
    func hostileSizes() throws {
        let whole = try FileFixtures.bytes(of: write("whole", count: 50))
        for offset in [16, 24, 32] {
            for number in Self.hostileNumbers {
                var bytes = whole
                for byte in 0..<8 { bytes[offset + byte] = UInt8(truncatingIfNeeded: number >> UInt64(8 * byte)) }
                #expect(isRefused(try directory.file("hostile", bytes)), "\(number) at \(offset)")
            }
        }
    }

    @Test("descriptions spoilt at random, with their right SHA-256, are refused or name numbers within the file, and never trap")
    func mutations() throws {
        let whole = try FileFixtures.bytes(of: write("whole", count: 50))
        let begin = try #require(whole.indices.last { whole[$0...].starts(with: Array(#"{"sections""#.utf8)) })
        let tokens = ["9223372036854775807", "-1", "4096", "{", "}", "[]", "null", "\"bytes\"", "\"int64\"", "\"offset\":4611686018427387904"].map { Array($0.utf8) }
        var (refusedCount, takenCount) = (0, 0)
        _ = try fuzz("mutations of a description of sections", runCount: 5_000) { mutator in
            let description = mutator.spoilt(Array(whole[begin...]), other: Array(whole[begin...]), tokens: tokens)
            let path = try directory.file("spoilt", try Self.rewrapped(whole, begin: begin, description))
            if isRefused(path) { refusedCount += 1 } else { takenCount += 1 }
        }
        #expect(refusedCount > 500 && takenCount > 5, "\(refusedCount) refused, \(takenCount) taken")
    }

    /// The file with another description behind its list of blocks, and the header that goes with it.
    private static func rewrapped(_ whole: [UInt8], begin: Int, _ description: [UInt8]) throws -> [UInt8] {
        var bytes = Array(whole[..<begin]) + description
        var content = 0
        for byte in whole[24..<32].reversed() { content = content << 8 | Int(byte) }
        func set(_ number: Int, at offset: Int) {
            for byte in 0..<8 { bytes[offset + byte] = UInt8(truncatingIfNeeded: number >> (8 * byte)) }
        }
        set(bytes.count, at: 16)
        set(description.count, at: 32)
        var hash = try SHA256()
        try hash.update(Array(bytes[(4096 + content)...]).span.bytes)
        bytes.replaceSubrange(40..<72, with: try hash.digest())
        return bytes
    }

    @Test("a file that is made shorter after it was opened is noticed at the next block, without a crash")
    func madeShorter() throws {
        let path = try write("numbers", count: 300_001)
        let file = try SectionFile(path)
        #expect(try all(file.section("bytes", of: UInt8.self)) == Self.bytes(300_001))
        truncate(path, 1 << 20)
        #expect(try all(file.section("tokens", of: Int32.self)) == [Int32](repeating: 0, count: 300_001))
        if case .sections(_, .madeShorter) = file.fault {} else { Issue.record("\(String(describing: file.fault))") }
    }

    @Test("a write removes the drafts of its name that killed processes have left, and no other file")
    func abandonedDrafts() throws {
        let others = ["numbers.draft", "numbers.a-b.draft", "numbers.2.txt", "other.1.draft", "numbers"]
        for name in ["numbers.1.draft", "numbers.1Z3.draft"] + others { try Data("x".utf8).write(to: URL(filePath: directory.path + "/" + name)) }
        // The draft of another writer, which is still at work.
        let path = directory.path + "/numbers"
        let working = try SectionFileWriter(path)
        try write("numbers", count: 5)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(names.count == others.count + 1 && Set(names).isSuperset(of: others), "\(names)")
        try working.begin("bytes", of: UInt8.self)
        _ = try working.finish(about: .object(["kind": .text("second")]))
        #expect(try Set(FileManager.default.contentsOfDirectory(atPath: directory.path)) == Set(others))
    }

    @Test("a write that is stopped at any change to the disk leaves the earlier file, and no draft that can be removed")
    func stopped() throws {
        let path = try write("numbers", count: 5)
        let before = try FileFixtures.bytes(of: path)
        for stop in 0..<200 {
            let changes = ChangeCounter(stoppingAt: stop)
            let isWritten = (try? write("numbers", count: 6, in: FileSystem { (operation) throws(FileError) in try changes.count(operation) })) != nil
            if isWritten {
                #expect(try FileFixtures.bytes(of: path) != before && stop > 4)
                return
            }
            let isRenamed = try FileFixtures.bytes(of: path) != before
            #expect(!isRenamed || changes.lastKind == .synchronize, "stopped at \(stop)")
            if isRenamed { try write("numbers", count: 5) }
            if changes.lastKind != .removeFile { #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["numbers"], "stopped at \(stop)") }
        }
        Issue.record("more changes than expected")
    }
}

/// Refuses one change to the file system, and those before let through.
private final class ChangeCounter: @unchecked Sendable {
    private var rest: Int
    private(set) var lastKind: FileOperation.Kind?

    init(stoppingAt stop: Int) { rest = stop }

    func count(_ operation: FileOperation) throws(FileError) {
        rest -= 1
        if rest == -1 {
            lastKind = operation.kind
            throw .system(operation: operation.kind.rawValue, path: operation.path, code: EIO)
        }
    }
}
