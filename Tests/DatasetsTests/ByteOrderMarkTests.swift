import Datasets
import Testing

@Suite("byte order marks")
struct ByteOrderMarkTests {
    let files: TemporaryFiles
    private let mark = "\u{FEFF}"

    init() throws { files = try TemporaryFiles() }

    private func text(_ contents: [String], _ reading: TextReading = TextReading(), keepsMarks: Bool = false) throws -> EncodedText {
        let paths = try contents.enumerated().map { try files.write($1, to: "part\($0).txt") }
        return try EncodedText(TextOptions(files: paths, reading: reading, split: SplitFractions(), keepsByteOrderMarks: keepsMarks))
    }

    @Test("a mark at a file's start isn't a symbol, in the first file and in later ones")
    func dropped() throws {
        let plain = try text(["abca", "cab"])
        for contents in [[mark + "abca", "cab"], ["abca", mark + "cab"], [mark + "abca", mark + "cab"]] {
            let marked = try text(contents)
            #expect(marked.count == 7 && marked.vocabulary == plain.vocabulary)
            let streams = try [marked, plain].map { try TextStreams(text: $0, length: 2, batchSize: 1).fingerprint }
            #expect(streams[0] == streams[1])
        }
    }

    @Test("elsewhere it is an ordinary character, and a second one at the start is kept too")
    func inside() throws {
        let text = try text([mark + mark + "ab" + mark])
        #expect(text.count == 4 && text.vocabulary.values == [0x61, 0x62, 0xFEFF])
    }

    @Test("in bytes all are read, and so are the marks of a run that began with them")
    func kept() throws {
        #expect(try text([mark + "ab"], TextReading(unit: .byte)).vocabulary.values == [0x61, 0x62, 0xBB, 0xBF, 0xEF])
        let text = try text([mark + "ab"], keepsMarks: true)
        #expect(text.count == 3 && text.vocabulary.values == [0x61, 0x62, 0xFEFF])
    }

    @Test("a prompt's mark is skipped too, and a continued text keeps it")
    func prompts() throws {
        let vocabulary = try text(["ab" + mark]).vocabulary
        #expect(try vocabulary.encode(mark + "ab") == [0, 1])
        #expect(try vocabulary.encode(mark + "ab", begins: false) == [2, 0, 1])
        #expect(try text(["ab"]).vocabulary.encode(mark + "b") == [1])
    }

    @Test("a file with only a mark is empty, and an invalid byte's offset counts the mark")
    func faults() throws {
        let path = try files.write([0xEF, 0xBB, 0xBF], to: "mark.txt")
        #expect(fault { _ = try EncodedText(TextOptions(files: [path], split: SplitFractions())) } == .emptyFile(path: path))
        let bad = try files.write([0xEF, 0xBB, 0xBF, 0x61, 0xFF], to: "bad.txt")
        #expect(fault { _ = try EncodedText(TextOptions(files: [bad], split: SplitFractions())) } == .invalidUTF8(path: bad, byteOffset: 4))
    }
}
