import Datasets
import Testing

@Suite struct TextTests {
    let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func text(
        _ contents: [String], _ reading: TextReading = TextReading(), vocabulary: Vocabulary? = nil
    ) throws -> EncodedText {
        let paths = try contents.enumerated().map { try files.write($1, to: "part\($0).txt") }
        return try EncodedText(TextOptions(files: paths, reading: reading, split: SplitFractions()), vocabulary: vocabulary)
    }

    @Test("a vocabulary is the text's distinct characters in ascending order, over all files")
    func vocabulary() throws {
        let text = try text(["hello\n", "wörld\0"])
        #expect(text.vocabulary.values == [0, 10] + "dehlorw".unicodeScalars.map(\.value) + [0xF6])
        #expect(text.count == 12)
        #expect(text.vocabulary.unit == .character)
    }

    @Test("in bytes, every byte is a symbol, whether the text is valid UTF-8 or not")
    func bytes() throws {
        let path = try files.write([0xFF, 0x00, 0xC3, 0xFF, 0x41], to: "bytes")
        let text = try EncodedText(
            TextOptions(files: [path], reading: TextReading(unit: .byte, lowercase: true), split: SplitFractions()))
        #expect(text.vocabulary.values == [0x00, 0x61, 0xC3, 0xFF])
        #expect(text.count == 5)
        #expect(text.vocabulary.decodeBytes([3, 0, 2, 1]) == [0xFF, 0x00, 0xC3, 0x61])
    }

    @Test("lowercase and joinLines are applied before the vocabulary is made, and to prompts too")
    func reading() throws {
        let reading = TextReading(lowercase: true, joinLines: true)
        let text = try text(["Ab\nÉa\r\nİ"], reading)
        #expect(text.count == 9)
        #expect(text.vocabulary.values == [0x0D, 0x20, 0x61, 0x62, 0x69, 0xE9, 0x307])
        #expect(try text.vocabulary.encode("A\nÉ", as: reading) == [2, 1, 5])
    }

    @Test("each kind of invalid UTF-8 is rejected with the file and the offset of its first byte")
    func invalidUTF8() throws {
        let cases: [([UInt8], Int)] = [
            ([0x61, 0xFF, 0x62], 1), ([0x80], 0), ([0x61, 0x62, 0xC3], 2), ([0xE2, 0x82, 0x61], 0), ([0x61, 0xC0, 0x80], 1),
            ([0x61, 0xED, 0xA0, 0x80], 1), ([0xF5, 0x80, 0x80, 0x80], 0), ([0xC3, 0xA9, 0xF4, 0x90, 0x80, 0x80], 2),
        ]
        let good = try files.write("good", to: "good.txt")
        for (bytes, offset) in cases {
            let bad = try files.write(bytes, to: "bad.txt")
            let error = fault { _ = try EncodedText(TextOptions(files: [good, bad], split: SplitFractions())) }
            #expect(error == .invalidUTF8(path: bad, byteOffset: offset), "\(bytes)")
            #expect(error?.category == .badData && error?.description.contains("data.unit: \"byte\"") == true)
        }
    }

    @Test("a character may not begin in one file and end in the next")
    func splitCharacter() throws {
        let first = try files.write([0x61, 0xC3], to: "first")
        let second = try files.write([0xA9], to: "second")
        #expect(
            fault { _ = try EncodedText(TextOptions(files: [first, second], split: SplitFractions())) }
                == .invalidUTF8(path: first, byteOffset: 1))
    }

    @Test("missing, unreadable and empty files and an empty list are rejected")
    func noText() throws {
        let missing = files.path("none.txt")
        let error = fault { _ = try EncodedText(TextOptions(files: [missing], split: SplitFractions())) }
        #expect(error == .unreadableFile(path: missing, reason: "No such file or directory") && error?.category == .noInput)
        #expect(fault { _ = try EncodedText(TextOptions(files: [files.path("")], split: SplitFractions())) }?.category == .noInput)
        let empty = try files.write("", to: "empty.txt")
        let emptyError = fault { _ = try EncodedText(TextOptions(files: [empty], split: SplitFractions())) }
        #expect(emptyError == .emptyFile(path: empty) && emptyError?.category == .badData)
        #expect(fault { _ = try EncodedText(TextOptions(files: [], split: SplitFractions())) }?.category == .badConfiguration)
    }

    @Test("more than 256 symbols are distinguished too")
    func wideVocabulary() throws {
        let scalars = (0x4E00..<0x4E00 + 700).compactMap { Unicode.Scalar(UInt32($0)) }
        let original = String(String.UnicodeScalarView(scalars))
        let text = try text([original])
        let streams = try TextStreams(text: text, length: 699, batchSize: 1)
        #expect(text.vocabulary.count == 700)
        #expect(streams.batches(of: .training(epoch: 0)).allColumns()[0].tokens == (0..<699).map { Int32($0) })
        #expect(text.vocabulary.decode(try text.vocabulary.encode(original)) == original)
    }

    @Test("a stored vocabulary is used unchanged, and a text with other symbols is rejected with their position")
    func storedVocabulary() throws {
        let stored = try text(["abcdé"]).vocabulary
        #expect(try text(["dad"], vocabulary: stored).vocabulary == stored)
        let error = fault { _ = try text(["ab", "dxe"], vocabulary: stored) }
        #expect(
            error
                == .unknownSymbolInFile(path: files.path("part1.txt"), symbol: "'x' (U+0078)", position: 2, vocabularyCount: 5))
        #expect(fault { _ = try text(["ab"], TextReading(unit: .byte), vocabulary: stored) }?.category == .badConfiguration)
    }

    @Test("encode rejects an unknown symbol with its position, and decode is its inverse")
    func encodeAndDecode() throws {
        let vocabulary = try text(["to be, or not to be"]).vocabulary
        #expect(vocabulary.decode(try vocabulary.encode("not to be")) == "not to be")
        #expect(try vocabulary.encode("") == [])
        #expect(
            fault { _ = try vocabulary.encode("to BE") }
                == .unknownSymbol(symbol: "'B' (U+0042)", position: 4, vocabularyCount: vocabulary.count))
        #expect(
            fault { _ = try vocabulary.encode("\n") }
                == .unknownSymbol(symbol: "U+000A", position: 1, vocabularyCount: vocabulary.count))
    }

    @Test("the fingerprint differs with the text, the reading options and the dataset made from it")
    func fingerprint() throws {
        let texts = [
            try text(["abcabcabc"]), try text(["abcabcacb"]), try text(["abcabcabc"], TextReading(unit: .byte)),
            try text(["abcabcabc"], TextReading(joinLines: true)),
        ]
        var fingerprints = try texts.map { try TextStreams(text: $0, length: 2, batchSize: 2).fingerprint }
        fingerprints.append(try TextStreams(text: texts[0], length: 3, batchSize: 2).fingerprint)
        fingerprints.append(try TextWindows(text: texts[0], length: 2, stride: 2, everyStep: false, batchSize: 2, seed: 0).fingerprint)
        #expect(Set(fingerprints).count == fingerprints.count)
        #expect(try TextStreams(text: try text(["abcabcabc"]), length: 2, batchSize: 2).fingerprint == fingerprints[0])
    }
}
