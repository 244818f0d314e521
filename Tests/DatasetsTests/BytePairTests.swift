import Batches
import Datasets
import Foundation
import PythonEnvironment
import Testing

@Suite("Byte pairs")
struct BytePairTests {
    let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func pieces(_ text: String, _ reading: TextReading = TextReading(unit: .bpe)) throws -> [String] {
        var pieces: [String] = []
        try reading.visitPieces(of: Array(text.utf8), file: "text") { pieces.append(String(decoding: $0, as: UTF8.self)) }
        return pieces
    }

    private func text(_ contents: String, _ split: SplitFractions? = nil, size: Int = 0, vocabulary: Vocabulary? = nil) throws -> EncodedText {
        let path = try files.write(contents, to: "text.txt")
        let options = TextOptions(files: [path], reading: TextReading(unit: .bpe), split: try split ?? SplitFractions(), wordLimit: size)
        return try EncodedText(options, vocabulary: vocabulary)
    }

    private static let letters = ["a", "b", "c", "é", " ", "\n", "1", ".", "'", "s", "漢", "\t"]

    /// A text of few characters in a random order.
    private static func randomText(seed: UInt64, count: Int) -> String {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return letters[Int((state >> 33) % UInt64(letters.count))]
        }.joined()
    }

    @Test("pieces are GPT-2's: words and numbers with the blank before them, marks, contractions, and blanks", arguments: [
        ("the cat's 12 mats!", ["the", " cat", "'s", " 12", " mats", "!"]), ("a  b\n\n c", ["a", " ", " b", "\n\n", " c"]),
        ("x\ny", ["x", "\n", "y"]), ("we'll 'tis", ["we", "'ll", " '", "tis"]), ("end  \n", ["end", "  \n"]), ("été... 3.14", ["été", "...", " 3", ".", "14"]),
        ("\t\ta b12", ["\t", "\t", "a", " b", "12"]), ("'' 's", ["''", " '", "s"]), (" n't <unk>", [" n", "'t", " <", "unk", ">"]),
    ])
    func piecesOfTexts(text: String, wanted: [String]) throws {
        #expect(try pieces(text) == wanted)
    }

    @Test("pieces are the matches of the documented regular expression, cut every 64 bytes, and together they are the text")
    func expression() throws {
        let script = """
            import re, sys, json
            runs = re.findall(rb"'(?:s|t|re|ve|m|ll|d)| ?[A-Za-z\\x80-\\xff]+| ?[0-9]+| ?[^\\sA-Za-z0-9\\x80-\\xff]+|\\s+(?!\\S)|\\s+", open(sys.argv[1], "rb").read())
            print(" ".join(run[start:start + 64].hex() for run in runs for start in range(0, len(run), 64)))
            """
        for seed in 1...5 as ClosedRange<UInt64> {
            let text = Self.randomText(seed: seed, count: 3_000) + String(repeating: "漢字", count: 60) + String(repeating: "-", count: 150) + "'s" + String(repeating: " ", count: 99)
            let path = try files.write(text, to: "pieces.txt")
            var found: [String] = []
            var whole: [UInt8] = []
            try TextReading(unit: .bpe).visitPieces(of: Array(text.utf8), file: path) { piece in
                found.append(piece.map { String(format: "%02x", $0) }.joined())
                whole += piece
            }
            #expect(whole == Array(text.utf8))
            let result = try Python.run(Python.plain, ["-c", script, path])
            #expect(result.code == 0 && result.output.split(separator: "\n").last?.split(separator: " ").map(String.init) == found, "seed \(seed)")
        }
    }

    /// The definition: count all pairs again for each merge.
    private func plainMerges(_ pieces: [[UInt8]], count: Int) -> [BytePairs.Pair] {
        var words = pieces.map { $0.map(Int32.init) }
        var merges: [BytePairs.Pair] = []
        while merges.count < count {
            var counts: [BytePairs.Pair: Int] = [:]
            for word in words { for (left, right) in zip(word, word.dropFirst()) { counts[BytePairs.Pair(left, right), default: 0] += 1 } }
            let best = counts.min { ($1.value, $0.key.left, $0.key.right) < ($0.value, $1.key.left, $1.key.right) }
            guard let best, best.value > 1 else { break }
            let token = Int32(256 + merges.count)
            merges.append(best.key)
            words = words.map { word in
                var merged: [Int32] = []
                var place = 0
                while place < word.count {
                    let isPair = place + 1 < word.count && word[place] == best.key.left && word[place + 1] == best.key.right
                    merged.append(isPair ? token : word[place])
                    place += isPair ? 2 : 1
                }
                return merged
            }
        }
        return merges
    }

    @Test("merges are those of the plain definition, ties included, and encoding applies them in their order", arguments: 1...8 as ClosedRange<UInt64>)
    func plainDefinition(seed: UInt64) throws {
        let text = Self.randomText(seed: seed, count: 1_200) + String(repeating: "aaaaaaa bababab ", count: 3)
        var (all, learner) = ([[UInt8]](), BytePairLearner())
        try TextReading(unit: .bpe).visitPieces(of: Array(text.utf8), file: "text") { piece in
            all.append(piece)
            learner.add(piece)
        }
        for size in [256, 257, 300, 900] {
            let pairs = learner.pairs(vocabularySize: size)
            #expect(pairs.merges == plainMerges(all, count: size - 256), "size \(size)")
            #expect(all.allSatisfy { pairs.tokens(of: $0).flatMap { pairs.bytes[Int($0)] } == $0 })
        }
    }

    @Test("a text learns its frequent words, and any text has tokens that give back its bytes, also one by one")
    func roundTrip() throws {
        let vocabulary = try text(String(repeating: "the cat sat on the mat.\n", count: 30)).vocabulary
        #expect(try vocabulary.encode("the cat", as: TextReading(unit: .bpe)).count == 2 && vocabulary.unit == .bpe)
        for text in ["the cat", "ĀÿǼ😀\0\u{10FFFF}", "\n\n  \t x", Self.randomText(seed: 9, count: 500), String(repeating: "a", count: 1_000)] {
            let tokens = try vocabulary.encode(text, as: TextReading(unit: .bpe))
            #expect(vocabulary.decode(tokens) == text)
            #expect(tokens.flatMap { vocabulary.decodeBytes([$0]) } == Array(text.utf8))
        }
        #expect(vocabulary.lineEndToken == 10 && vocabulary.name(of: .bytes([0x0A])) == "byte 10" && vocabulary.name(of: .bytes(Array(" the".utf8))) == "' the'")
    }

    @Test("lowercase and joinLines are applied before pieces are made, and a mark at the beginning isn't read")
    func reading() throws {
        #expect(try pieces("The\nÉTÉ", TextReading(unit: .bpe, lowercase: true, joinLines: true)) == ["the", " été"])
        let path = try files.write("\u{FEFF}abab abab", to: "marked.txt")
        let text = try EncodedText(TextOptions(files: [path], reading: TextReading(unit: .bpe), split: SplitFractions()))
        #expect(text.count == 3 && text.vocabulary.count == 258)
    }

    @Test("merges are learnt from the training part's bytes alone")
    func trainingPart() throws {
        let contents = String(repeating: "abab ", count: 59) + "abab\n" + String(repeating: "xyxy ", count: 40)
        func hasTokens(_ text: EncodedText, of bytes: String) -> Bool { text.vocabulary.token(of: .bytes(Array(bytes.utf8))) != nil }
        let divided = try text(contents, SplitFractions(validation: 0.4))
        #expect(hasTokens(divided, of: " abab") && !hasTokens(divided, of: "xy"))
        #expect(hasTokens(try text(contents), of: " xyxy"))
        let own = try files.write("xyxy xyxy xyxy", to: "valid.txt")
        let path = try files.write(contents.prefix(300).description, to: "text.txt")
        let apart = try EncodedText(
            TextOptions(files: [path], partFiles: PartFiles(validation: [own]), reading: TextReading(unit: .bpe), split: SplitFractions()))
        #expect(hasTokens(apart, of: " abab") && !hasTokens(apart, of: "xy"))
    }

    @Test("a stored vocabulary is used as it is, and texts with other merges have other fingerprints")
    func stored() throws {
        let (small, large) = (try text("abab abab abab cdcd cdcd", size: 258), try text("abab abab abab cdcd cdcd"))
        #expect(small.vocabulary.count == 258 && large.vocabulary.count > 258 && small.count > large.count)
        let again = try text("abab abab abab cdcd cdcd", vocabulary: small.vocabulary)
        #expect(again.vocabulary == small.vocabulary && again.count == small.count)
        func fingerprint(_ text: EncodedText) throws -> UInt64 { try TextStreams(text: text, length: 1, batchSize: 1).fingerprint }
        #expect(try fingerprint(again) == fingerprint(small) && fingerprint(small) != fingerprint(large))
        #expect(try Vocabulary(json: Array(large.vocabulary.json.utf8), file: "vocabulary.json") == large.vocabulary)
    }

    @Test("texts without a frequent pair have the bytes as tokens; an empty file and a size below 257 are refused")
    func edges() throws {
        #expect(try text("a").vocabulary.count == 256 && text("abcdef").count == 6)
        #expect(fault { _ = try text("") } == .emptyFile(path: files.path("text.txt")))
        for size in [1, 256] {
            guard case .optionOutOfRange("data.vocabularySize", "\(size)", _)? = fault({ _ = try text("abab", size: size) }) else {
                Issue.record("\(size) was taken")
                continue
            }
        }
        #expect(try text("abab abab", size: 257).vocabulary.count == 257)
    }

    @Test("a megabyte without a blank is cut into pieces, and learnt in seconds")
    func longRuns() throws {
        #expect(try text(String(repeating: "a", count: 1 << 20)).vocabulary.count == 262)
        var characters = String.UnicodeScalarView()
        for place in 0..<150_000 {
            let code = 0x4E00 + UInt32((place * place + 7 * place) % 3_001)
            characters.append(Unicode.Scalar(code) ?? "x")
        }
        let text = try text(String(characters), size: 1_500)
        #expect(text.vocabulary.count == 1_500 && text.count < 450_000)
    }

    @Test("each malformed list of merges is rejected with a position", arguments: [
        (#"{"unit": "bpe", "symbols": [[1, 2]]}"#, 1), (#"{"unit": "bpe", "merges": 7}"#, 27), (#"{"unit": "bpe", "merges": [7]}"#, 28), (#"{"unit": "bpe", "merges": [[1]]}"#, 28),
        (#"{"unit": "bpe", "merges": [[1, 2, 3]]}"#, 28), (#"{"unit": "bpe", "merges": [[1, "a"]]}"#, 28), (#"{"unit": "bpe", "merges": [[1, 256]]}"#, 28),
        (#"{"unit": "bpe", "merges": [[-1, 2]]}"#, 28), (#"{"unit": "bpe", "merges": [[1, 2], [1, 2]]}"#, 36),
        (#"{"unit": "bpe", "merges": [[1,1],[256,256],[257,257],[258,258],[259,259],[260,260],[261,261]]}"#, 84),
    ])
    func malformed(json: String, column: Int) {
        let error = fault { _ = try Vocabulary(json: Array(json.utf8), file: "vocabulary.json") }
        guard case .malformedFile("vocabulary.json", 1, let found, _)? = error else {
            Issue.record("\(json): \(String(describing: error))")
            return
        }
        #expect(found == column, "\(json)")
    }

    @Test("words and characters of the targets are those of the text, for any tokens, as streams and as windows")
    func lengths() throws {
        let contents = "The cat's mat,\n  and été\n\nthe 12 cats 漢字 sat.\nIt was a cat \n"
        let words = try EncodedText(TextOptions(files: [files.write(contents, to: "text.txt")], reading: TextReading(unit: .word), split: SplitFractions())).count
        for size in [257, 262, 300] {
            let text = try text(contents, SplitFractions(), size: size)
            let stored = try self.text(contents, SplitFractions(), vocabulary: text.vocabulary)
            let first = text.vocabulary.decode(try text.vocabulary.encode(contents, as: TextReading(unit: .bpe)).prefix(1))
            let streams = try TextStreams(text: stored, length: stored.count - 1, batchSize: 1)
            let windows = try TextWindows(text: stored, length: 1, stride: 1, everyStep: false, batchSize: 1_000, seed: 1)
            for dataset in [streams, windows] as [any Dataset] {
                let batches = dataset.batches(of: .training(epoch: 0))
                var total = TextLength()
                for index in 0..<batches.batchCount {
                    let batch = batches.sequences(at: 0..<batches.sequenceCount(ofBatch: index), ofBatch: index)
                    for length in dataset.task.textLengths(of: batch) {
                        total.characterCount += length.characterCount
                        total.wordCount += length.wordCount
                    }
                }
                #expect(total == TextLength(characterCount: contents.unicodeScalars.count - first.unicodeScalars.count, wordCount: words - 1), "\(size)")
            }
        }
    }

    @Test("perplexity by word and bits by character are of the sums of losses, words and characters; without a word there is none")
    func metrics() {
        let task = NextTokenTask(vocabularyCount: 300, everyStep: true, unit: .bpe)
        let outcomes = [SequenceOutcome(loss: 3), SequenceOutcome(loss: 5)]
        let lengths = [TextLength(characterCount: 6, wordCount: 1), TextLength(characterCount: 10, wordCount: 3)]
        func values(_ lengths: [TextLength]) -> [String: Double] {
            Dictionary(uniqueKeysWithValues: task.metrics.map { ($0.key, $0.value(of: outcomes.with(lengths), targetCount: 4)) })
        }
        #expect(values(lengths)["perplexityPerWord"] == exp(2) && values(lengths)["perplexity"] == exp(2))
        #expect(abs((values(lengths)["bitsPerCharacter"] ?? 0) - 0.5 / log(2)) < 1e-15)
        #expect(values([])["perplexityPerWord"]?.isNaN == true)
    }
}
