/// A small `tokenizer.json` of Hugging Face's tokenizers: byte-level BPE, whose bytes have the numbers 255 to 0, and whose merges follow.
package struct TokenizerFixture {
    package var merges = ["h e", "t he", "Ġ the", "Ġ t", "Ã ©", "1 2", "12 3", "Ċ Ċ", "Ġ Ġ", "c a", "ca t", "Ġ cat", "' s", "Ì ģ"]
    /// Tokens that no merge gives.
    package var others: [String] = []
    /// As JSON: contents with their flags.
    package var added: [(content: String, flags: String)] = []
    package var normalizer = "null"
    package var preTokenizer = Self.byteLevel()
    package var ignoresMerges = false
    package var mergesArePairs = false

    package init() {}

    package static let letterPattern = #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

    package static func byteLevel(prefix: Bool = false, usesPattern: Bool = true) -> String {
        #"{"type": "ByteLevel", "add_prefix_space": \#(prefix), "trim_offsets": true, "use_regex": \#(usesPattern)}"#
    }

    package static func split(_ pattern: String) -> String {
        #"{"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": \#(quoted(pattern))}, "behavior": "Isolated", "invert": false}, "#
            + byteLevel(usesPattern: false) + "]}"
    }

    /// The characters that stand for bytes.
    private static let characters: [Unicode.Scalar] = {
        var (next, found): (UInt32, [Unicode.Scalar]) = (256, [])
        for byte in 0..<256 as Range<UInt32> {
            let isShown = 33...126 ~= byte || 161...172 ~= byte || 174...255 ~= byte
            if let scalar = Unicode.Scalar(isShown ? byte : next) { found.append(scalar) }
            if !isShown { next += 1 }
        }
        return found
    }()

    private static func quoted(_ text: String) -> String { "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" }

    /// All tokens but the added ones, in the order of their numbers.
    package var tokens: [String] { Self.characters.reversed().map(String.init) + merges.map { $0.replacing(" ", with: "") } + others }

    /// The same with those that are added alone.
    package var allTokens: [String] { tokens + added.map(\.content).filter { !tokens.contains($0) } }

    /// The file.
    package var json: String {
        let vocabulary = tokens.enumerated().map { "\(Self.quoted($1)): \($0)" }.joined(separator: ", ")
        let list = added.map { content, flags in
            let token = allTokens.firstIndex(of: content) ?? 0
            return #"{"id": \#(token), "content": "\#(content)"\#(flags.isEmpty ? "" : ", ")\#(flags)}"#
        }.joined(separator: ", ")
        let pairs = merges.map { merge in
            mergesArePairs ? "[" + merge.split(separator: " ").map { Self.quoted(String($0)) }.joined(separator: ", ") + "]" : Self.quoted(merge)
        }
        return """
            {"version": "1.0", "truncation": null, "padding": null,
            "added_tokens": [\(list)],
            "normalizer": \(normalizer),
            "pre_tokenizer": \(preTokenizer),
            "post_processor": null, "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
            "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null, "end_of_word_suffix": null,
            "fuse_unk": false, "byte_fallback": false, "ignore_merges": \(ignoresMerges),
            "vocab": {\(vocabulary)},
            "merges": [\(pairs.joined(separator: ", "))]}}
            """
    }
}
