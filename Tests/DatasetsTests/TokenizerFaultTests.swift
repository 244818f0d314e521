import Datasets
import FileFixtures
import HostileInput
import Testing

@Suite("A tokenizer's file that isn't read")
struct TokenizerFaultTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles(inMemory: true) }

    private static let json = TokenizerFixture().json

    private func fault(_ json: String) throws -> (line: Int, reason: String)? {
        let path = try files.write(json, to: "tokenizer.json")
        do throws(DatasetError) {
            _ = try Vocabulary(tokenizer: path)
            return nil
        } catch {
            guard case .malformedFile(path, let line, _, let reason) = error else { return (0, "\(error)") }
            #expect(error.description.hasPrefix("\(path):\(line):"))
            return (line, reason)
        }
    }

    @Test("each kind of tokenizer that isn't known is refused by name, with the line", arguments: [
        (#""type": "BPE""#, #""type": "WordPiece""#, 6, #"the model is "WordPiece", and only "BPE" is read"#),
        (#""type": "BPE""#, #""type": "Unigram""#, 6, "learns byte pairs from the text"),
        (#""continuing_subword_prefix": null"#, ###""continuing_subword_prefix": "##""###, 6, "model.continuing_subword_prefix"),
        (#""end_of_word_suffix": null"#, #""end_of_word_suffix": "</w>""#, 6, "model.end_of_word_suffix"), (#""dropout": null"#, #""dropout": 0.1"#, 6, "model.dropout is 0.1"),
        (#""normalizer": null"#, #""normalizer": {"type": "Lowercase"}"#, 3, #"the normalizer "Lowercase" isn't known"#),
        (#""normalizer": null"#, #""normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "NFKC"}]}"#, 3, "NFKC"),
        (#""pre_tokenizer": {"type": "ByteLevel""#, #""pre_tokenizer": {"type": "Metaspace""#, 4, #"the pre-tokenizer "Metaspace" isn't known"#),
        (TokenizerFixture.byteLevel(), "null", 4, "there is no pre-tokenizer"), (TokenizerFixture.byteLevel(), TokenizerFixture.byteLevel(usesPattern: false), 4, "use_regex false"),
        (TokenizerFixture.byteLevel(), TokenizerFixture.split("\\w+"), 4, #"the pattern of "Split" isn't known"#),
        (#""decoder": {"type": "ByteLevel""#, #""decoder": {"type": "WordPiece""#, 5, "the decoder"),
    ])
    func unknown(old: String, new: String, line: Int, words: String) throws {
        let found = try #require(try fault(Self.json.replacing(old, with: new)))
        #expect(found.line == line && found.reason.contains(words), "\(found)")
    }

    @Test("tokens and merges that can't be are refused, with the line", arguments: [
        (#""he": 256"#, #""he": 255"#, 8, "the number 255 is another token's too"), (#""he": 256"#, #""he": 1000000"#, 8, "from 0 to 999999"),
        (#""he": 256"#, #""he": -1"#, 8, "from 0 to 999999"), (#""he": 256"#, #""he": 1e3"#, 8, "from 0 to 999999"), (#""he": 256"#, #""he": 256, "he": 300"#, 8, "a second time"),
        (#""he": 256"#, #""▁he": 256"#, 8, "'▁he' isn't written in the characters of bytes"), (#""he": 256, "#, "", 9, "'he', which this merge gives, isn't a token"),
        (#""h e""#, #""h ж""#, 9, "'ж' is merged here"), (#""h e""#, #""h""#, 9, "a merge must be two tokens"), (#""h e""#, #""h e x""#, 9, "a merge must be two tokens"),
        (#""h e""#, #"["h"]"#, 9, "a merge must be two tokens"), (#""h e""#, #"["h", 7]"#, 9, "a merge must be two tokens"), (#""h e""#, "7", 9, "a merge must be two tokens"),
        (#""h e""#, #""h e", "h e""#, 9, "second time"), (#""z": 133, "#, "", 8, "no token for the byte 122, 'z'"), (#""merges": ["#, #""merges": 7, "x": ["#, 9, "must be a list of pairs"),
        (#""added_tokens": []"#, #""added_tokens": 7"#, 2, "added_tokens must be a list"), (#""added_tokens": []"#, #""added_tokens": [7]"#, 2, "an added token must have"),
        (#""added_tokens": []"#, #""added_tokens": [{"id": 300, "content": ""}]"#, 2, "an added token must have"),
        (#""added_tokens": []"#, #""added_tokens": [{"id": 5, "content": "<s>"}]"#, 2, "the number 5 is another token's too"),
        (#""added_tokens": []"#, #""added_tokens": [{"id": 5, "content": "the"}]"#, 2, "'the' has the number 257 in model.vocab"),
        (#""added_tokens": []"#, #""added_tokens": [{"id": 300, "content": "<s>"}, {"id": 301, "content": "<s>"}]"#, 2, "second time"),
        (#""added_tokens": []"#, #""added_tokens": [{"id": 22, "content": "é"}]"#, 2, "one of the byte pairs too"),
        (#""added_tokens": []"#, #""added_tokens": [{"id": 300, "content": " x"}, {"id": 301, "content": "yy", "rstrip": true}]"#, 2, "begins with a blank"),
    ])
    func impossible(old: String, new: String, line: Int, words: String) throws {
        let found = try #require(try fault(Self.json.replacing(old, with: new)))
        #expect(found.line == line && found.reason.contains(words), "\(found)")
    }

    @Test("files that are none, cut off or too deep are refused")
    func noTokenizers() throws {
        #expect(try fault("[]")?.reason.contains("this is not a tokenizer.json") == true && fault("{}")?.reason.contains("this is not a tokenizer.json") == true)
        #expect(try fault("the cat")?.line == 1 && fault("")?.line == 1)
        #expect(try fault(#"{"model": "# + String(repeating: "[", count: 100_000))?.reason.contains("nested deeper") == true)
        let bytes = Array(Self.json.utf8)
        for count in stride(from: 0, to: bytes.count - 1, by: 13) { #expect(try fault(String(decoding: bytes[..<count], as: UTF8.self)) != nil, "\(count)") }
        #expect(try fault(Self.json) == nil)
    }

    @Test("a number that leaves others out is a token without text")
    func gaps() throws {
        let path = try files.write(Self.json.replacing(#""'s": 268"#, with: #""'s": 5000"#), to: "tokenizer.json")
        let vocabulary = try Vocabulary(tokenizer: path)
        #expect(vocabulary.count == 5001 && vocabulary.decode([257, 3000, 5000]) == "the's")
        #expect(try Vocabulary(json: Array(vocabulary.json.utf8), file: "vocabulary.json") == vocabulary)
    }

    @Test("a corrupted file is refused, or read as tokens that give back a text and survive a round trip, and never traps")
    func mutations() throws {
        var small = TokenizerFixture()
        small.added = [("<s>", #""special": true"#), ("cat", #""single_word": true, "lstrip": true, "rstrip": true"#)]
        var other = TokenizerFixture()
        (other.normalizer, other.mergesArePairs) = (#"{"type": "NFC"}"#, true)
        let tokens = ["\"", ":", ",", "{", "}", "[", "]", "null", "true", "257", "-1", "999999", "Ġ", " ", "é", "\\u0120", #""rstrip": true"#, #""normalized": true"#, #""h e""#]
        let json = small.json
        let cuts = try [#""vocab""#, #""'s""#, #""merges""#].map { try #require(json.firstRange(of: $0)?.lowerBound) }
        let whole = zip([json.startIndex] + cuts, cuts + [json.endIndex]).map { Array(json[$0..<$1].utf8) }
        let text = "the cat's <s> cat 123\n\u{3000} e\u{301}\u{100D5} concat  漢"
        var (refusedCount, takenCount) = (0, 0)
        let slowest = try fuzz("mutations of a tokenizer's file", runCount: 2_000) { mutator in
            // One part, since the whole is longer than what is spoilt: before the vocabulary, its end, or the merges.
            var parts = whole
            let place = [0, 2, 3].randomElement(using: &mutator) ?? 0
            parts[place] = mutator.spoilt(parts[place], other: Array(other.json.utf8.prefix(400)), tokens: tokens.map { Array($0.utf8) })
            let path = try files.write(Array(parts.joined()), to: "tokenizer.json")
            do throws(DatasetError) {
                let vocabulary = try Vocabulary(tokenizer: path)
                takenCount += 1
                let again = try Vocabulary(json: Array(vocabulary.json.utf8), file: "vocabulary.json")
                let found = try vocabulary.encode(text, as: TokenizerTests.reading)
                let isSame = try again.encode(text, as: TokenizerTests.reading) == found
                if again != vocabulary || !isSame || !found.allSatisfy({ 0..<Int32(vocabulary.count) ~= $0 }) { Issue.record("seed \(mutator.seed)") }
            } catch {
                refusedCount += 1
                if error.description.utf8.count > 5000 { Issue.record("seed \(mutator.seed): \(error)") }
            }
        }
        #expect(slowest < 5 && (refusedCount + takenCount < 1000 || min(refusedCount, takenCount) > 20), "\(refusedCount) refused, \(takenCount) taken")
    }
}
