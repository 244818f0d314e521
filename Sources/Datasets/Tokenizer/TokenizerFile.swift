import StrictJSON

// Byte pairs of a Hugging Face `tokenizer.json`. Only what this program does to the same tokens as that library is taken; all else is refused by name.
extension BytePairs {
    /// Numbers of tokens are below this.
    static let largestTokenizerSize = 1_000_000

    /// Reads the file at `path`.
    /// - Throws: ``DatasetError/malformedFile(path:line:column:reason:)`` at the first thing that is wrong or isn't known; and if it can't be read.
    init(tokenizer path: String) throws(DatasetError) {
        let reader = StoredJSON(file: path)
        let file = try reader.parse(fileBytes(at: path))
        guard file["model"]?.objectValue != nil else {
            throw reader.error(
                file, "this is not a tokenizer.json of Hugging Face's tokenizers: it has no member \"model\". Name the file that tokenizer.save wrote")
        }
        try self.init(tokenizer: file, reader)
    }

    /// Reads the file's content, or what a run stored of it.
    init(tokenizer file: JSONValue, _ reader: StoredJSON) throws(DatasetError) {
        guard let model = file["model"] else { throw reader.error(file, "a tokenizer must have a member \"model\"") }
        try TokenizerModel.check(model, reader)
        var content = try TokenizerModel(model, reader)
        let added = try content.added(file["added_tokens"], reader)
        let (ranked, results) = try content.merges(model, reader)
        let single = try content.singleBytes(model, reader)
        let ignoresMerges = model["ignore_merges"]?.boolValue ?? false
        let merged = Set(results + ranked.flatMap { [$0.left, $0.right] })
        for token in added where token.isOfModel && content.bytes[Int(token.token)] != token.content {
            let own = content.bytes[Int(token.token)]
            if own.count == 1 || ignoresMerges && !own.isEmpty || merged.contains(token.token) {
                throw reader.error(file["added_tokens"] ?? file, "the added token \(token.token) is one of the byte pairs too, which stands for other bytes")
            }
        }
        var tokensOfBytes = content.tokens
        var bytes = content.bytes
        for token in added {
            bytes[Int(token.token)] = token.content
            if !token.isOfModel, tokensOfBytes[token.content] == nil { tokensOfBytes[token.content] = token.token }
        }
        let (pattern, hasOwnSplit, addsPrefixSpace) = try TokenizerForm.pieces(file["pre_tokenizer"], of: file, reader)
        let rules = TokenizerRules(
            pattern: pattern, hasOwnSplit: hasOwnSplit, addsPrefixSpace: addsPrefixSpace, ignoresMerges: ignoresMerges,
            composes: try TokenizerForm.composes(file["normalizer"], reader), added: added)
        try TokenizerForm.checkDecoder(file["decoder"], reader)
        self.init(merges: ranked, results: results, bytes: bytes, singleBytes: single, tokensOfBytes: tokensOfBytes, rules: rules)
    }

    /// What a run stores: a `tokenizer.json` that gives the same tokens, and that Hugging Face's tokenizers read.
    var tokenizerValue: JSONValue? {
        guard let rules else { return nil }
        let added = Dictionary(uniqueKeysWithValues: rules.added.map { ($0.token, $0) })
        var vocabulary: [JSONMember] = []
        for (token, bytes) in zip(Int32(0)..., bytes) where !rules.isOnlyAdded(token) && !bytes.isEmpty {
            let text = added[token].map { String(decoding: $0.content, as: UTF8.self) } ?? ByteAlphabet.text(of: bytes)
            vocabulary.append(JSONMember(key: text, value: .integer(Int(token))))
        }
        func text(_ token: Int32) -> String { ByteAlphabet.text(of: bytes[Int(token)]) }
        let model: JSONValue = .object([
            "type": .text("BPE"), "dropout": JSONValue(.null), "unk_token": JSONValue(.null), "continuing_subword_prefix": JSONValue(.null),
            "end_of_word_suffix": JSONValue(.null), "fuse_unk": .bool(false), "byte_fallback": .bool(false), "ignore_merges": .bool(rules.ignoresMerges),
            "vocab": JSONValue(.object(vocabulary)), "merges": .list(merges.map { .text("\(text($0.left)) \(text($0.right))") }),
        ])
        return .object([
            "version": .text("1.0"), "truncation": JSONValue(.null), "padding": JSONValue(.null), "added_tokens": .list(rules.added.map(\.value)),
            "normalizer": rules.composes ? .object(["type": .text("NFC")]) : JSONValue(.null), "pre_tokenizer": TokenizerForm.value(rules),
            "post_processor": JSONValue(.null), "decoder": TokenizerForm.byteLevel(prefix: true, usesPattern: true), "model": model,
        ])
    }
}
