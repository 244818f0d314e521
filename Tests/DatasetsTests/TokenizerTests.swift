import Datasets
import FileFixtures
import HostileInput
import StrictJSON
import Testing

@Suite("A tokenizer's file")
struct TokenizerTests {
    let files: TemporaryFiles

    init() throws { files = try TemporaryFiles(inMemory: true) }

    static let reading = TextReading(unit: .bpe)

    private func vocabulary(_ change: (inout TokenizerFixture) -> Void = { _ in }) throws -> Vocabulary {
        var fixture = TokenizerFixture()
        change(&fixture)
        return try Vocabulary(tokenizer: files.write(fixture.json, to: "tokenizer.json"))
    }

    /// The tokens as the file writes them; added ones as their text.
    private func tokens(_ text: String, _ change: (inout TokenizerFixture) -> Void = { _ in }) throws -> String {
        var fixture = TokenizerFixture()
        change(&fixture)
        return try vocabulary(change).encode(text, as: Self.reading).map { fixture.allTokens[Int($0)] }.joined(separator: "|")
    }

    // The expectations are those of Hugging Face's tokenizers 0.23.3 for the same files.

    @Test("of GPT-2's kind has the tokens of Hugging Face's tokenizers, numbered as in the file", arguments: [
        ("the cat's", "the|Ġcat|'s"), ("The the  cat\n\n\nthe", "T|he|Ġthe|Ġ|Ġcat|ĊĊ|Ċ|the"), ("été 1234 12", "Ã©|t|Ã©|Ġ|123|4|Ġ|12"), ("  the\t", "Ġ|Ġthe|ĉ"),
        ("it'S", "i|t|'|S"), ("a'tthe", "a|'|t|the"), ("", ""),
    ])
    func gpt2(text: String, wanted: String) throws {
        #expect(try tokens(text) == wanted)
        #expect(try tokens(text) { $0.mergesArePairs = true } == wanted)
        let own = try vocabulary()
        #expect(try own.encode("the cat's", as: Self.reading) == [257, 267, 268] && own.count == 270 && own.lineEndToken == 245)
        #expect(own.decode(try own.encode(text, as: Self.reading)) == text)
    }

    @Test("of Llama 3's kind cuts numbers every three digits, keeps line ends with marks, and knows contractions in capitals, also with ſ; Qwen2's cuts every digit", arguments: [
        ("the1234the\n\n 'S", "the|123|4|the|ĊĊ|Ġ|'|S"), ("...\r\n  the", ".|.|.|č|Ċ|Ġ|Ġthe"), ("\tthe  \n cat!\n", "ĉ|the|ĠĠ|Ċ|Ġcat|!|Ċ"), (" 'ſt", "Ġ|'|Å|¿|t"),
    ])
    func llama3(text: String, wanted: String) throws {
        #expect(try tokens(text) { $0.preTokenizer = TokenizerFixture.split(TokenizerFixture.letterPattern) } == wanted)
        let qwen2 = TokenizerFixture.letterPattern.replacing("{1,3}", with: "")
        #expect(try tokens("the123") { $0.preTokenizer = TokenizerFixture.split(qwen2) } == "the|1|2|3")
    }

    @Test("add_prefix_space puts a blank before a text that has none, but not before one that goes on", arguments: [("the cat", "Ġthe|Ġcat"), ("\nthe", "Ġ|Ċ|the"), (" the", "Ġthe")])
    func prefix(text: String, wanted: String) throws {
        #expect(try tokens(text) { $0.preTokenizer = TokenizerFixture.byteLevel(prefix: true) } == wanted)
        let own = try vocabulary { $0.preTokenizer = TokenizerFixture.byteLevel(prefix: true) }
        #expect(try own.encode("the", as: Self.reading, begins: false) == [257])
    }

