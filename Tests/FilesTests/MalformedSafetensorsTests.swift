import FileFixtures
import Files
import Foundation
import SeededRandomness
import StrictJSON
import Testing

@Suite("Safetensors, malformed")
struct MalformedSafetensorsTests {
    private static func file(header: String, dataByteCount: Int) -> [UInt8] {
        let length = header.utf8.count
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8) + [UInt8](repeating: 0, count: dataByteCount)
    }

    private static func fault(_ bytes: [UInt8]) throws -> SafetensorsFault? {
        let directory = try TemporaryDirectory()
        let path = try directory.file("bad.safetensors", bytes)
        let thrown = #expect(throws: FileError.self) { _ = try SafetensorsFile.open(path) }
        guard case .safetensors(path, let fault)? = thrown else {
            Issue.record("\(String(describing: thrown)) is no fault of \(path)")
            return nil
        }
        #expect(thrown?.description.hasPrefix(path) == true)
        return fault
    }

    /// A header with one tensor `a` described by `description`, over 8 bytes of data.
    private static func fault(ofTensor description: String) throws -> SafetensorsFault? {
        try fault(file(header: #"{"a":\#(description)}"#, dataByteCount: 8))
    }

    @Test("A length that no header has is refused", arguments: 0..<8)
    func tooShort(byteCount: Int) throws {
        #expect(try Self.fault([UInt8](repeating: 0, count: byteCount)) == .shorterThanLengthField(byteCount: byteCount))
    }

    @Test("A header that claims more than the file or the format has is refused before it is read")
    func length() throws {
        #expect(try Self.fault([0, 0, 0, 0, 0, 0, 0, 0x80]) == .headerTooLong(found: 1 << 63, limit: 100_000_000))
        #expect(try Self.fault([UInt8](repeating: 0xFF, count: 9)) == .headerTooLong(found: .max, limit: 100_000_000))
        #expect(try Self.fault([0x01, 0xE1, 0xF5, 0x05, 0, 0, 0, 0]) == .headerTooLong(found: 100_000_001, limit: 100_000_000))
        #expect(try Self.fault([0x00, 0xE1, 0xF5, 0x05, 0, 0, 0, 0, 0x7B]) == .headerBeyondFile(found: 100_000_000, available: 1))
        #expect(try Self.fault([3, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D]) == .headerBeyondFile(found: 3, available: 2))
    }

    @Test(
        "A header that isn't strict JSON is refused with the place",
        arguments: [
            "", " ", "{", "{}}", #"{"a":1,}"#, "{'a':1}", "{}\0", "\u{FEFF}{}", #"{"a":{},"a":{}}"#, #"{"a":NaN}"#, #"{"a":{"shape":[1],"shape":[2]}}"#,
            String(repeating: "[", count: 100_000), String(repeating: #"{"a":"#, count: 100_000),
        ])
    func notJSON(header: String) throws {
        guard case .headerNotJSON(let error)? = try Self.fault(Self.file(header: header, dataByteCount: 0)) else {
            Issue.record("'\(header.prefix(40))' was not refused as JSON")
            return
        }
        #expect(error.position.line >= 1)
    }

    @Test("A tensor that stands twice is named")
    func duplicate() throws {
        let tensor = #"{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#
        let fault = try Self.fault(Self.file(header: #"{"twice":\#(tensor),"twice":\#(tensor)}"#, dataByteCount: 8))
        #expect(fault?.description.contains("twice") == true)
    }

    @Test("Bytes that aren't UTF-8 are refused")
    func notUTF8() throws {
        guard case .headerNotJSON? = try Self.fault([5, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x22, 0xFF, 0x22, 0x7D]) else {
            Issue.record("0xFF was taken for text")
            return
        }
    }

    @Test("Each part of the wrong kind is its own fault")
    func kinds() throws {
        for header in ["[]", "1", "null", #""a""#] {
            #expect(try Self.fault(Self.file(header: header, dataByteCount: 0)) == .headerNotAnObject)
        }
        #expect(try Self.fault(Self.file(header: #"{"__metadata__":[]}"#, dataByteCount: 0)) == .metadataNotAnObject)
        #expect(try Self.fault(Self.file(header: #"{"__metadata__":{"k":1}}"#, dataByteCount: 0)) == .metadataValueNotText(key: "k"))
        #expect(try Self.fault(ofTensor: "[]") == .tensorNotAnObject(tensor: "a"))
        #expect(try Self.fault(ofTensor: #"{"shape":[2],"data_offsets":[0,8]}"#) == .fieldMissing(tensor: "a", field: "dtype"))
        #expect(try Self.fault(ofTensor: #"{"dtype":"F32","data_offsets":[0,8]}"#) == .fieldMissing(tensor: "a", field: "shape"))
        #expect(try Self.fault(ofTensor: #"{"dtype":"F32","shape":[2]}"#) == .fieldMissing(tensor: "a", field: "data_offsets"))
        #expect(try Self.fault(ofTensor: #"{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":0}"#) == .fieldUnknown(tensor: "a", field: "x"))
        #expect(try Self.fault(ofTensor: #"{"dtype":"F33","shape":[2],"data_offsets":[0,8]}"#) == .typeUnknown(tensor: "a", found: "\"F33\""))
        #expect(try Self.fault(ofTensor: #"{"dtype":32,"shape":[2],"data_offsets":[0,8]}"#) == .typeUnknown(tensor: "a", found: "32"))
    }

    @Test(
        "A shape that is no list of sizes is refused as it stands",
        arguments: ["2", "[-2]", "[2.0]", "[2e0]", "[\"2\"]", "[null]", "[9223372036854775808]", "[[2]]"])
    func shapes(shape: String) throws {
        let fault = try Self.fault(ofTensor: #"{"dtype":"F32","shape":\#(shape),"data_offsets":[0,8]}"#)
        #expect(fault == .shapeNotSizes(tensor: "a", found: shape))
    }

    @Test("A size that overflows is refused by arithmetic")
    func overflow() throws {
        let shapes = [[Int.max], [1 << 62], [1 << 59], [1 << 32, 1 << 32], [3, 1 << 31, 1 << 31], [Int.max, Int.max, Int.max]]
        for shape in shapes {
            let fault = try Self.fault(ofTensor: #"{"dtype":"F32","shape":\#(shape),"data_offsets":[0,8]}"#)
            #expect(fault == .shapeOverflows(tensor: "a", shape: shape))
        }
        let empty = try Self.fault(ofTensor: #"{"dtype":"F32","shape":[\#(Int.max),\#(Int.max),0],"data_offsets":[0,8]}"#)
        #expect(empty == .sizeDiffers(tensor: "a", found: 8, wanted: 0))
        #expect(try Self.fault(ofTensor: #"{"dtype":"F4","shape":[15],"data_offsets":[0,8]}"#) == .bitsNotWholeBytes(tensor: "a", bitCount: 60))
    }

    @Test("Offsets are compared with each other, the shape and the data")
    func offsets() throws {
        for offsets in ["0", "[]", "[0]", "[0,4,8]", "[-1,8]", "[0,8.0]", "[0,18446744073709551616]"] {
            let fault = try Self.fault(ofTensor: #"{"dtype":"F32","shape":[2],"data_offsets":\#(offsets)}"#)
            #expect(fault == .offsetsNotAPair(tensor: "a", found: offsets))
        }
        #expect(try Self.fault(ofTensor: #"{"dtype":"F32","shape":[2],"data_offsets":[8,0]}"#) == .offsetsReversed(tensor: "a", begin: 8, end: 0))
        #expect(
            try Self.fault(ofTensor: #"{"dtype":"F32","shape":[2],"data_offsets":[0,9223372036854775807]}"#)
                == .offsetsBeyondData(tensor: "a", end: .max, dataByteCount: 8))
        #expect(try Self.fault(ofTensor: #"{"dtype":"F32","shape":[2],"data_offsets":[4,12]}"#) == .offsetsBeyondData(tensor: "a", end: 12, dataByteCount: 8))
        #expect(try Self.fault(ofTensor: #"{"dtype":"F32","shape":[1],"data_offsets":[0,8]}"#) == .sizeDiffers(tensor: "a", found: 8, wanted: 4))
        #expect(try Self.fault(ofTensor: #"{"dtype":"F64","shape":[2],"data_offsets":[0,8]}"#) == .sizeDiffers(tensor: "a", found: 8, wanted: 16))
    }

    @Test("Tensors overlap nowhere and leave nothing out")
    func cover() throws {
        func header(_ first: Range<Int>, _ second: Range<Int>) -> String {
            let tensors = [("a", first), ("b", second)].map { name, range in
                #""\#(name)":{"dtype":"U8","shape":[\#(range.count)],"data_offsets":[\#(range.lowerBound),\#(range.upperBound)]}"#
            }
            return "{" + tensors.joined(separator: ",") + "}"
        }
        func fault(_ first: Range<Int>, _ second: Range<Int>) throws -> SafetensorsFault? {
            try Self.fault(Self.file(header: header(first, second), dataByteCount: 8))
        }
        #expect(try fault(0..<8, 0..<8) == .overlap(tensor: "b", begin: 0, previousEnd: 8))
        #expect(try fault(0..<5, 4..<8) == .overlap(tensor: "b", begin: 4, previousEnd: 5))
        #expect(try fault(4..<8, 0..<5) == .overlap(tensor: "a", begin: 4, previousEnd: 5))
        #expect(try fault(0..<8, 3..<3) == .overlap(tensor: "b", begin: 3, previousEnd: 8))
        #expect(try fault(0..<4, 5..<8) == .hole(tensor: "b", begin: 5, previousEnd: 4))
        #expect(try fault(1..<4, 4..<8) == .hole(tensor: "a", begin: 1, previousEnd: 0))
        #expect(try fault(0..<4, 4..<7) == .bytesAfterLastTensor(found: 8, wanted: 7))
        #expect(try Self.fault(Self.file(header: "{}", dataByteCount: 1)) == .bytesAfterLastTensor(found: 1, wanted: 0))
    }

    @Test("A directory, a pipe and nothing at all are refused, and none is waited for")
    func notAFile() throws {
        let directory = try TemporaryDirectory()
        let pipe = directory.path + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(throws: FileError.notAPlainFile(path: pipe)) { _ = try SafetensorsFile.open(pipe) }
        #expect(throws: FileError.notAPlainFile(path: directory.path)) { _ = try SafetensorsFile.open(directory.path) }
        let absent = directory.path + "/absent"
        #expect(throws: FileError.system(operation: "open", path: absent, code: ENOENT)) { _ = try SafetensorsFile.open(absent) }
    }

    @Test("A tensor's name can't reach the terminal's controls, and a long one doesn't flood it")
    func hostileName() throws {
        let name = #"\u001b[31mred\n"# + String(repeating: "x", count: 100_000)
        let fault = try #require(try Self.fault(Self.file(header: #"{"\#(name)":[]}"#, dataByteCount: 0)))
        #expect(fault.description.contains(#"\u{1b}[31mred\u{a}xxx"#) && fault.description.count < 600)
    }

    @Test("Any bytes in a header are refused or read, and never trap")
    func noise() throws {
        var numbers = SeededGenerator.announced("noise")
        let directory = try TemporaryDirectory()
        let good = [UInt8]([0x20, 1, 0, 0, 0, 0, 0, 0]) + Array(SafetensorsTests.pythonHeader.utf8) + SafetensorsTests.pythonData
        let digits = Array("0123456789[]{},:\"- ".utf8)
        for _ in 0..<3000 {
            var bytes = good
            for _ in 0...(numbers.next() % 3) {
                let place = 8 + Int(numbers.next() % UInt64(SafetensorsTests.pythonHeader.utf8.count))
                bytes[place] = digits[Int(numbers.next() % UInt64(digits.count))]
            }
            let path = try directory.file("noise", bytes)
            guard let file = try? SafetensorsFile.open(path) else { continue }
            // Whatever was believed covers the data exactly.
            #expect(file.entries.reduce(0) { $0 + $1.byteRange.count } == SafetensorsTests.pythonData.count)
        }
    }
}
