import Datasets
import Testing

@Suite("Texts and tables in UTF-16")
struct UTF16Tests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private static func bytes(_ text: String, littleEndian: Bool) -> [UInt8] {
        ([0xFEFF] + Array(text.utf16)).flatMap { littleEndian ? [UInt8($0 & 0xFF), UInt8($0 >> 8)] : [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }

    @Test("with a mark, every scalar is the one of UTF-8, in both orders of bytes", arguments: [true, false])
    func scalars(littleEndian: Bool) throws {
        let edges: [UInt32] = [0x00, 0x0A, 0x41, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFEFF, 0xFFFD, 0xFFFF, 0x10000, 0x103FF, 0x10400, 0x1F600, 0x10FFFF]
        let text = String(String.UnicodeScalarView(edges.compactMap(Unicode.Scalar.init)))
        #expect(try UTF16Text.utf8(Self.bytes(text, littleEndian: littleEndian), path: "") == Array(text.utf8))
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let random = (0..<50).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &generator)) }
            let text = String(String.UnicodeScalarView(random))
            #expect(try UTF16Text.utf8(Self.bytes(text, littleEndian: littleEndian), path: "") == Array(text.utf8), "\(text.unicodeScalars.map(\.value))")
        }
    }

    @Test("a text, a table and JSON lines are read as the same in UTF-8, with the same fingerprint; in bytes a file stays what it is", arguments: [true, false])
    func read(littleEndian: Bool) throws {
        func wide(_ text: String, _ name: String) throws -> String { try files.write(Self.bytes(text, littleEndian: littleEndian), to: name) }
        func text(_ path: String, _ unit: TextUnit = .character) throws -> EncodedText {
            try EncodedText(TextOptions(files: [path], reading: TextReading(unit: unit), split: SplitFractions(validation: 0.2)))
        }
        let prose = "the cät sat 😀\r\non the mat\n"
        for unit in [TextUnit.character, .word] {
            let (plain, other) = (try text(files.write(prose, to: "p.txt"), unit), try text(wide(prose, "w.txt"), unit))
            #expect(other.vocabulary == plain.vocabulary && other.count == plain.count)
            let streams = [plain, other].map { text in Result { try TextStreams(text: text, length: 2, batchSize: 1).fingerprint } }
            #expect(try streams[0].get() == streams[1].get())
        }
        #expect(try text(files.path("w.txt"), .byte).count == 2 * prose.utf16.count + 2)
        func windows(_ path: String) throws -> SeriesWindows {
            try SeriesWindows(SeriesOptions(file: path, columns: ["größe"], length: 2, horizon: 1, split: SplitFractions()), batchSize: 4, seed: 1)
        }
        let table = "tag;größe\n" + (1...9).map { "2024-01-0\($0);\($0 * $0),5\n" }.joined()
        #expect(try windows(wide(table, "w.csv")).fingerprint == windows(files.write(table, to: "p.csv")).fingerprint)
        let lines = (1...9).map { "{\"größe\": \($0 * $0)}\n" }.joined()
        #expect(try windows(wide(lines, "w.jsonl")).fingerprint == windows(files.write(lines, to: "p.jsonl")).fingerprint)
        #expect { try windows(wide("a;größe\n1;2\n3;low\n4;5\n", "bad.csv")) } throws: { "\($0)".contains("bad.csv:3:") }
    }

    @Test("half of a surrogate pair is named with its byte, and half of a unit with the number of bytes", arguments: [true, false])
    func faults(littleEndian: Bool) throws {
        func units(_ units: [UInt16]) -> [UInt8] { units.flatMap { littleEndian ? [UInt8($0 & 0xFF), UInt8($0 >> 8)] : [UInt8($0 >> 8), UInt8($0 & 0xFF)] } }
        for (bytes, words) in [
            (units([0xFEFF, 0x61, 0xD83D, 0x62]), "the two bytes at offset 4 of this UTF-16 text are 0xD83D, half of a surrogate pair"),
            (units([0xFEFF, 0xDE00]), "the two bytes at offset 2 of this UTF-16 text are 0xDE00"),
            (units([0xFEFF, 0x61, 0x62, 0xD83D]), "the two bytes at offset 6 of this UTF-16 text are 0xD83D"),
            (units([0xFEFF, 0xD83D, 0xD83D, 0xDE00]), "the two bytes at offset 2 of this UTF-16 text are 0xD83D"),
            (units([0xFEFF, 0x61]) + [0x62], "it is UTF-16 text with an odd number of bytes, 5"),
        ] {
            let path = try files.write(bytes, to: "bad.txt")
            for read in [
                { _ = try EncodedText(TextOptions(files: [path], split: SplitFractions())) }, { _ = try TableFile(path: path) },
            ] as [() throws -> Void] {
                let error = fault(read)
                #expect(error?.description.hasPrefix("\(path): ") == true && error?.description.contains(words) == true, "\(error?.description ?? "taken")")
            }
        }
        let empty = try files.write(units([0xFEFF]), to: "empty.txt")
        #expect(fault { _ = try EncodedText(TextOptions(files: [empty], split: SplitFractions())) } == .emptyFile(path: empty))
    }
}