    @Test("NFC composes characters, and none that has no composed form")
    func normalForm() throws {
        for normalizer in [#"{"type": "NFC"}"#, #"{"type": "Sequence", "normalizers": [{"type": "NFC"}]}"#] {
            #expect(try tokens("e\u{301}the") { $0.normalizer = normalizer } == "Ã©|the")
            // Foundation composes these two, as if the first were U+00D5.
            #expect(try tokens("\u{100D5}\u{301}") { $0.normalizer = normalizer } == "ð|Ĳ|ĥ|ķ|Ìģ")
            let own = try vocabulary { $0.normalizer = normalizer }
            let syllable = try own.encode("\u{1100}\u{1161}\u{11A8} a\u{316}\u{301}", as: Self.reading)
            #expect(own.decode(syllable).unicodeScalars.elementsEqual("\u{AC01} \u{E1}\u{316}".unicodeScalars))
        }
        #expect(try tokens("e\u{301}the") == "e|Ìģ|the")
    }

    private static func addTokens(_ fixture: inout TokenizerFixture) {
        fixture.added = [
            ("<s>", #""special": true, "normalized": false"#), ("<mask>", #""lstrip": true, "normalized": false"#), ("[X]", #""rstrip": true, "normalized": true"#),
            ("cat", #""single_word": true, "normalized": true"#),
        ]
    }

    @Test("added tokens are found first, with the blanks that they take, and single words only where they stand alone", arguments: [
        ("a  <mask> the<s>[X]  the concat cat", "a|<mask>|Ġthe|<s>|[X]|the|Ġ|c|o|n|cat|Ġ|cat"), ("<s><s>", "<s>|<s>"), ("<s", "<|s"),
    ])
    func added(text: String, wanted: String) throws {
        let found = try tokens(text, Self.addTokens)
        #expect(found == wanted)
        let own = try vocabulary(Self.addTokens)
        #expect(own.decode([270, 271, 272, 266]) == "<s><mask>[X]cat" && own.count == 273)
    }

    @Test("with ignore_merges a piece that is a token needs no merges")
    func ignoredMerges() throws {
        #expect(try tokens("a dog") { ($0.others, $0.ignoresMerges) = (["Ġdog"], true) } == "a|Ġdog")
        #expect(try tokens("a dog") { $0.others = ["Ġdog"] } == "a|Ġ|d|o|g")
    }

    @Test("a long piece, which is merged in a queue, has the tokens of the plain way")
    func longPieces() throws {
        let pairs = try #require(try vocabulary { $0.merges += ["a a", "aa aa", "a aaaa", "b a", "a b", "ab ab"] }.pairs)
        for seed in 1...20 {
            var (state, piece): (UInt64, [UInt8]) = (UInt64(seed), [])
            for _ in 0..<65 + seed {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                piece.append((state >> 40) % 3 == 0 ? 0x62 : 0x61)
            }
            #expect(pairs.tokens(of: piece) == plainTokens(piece, pairs), "seed \(seed)")
        }
        #expect(pairs.tokens(of: Array(repeating: 0x61, count: 1 << 20)).count < 1 << 19)
    }

    /// The definition: again and again, the first pair of the lowest rank.
    private func plainTokens(_ piece: [UInt8], _ pairs: BytePairs) -> [Int32] {
        var parts = piece.map { [$0] }
        while true {
            let ranks = parts.indices.dropLast().compactMap { place -> (rank: Int, place: Int)? in
                pairs.merges.firstIndex { pairs.bytes[Int($0.left)] == parts[place] && pairs.bytes[Int($0.right)] == parts[place + 1] }.map { ($0, place) }
            }
            guard let (_, place) = ranks.min(by: { $0 < $1 }) else { break }
            parts.replaceSubrange(place...place + 1, with: [parts[place] + parts[place + 1]])
        }
        return parts.map { part in Int32(pairs.bytes.firstIndex(of: part) ?? -1) }
    }

    // MARK: In a run

    @Test("what a run stores of it gives the same tokens, in Hugging Face's own form; another file has another fingerprint")
    func stored() throws {
        let changes: [(inout TokenizerFixture) -> Void] = [
            { _ in }, Self.addTokens, { $0.normalizer = #"{"type": "NFC"}"# }, { $0.preTokenizer = TokenizerFixture.byteLevel(prefix: true) },
            { $0.preTokenizer = TokenizerFixture.split(TokenizerFixture.letterPattern) }, { ($0.others, $0.ignoresMerges) = (["Ġdog"], true) }, { $0.merges.removeLast() },
        ]
        let path = try files.write("the cat's 1234 dog\n<s> e\u{301}", to: "text.txt")
        var fingerprints: Set<UInt64> = []
        for change in changes {
            var fixture = TokenizerFixture()
            change(&fixture)
            let options = TextOptions(files: [path], reading: Self.reading, split: try SplitFractions(), tokenizer: try files.write(fixture.json, to: "tokenizer.json"))
            let text = try EncodedText(options)
            let again = try Vocabulary(json: Array(text.vocabulary.json.utf8), file: "vocabulary.json")
            #expect(again == text.vocabulary && again.firstDifference(from: text.vocabulary) == nil)
            let form = try #require(try JSONValue.parse(Array(again.json.utf8))["tokenizer"])
            #expect(try Vocabulary(tokenizer: files.write(form.serialized(), to: "again.json")) == again)
            #expect(try TextStreams(text: EncodedText(options, vocabulary: again), length: 1, batchSize: 1).fingerprint == TextStreams(text: text, length: 1, batchSize: 1).fingerprint)
            fingerprints.insert(try TextStreams(text: text, length: 1, batchSize: 1).fingerprint)
        }
        #expect(fingerprints.count == changes.count)
    }

    @Test("a prepared text has the tokens of the files, however small the pieces in which they are read", arguments: [0, 1, 2, 3, 4], ["", "line"])
    func prepared(kind: Int, document: String) throws {
        var fixture = TokenizerFixture()
        switch kind {
        case 1: Self.addTokens(&fixture)
        case 2: fixture.normalizer = #"{"type": "NFC"}"#
        case 3: fixture.preTokenizer = TokenizerFixture.byteLevel(prefix: true)
        case 4: (fixture.preTokenizer, fixture.added) = (TokenizerFixture.split(TokenizerFixture.letterPattern), [("<s>", #""lstrip": true"#)])
        default: break
        }
        let text = (0..<300).map { ["the cat's", "1234\n", " ...\r\n", "e\u{301} ", "漢\u{3000} ", "  <mask> ", "[X]  ", "<s>", "Ж "][$0 * $0 % 83 % 9] }.joined()
        let options = TextOptions(
            files: [try files.write("\u{FEFF}" + text, to: "text.txt"), try files.write(text + " ", to: "more.txt")], reading: Self.reading, split: try SplitFractions(validation: 0.2),
            tokenizer: try files.write(fixture.json, to: "tokenizer.json"), document: DocumentEnd(document))
        let wanted = try EncodedText(options)
        let reading = PreparedReading(kind: "text", settings: [], sources: options.files.map { PreparedSource(key: "data.files", path: $0) })
        for byteCount in [1, 3, 20, 100, 1 << 20] {
            _ = try TextPreparation(options, reading: reading, pieceByteCount: byteCount).write(to: files.path("form"), command: "prepare")
            let found = try #require(try EncodedText(options, prepared: files.path("form"), reading: reading))
            let (one, other) = (try TextStreams(text: found, length: 3, batchSize: 2), try TextStreams(text: wanted, length: 3, batchSize: 2))
            #expect(found.vocabulary == wanted.vocabulary && one.fingerprint == other.fingerprint, "pieces of \(byteCount)")
            #expect(one.batches(of: .training(epoch: 0)).allColumns().map(\.tokens) == other.batches(of: .training(epoch: 0)).allColumns().map(\.tokens), "\(byteCount)")
        }
    }
}
