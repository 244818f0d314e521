import Batches
import Datasets
import Testing

@Suite("Texts of words")
struct WordTests {
    let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func text(_ contents: String, _ reading: TextReading = TextReading(unit: .word), limit: Int = 0, vocabulary: Vocabulary? = nil) throws -> EncodedText {
        let path = try files.write(contents, to: "text.txt")
        return try EncodedText(TextOptions(files: [path], reading: reading, split: SplitFractions(), wordLimit: limit), vocabulary: vocabulary)
    }

    @Test("words stand between blanks, a line's end is one too, and the most frequent come first")
    func vocabulary() throws {
        let text = try text("the cat  sat\n\tthe mat\r\n\nthe é")
        #expect(text.vocabulary.words == ["<eos>", "the", "cat", "mat", "sat", "é"] && text.count == 10 && text.vocabulary.unit == .word)
        #expect(try text.vocabulary.encode("the cat\nthe", as: TextReading(unit: .word)) == [1, 2, 0, 1])
        #expect(text.vocabulary.lineEndToken == 0)
    }

    @Test("lowercase and joinLines are applied to words, and to prompts")
    func reading() throws {
        let reading = TextReading(unit: .word, lowercase: true, joinLines: true)
        let text = try text("\u{FEFF}The\nthe ÉTÉ", reading)
        #expect(text.vocabulary.words == ["the", "été"] && text.count == 3)
        #expect(try text.vocabulary.encode("THE\nÉté", as: reading) == [0, 1])
    }

    @Test("decoded words are separated by blanks within a line, also when they come one by one")
    func decoding() throws {
        let vocabulary = try text("a b\nc").vocabulary
        let tokens = try vocabulary.encode("a b\nc\n\nb a", as: TextReading(unit: .word))
        #expect(vocabulary.decode(tokens) == "a b\nc\n\nb a")
        var bytes: [UInt8] = []
        for (place, token) in tokens.enumerated() { bytes += vocabulary.decodeBytes([token], after: place == 0 ? nil : tokens[place - 1]) }
        #expect(String(decoding: bytes, as: UTF8.self) == "a b\nc\n\nb a")
    }

    @Test("beyond the limit words are read as <unk>, which also stands for those of a prompt; without it they are refused by name")
    func limit() throws {
        let contents = "a a a b b c c d e f"
        let limited = try text(contents, limit: 3)
        #expect(limited.vocabulary.words == ["<unk>", "a", "b"] && limited.count == 10)
        #expect(try limited.vocabulary.encode("a x b", as: TextReading(unit: .word)) == [1, 0, 2])
        let all = try text(contents, limit: 6)
        #expect(all.vocabulary.words == ["a", "b", "c", "d", "e", "f"])
        #expect(fault { _ = try all.vocabulary.encode("a x", as: TextReading(unit: .word)) } == .unknownSymbol(symbol: "'x'", position: 2, vocabularyCount: 6))
        let other = fault { _ = try text("a\nb", vocabulary: all.vocabulary) }
        guard case .unknownSymbolInFile(_, "'<eos>'", 2, 6)? = other else { return #expect(Bool(false), "\(String(describing: other))") }
    }

    @Test("an <unk> of the text counts with the words that it stands for")
    func ownUnknown() throws {
        let text = try text("<unk> a a a b b <unk> c", limit: 2)
        #expect(text.vocabulary.words == ["<unk>", "a"])
        #expect(try Vocabulary(json: Array(text.vocabulary.json.utf8), file: "vocabulary.json") == text.vocabulary)
    }

    @Test("the next word is the target, and texts that differ in one word have other fingerprints")
    func streams() throws {
        let first = try TextStreams(text: text("a b c d e f g a b c d e f g a"), length: 3, batchSize: 2)
        let batch = first.batches(of: .training(epoch: 0)).sequences(at: 0..<2, ofBatch: 0)
        guard case .tokens(let tokens) = batch.input, case .tokenEveryStep(let targets)? = batch.target else { return #expect(Bool(false)) }
        #expect(tokens == [0, 6, 1, 0, 2, 1] && targets == [1, 0, 2, 1, 3, 2])
        let other = try TextStreams(text: text("a b c d e f g a b c d e f h a"), length: 3, batchSize: 2)
        #expect(first.fingerprint != other.fingerprint && first.description.hasSuffix("15 words, 7 different"))
    }
}
