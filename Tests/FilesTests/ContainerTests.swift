import FileFixtures
import Files
import Foundation
import PythonEnvironment
import StrictJSON
import Testing

@Suite("NumPy's files and zip")
struct ContainerTests {
    @Test("an array's file has NumPy's bytes: header padded to 64, elements little-endian in C order")
    func array() {
        let found = NumpyArray([1, -2, 0.5] as [Float], shape: [3]).bytes
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"
        let wanted: [UInt8] =
            [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8) + [UInt8](repeating: 0x20, count: 117 - header.utf8.count) + [0x0A]
            + [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0, 0x3F]
        #expect(found == wanted)
    }

    @Test("elements begin at a multiple of 64 bytes, for every shape", arguments: [[0], [7], [1, 1], [12, 34], [2, 3, 4], [1_000_000, 0]])
    func alignment(shape: [Int]) {
        let count = shape.reduce(1, *)
        let bytes = NumpyArray([Int64](repeating: -1, count: count), shape: shape).bytes
        #expect((bytes.count - 8 * count) % 64 == 0)
        #expect(Int(bytes[8]) | Int(bytes[9]) << 8 == bytes.count - 8 * count - 10)
    }

    @Test("texts are as long as the longest, in UTF-32 with zeros at the end; float64 is written in its bits")
    func otherElements() {
        let texts = NumpyArray(["é", "", "ab"]).bytes
        #expect(String(decoding: texts.dropFirst(10).prefix(59), as: UTF8.self) == "{'descr': '<U2', 'fortran_order': False, 'shape': (3,), }  ")
        #expect(Array(texts.suffix(24)) == [0xE9, 0, 0, 0] + [UInt8](repeating: 0, count: 12) + [0x61, 0, 0, 0, 0x62, 0, 0, 0])
        #expect(NumpyArray([1, -0.5] as [Double], shape: [2]).bytes.suffix(16) == [0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0xE0, 0xBF])
    }

    @Test("an empty zip file is only its end record")
    func empty() {
        #expect(ZipArchive().finished() == [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18))
    }

    @Test("Python's zipfile reads every member, its checksum and its name in UTF-8", .enabled(if: Python.hasPlain, "no Python"))
    func zip() throws {
        let folder = try TemporaryDirectory()
        var archive = ZipArchive()
        let members: [(String, [UInt8])] = [
            ("empty", []), ("größe.npy", Array("123456789".utf8)), ("deep/er.npy", (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * $0) }),
        ]
        for (name, contents) in members { archive.add(name, contents) }
        try Data(archive.finished()).write(to: URL(filePath: folder.path + "/a.zip"))
        let script = """
            import json, zipfile, zlib
            archive = zipfile.ZipFile("a.zip")
            assert archive.testzip() is None
            print(json.dumps([[i.filename, i.file_size, i.CRC, list(i.date_time), archive.read(i).hex()[:18]] for i in archive.infolist()]))
            """
        let result = try Python.run(Python.plain, ["-c", script], in: folder.path)
        let list = try #require(JSONValue.parse(Array(result.output.utf8)).arrayValue, "\(result.output)")
        #expect(list.map { $0.arrayValue?[0].stringValue } == members.map(\.0))
        #expect(list.map { $0.arrayValue?[1].integerValue } == members.map(\.1.count))
        // The check value of this CRC in its specification.
        #expect(list[1].arrayValue?[2].integerValue == 0xCBF4_3926)
        #expect(list[1].arrayValue?[3].arrayValue?.compactMap(\.integerValue) == [1980, 1, 1, 0, 0, 0])
        #expect(list[1].arrayValue?[4].stringValue == "313233343536373839")
    }
}
