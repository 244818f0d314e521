import FileFixtures
import Files
import Foundation
import HostileInput
import StrictJSON
import Testing

@Suite("Safetensors of hostile sizes")
struct HostileSafetensorsTests {
    /// A file of this header and data of zeros, written piece by piece: so that a test's own memory stays small.
    private static func write(_ directory: TemporaryDirectory, pieces: some Sequence<String>, dataByteCount: Int = 0) throws -> String {
        let path = try directory.file("hostile.safetensors", [UInt8](repeating: 0, count: 8))
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.seekToEnd()
        var headerByteCount = 0
        for piece in pieces {
            try file.write(contentsOf: Data(piece.utf8))
            headerByteCount += piece.utf8.count
        }
        try file.truncate(atOffset: UInt64(8 + headerByteCount + dataByteCount))
        try file.seek(toOffset: 0)
        try file.write(contentsOf: Data((0..<8).map { UInt8(truncatingIfNeeded: headerByteCount >> (8 * $0)) }))
        return path
    }

    private static func fault(_ path: String) -> SafetensorsFault? {
        do throws(FileError) {
            _ = try SafetensorsFile.open(path)
        } catch .safetensors(_, let fault) { return fault } catch {}
        return nil
    }

    private static func tensors(_ count: Int) -> some Sequence<String> {
        (0..<count).lazy.map { #"\#($0 == 0 ? "{" : ",")"t\#($0)":{"dtype":"U8","shape":[1],"data_offsets":[\#($0),\#($0 + 1)]}"# }
    }

    @Test("A header that claims more than the format's 100 MB, in a file that has them, is refused before any of it is read")
    func declared() async {
        await #expect(processExitsWith: .success) { exit(Self.declaredFailure()) }
    }

    /// The number of what failed, 0 if nothing did. A function, so that its files are removed before the process ends.
    private static func declaredFailure() -> Int32 {
        guard let directory = try? TemporaryDirectory() else { return 4 }
        let path = directory.path + "/sparse.safetensors"
        let before = peakMemoryByteCount()
        for claimed in [100_000_001, 1 << 32, 1 << 39, Int.max] {
            let field = (0..<8).map { UInt8(truncatingIfNeeded: claimed >> (8 * $0)) }
            guard (try? makeSparseFile(path, beginning: field, byteCount: 1 << 40)) != nil else { return 0 }  // a file system without so large files
            guard Self.fault(path) == .headerTooLong(found: UInt64(claimed), limit: 100_000_000) else { return 2 }
        }
        return peakMemoryByteCount() - before < 4 << 20 ? 0 : 3
    }

    @Test("A real header of 100 MB, of blanks, of zeros, of one name or of one field, is read or refused in a few times its memory")
    func largest() async {
        await #expect(processExitsWith: .success) { exit(Self.largestFailure()) }
    }

    /// The number of what failed, 0 if nothing did. A function, so that its files are removed before the process ends.
    private static func largestFailure() -> Int32 {
        guard let directory = try? TemporaryDirectory() else { return 4 }
        func filled(_ first: String, _ filling: String, _ last: String) -> SafetensorsFault? {
            let count = 100_000_000 - first.utf8.count - last.utf8.count
            let pieces = [first] + (0..<100).map { String(repeating: filling, count: $0 == 0 ? count - 99 * (count / 100) : count / 100) } + [last]
            return (try? Self.write(directory, pieces: pieces)).flatMap(Self.fault)
        }
        guard filled("{", " ", "}") == nil else { return 5 }
        guard case .headerNotJSON? = filled("", "\0", "") else { return 6 }
        guard case .tensorNotAnObject? = filled("{\"", "x", "\":1}") else { return 7 }
        guard case .typeUnknown(_, let found)? = filled(#"{"a":{"dtype":""#, "x", #"","shape":[],"data_offsets":[0,0]}}"#) else { return 8 }
        guard found.utf8.count < 1000 else { return 9 }
        return peakMemoryByteCount() < 700 << 20 ? 0 : 3
    }

    @Test("290,000 tensors are read, a million refused, both in bounded memory")
    func manyTensors() async {
        await #expect(processExitsWith: .success) { exit(Self.manyTensorsFailure()) }
    }

    /// The number of what failed, 0 if nothing did. A function, so that its files are removed before the process ends.
    private static func manyTensorsFailure() -> Int32 {
        guard let directory = try? TemporaryDirectory() else { return 4 }
        guard let path = try? Self.write(directory, pieces: Array(Self.tensors(290_000)) + ["}"], dataByteCount: 290_000) else { return 4 }
        guard (try? SafetensorsFile.open(path))?.entries.count == 290_000 else { return 2 }
        guard let more = try? Self.write(directory, pieces: Array(Self.tensors(1_000_000)) + ["}"], dataByteCount: 1_000_000) else { return 4 }
        guard case .headerNotJSON(let error)? = Self.fault(more), error.message.hasPrefix("found more values than") else { return 5 }
        return peakMemoryByteCount() < 900 << 20 ? 0 : 3
    }

    @Test("A file that holds less than its tensors want is refused, by one byte as by 2⁶³", arguments: [23, 16, 1, 0])
    func shorter(dataByteCount: Int) throws {
        let directory = try TemporaryDirectory()
        for end in [24, 1 << 40, Int.max - 7] {
            let header = #"{"a":{"dtype":"U8","shape":[\#(end)],"data_offsets":[0,\#(end)]}}"#
            let path = try Self.write(directory, pieces: [header], dataByteCount: dataByteCount)
            #expect(Self.fault(path) == .offsetsBeyondData(tensor: "a", end: end, dataByteCount: dataByteCount))
        }
    }

    @Test("Empty tensors may lie between others, in any number, and inside none")
    func empty() throws {
        let directory = try TemporaryDirectory()
        func header(_ ranges: [Range<Int>]) -> String {
            let tensors = ranges.enumerated().map { #""t\#($0)":{"dtype":"U8","shape":[\#($1.count)],"data_offsets":[\#($1.lowerBound),\#($1.upperBound)]}"# }
            return "{" + tensors.joined(separator: ",") + "}"
        }
        func fault(_ ranges: [Range<Int>]) throws -> SafetensorsFault? {
            Self.fault(try Self.write(directory, pieces: [header(ranges)], dataByteCount: 8))
        }
        #expect(try fault([8..<8, 0..<0, 0..<4, 4..<4, 4..<4, 0..<0, 4..<8, 8..<8]) == nil)
        #expect(try fault([0..<8, 7..<7]) == .overlap(tensor: "t1", begin: 7, previousEnd: 8))
        #expect(try fault([0..<4, 5..<5, 5..<8]) == .hole(tensor: "t1", begin: 5, previousEnd: 4))
        #expect(try fault([0..<0]) == .bytesAfterLastTensor(found: 8, wanted: 0))
    }

    @Test("Names that differ in code and read alike are two tensors, each found by its own; such keys of metadata are refused")
    func alike() throws {
        let directory = try TemporaryDirectory()
        let header = "{\"\u{E9}\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"e\u{301}\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[4,8]}}"
        let file = try SafetensorsFile.open(Self.write(directory, pieces: [header], dataByteCount: 8))
        #expect(try file.entry(named: "\u{E9}").byteRange == 0..<4)
        #expect(try file.entry(named: "e\u{301}").byteRange == 4..<8)
        let metadata = "{\"__metadata__\":{\"\u{E9}\":\"one\",\"e\u{301}\":\"two\"}}"
        #expect(Self.fault(try Self.write(directory, pieces: [metadata])) == .metadataKeysAlike(key: "e\u{301}"))
    }

    @Test("Each file that was once taken for what it isn't is refused", arguments: ["metadata-keys-alike.safetensors"])
    func kept(name: String) {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/hostile")
        #expect(Self.fault(folder.appending(path: name).path) != nil)
    }

    @Test("A dtype or a shape of megabytes is shown in part")
    func longFields() throws {
        let directory = try TemporaryDirectory()
        let long = String(repeating: "1,", count: 500_000) + "-1"
        for field in [#""dtype":[\#(long)],"shape":[1]"#, #""dtype":"F32","shape":[\#(long)]"#] {
            let path = try Self.write(directory, pieces: ["{\"a\":{\(field),\"data_offsets\":[0,4]}}"], dataByteCount: 4)
            let fault = try #require(Self.fault(path))
            #expect("\(fault)".utf8.count < 600)
            switch fault {
            case .typeUnknown(_, let found), .shapeNotSizes(_, let found): #expect(found.utf8.count < 1000)
            default: Issue.record("\(fault)")
            }
        }
    }
}
