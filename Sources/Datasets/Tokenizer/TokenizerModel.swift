import StrictJSON

/// Vocabulary and merges of a file's model.
struct TokenizerModel {
    /// As the byte pairs have them; none for numbers without one. `[token]`.
    private(set) var bytes: [[UInt8]]
    private(set) var tokens: [[UInt8]: Int32] = [:]
    /// Tokens that aren't written in bytes' characters, which only added tokens may be.
    private var others: [(text: [UInt8], token: Int32, value: JSONValue)] = []
    private var isTaken: [Bool]

    /// Refuses models that aren't byte pairs, or have what changes them.
    static func check(_ model: JSONValue, _ reader: StoredJSON) throws(DatasetError) {
        let type = model["type"]
        if type?.stringValue != "BPE", type != nil || model["merges"] == nil {
            throw reader.error(
                type ?? model,
                "the model is \(JSONValue.printable(type?.serialized() ?? "of no type")), and only \"BPE\" is read. Leave out data.tokenizer, and data.unit \"bpe\" learns "
                    + "byte pairs from the text; or train a tokenizer with models.BPE and pre_tokenizers.ByteLevel")
        }
        for name in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let value = model[name], value.content != .null, value.stringValue != "" {
                throw reader.error(
                    value, "model.\(name) is \(JSONValue.printable(value.serialized())), and only tokens without one are read: byte-level BPE has none")
            }
        }
        if let value = model["dropout"], value.content != .null, value.realValue != 0 {
            throw reader.error(
                value, "model.dropout is \(JSONValue.printable(value.serialized())), with which a text has other tokens each time. Set it to null")
        }
    }

    init(_ model: JSONValue, _ reader: StoredJSON) throws(DatasetError) {
        guard let vocabulary = model["vocab"], let members = vocabulary.objectValue, !members.isEmpty else {
            throw reader.error(model["vocab"] ?? model, "model.vocab must be an object with a number for each token")
        }
        let numbers = members.compactMap(\.value.integerValue)
        let count = (numbers.max() ?? 0) < BytePairs.largestTokenizerSize ? max(0, (numbers.max() ?? 0) + 1) : 0
        (bytes, isTaken) = (Array(repeating: [], count: count), Array(repeating: false, count: count))
        for member in members {
            let token = try take(member.value, reader)
            if let found = ByteAlphabet.bytes(of: member.key[...]), !found.isEmpty {
                (bytes[Int(token)], tokens[found]) = (found, token)
            } else {
                others.append((Array(member.key.utf8), token, member.value))
            }
        }
    }

    /// The number of a token that no other has.
    private mutating func take(_ value: JSONValue, _ reader: StoredJSON) throws(DatasetError) -> Int32 {
        guard let token = value.integerValue, (0..<BytePairs.largestTokenizerSize).contains(token) else {
            throw reader.error(value, "a token's number must be an integer from 0 to \(BytePairs.largestTokenizerSize - 1)")
        }
        if token >= isTaken.count {
            bytes += Array(repeating: [], count: token + 1 - bytes.count)
            isTaken += Array(repeating: false, count: token + 1 - isTaken.count)
        }
        guard !isTaken[token] else { throw reader.error(value, "the number \(token) is another token's too") }
        isTaken[token] = true
        return Int32(token)
    }

    /// The added tokens by number, which the vocabulary may have too.
    mutating func added(_ list: JSONValue?, _ reader: StoredJSON) throws(DatasetError) -> [AddedToken] {
        var added: [AddedToken] = []
        var contents: Set<[UInt8]> = []
        let otherTokens = Dictionary(others.map { ($0.text, $0.token) }) { first, _ in first }
        if let list, list.content != .null, list.arrayValue == nil { throw reader.error(list, "added_tokens must be a list") }
        for value in list?.arrayValue ?? [] {
            guard let text = value["content"]?.stringValue, !text.isEmpty, let number = value["id"] else {
                throw reader.error(value, "an added token must have an \"id\" and a \"content\" that isn't empty")
            }
            let content = Array(text.utf8)
            guard contents.insert(content).inserted else {
                throw reader.error(value, "the added token '\(JSONValue.printable(text))' stands here for the second time")
            }
            let own = otherTokens[content] ?? ByteAlphabet.bytes(of: text[...]).flatMap { tokens[$0] }
            let token: Int32
            if let own {
                guard number.integerValue == Int(own) else { throw reader.error(number, "'\(JSONValue.printable(text))' has the number \(own) in model.vocab") }
                token = own
            } else {
                token = try take(number, reader)
            }
            func flag(_ name: String) -> Bool { value[name]?.boolValue ?? false }
            added.append(
                AddedToken(
                    token: token, content: content, isSingleWord: flag("single_word"), stripsLeft: flag("lstrip"), stripsRight: flag("rstrip"),
                    isNormalized: value["normalized"]?.boolValue ?? !flag("special"), isSpecial: flag("special"), isOfModel: own != nil))
        }
        for (text, _, value) in others where !contents.contains(text) {
            throw reader.error(
                value,
                "the token '\(JSONValue.printable(String(decoding: text, as: UTF8.self)))' isn't written in the characters of bytes, as those of byte-level BPE are. "
                    + "Other tokenizers, such as SentencePiece's, aren't read: leave out data.tokenizer, and data.unit \"bpe\" learns byte pairs from the text")
        }
        if let list, added.contains(where: \.stripsRight), added.contains(where: { Self.beginsBlank($0.content) }) {
            throw reader.error(list, "an added token begins with a blank, and another takes the blanks behind it (rstrip). Only one of both is read")
        }
        return added.sorted { $0.token < $1.token }
    }

    private static func beginsBlank(_ content: [UInt8]) -> Bool { CharacterClass(content.scalar(at: 0).scalar) == .space }

    /// Pairs of tokens in their order, and the token of each.
    func merges(_ model: JSONValue, _ reader: StoredJSON) throws(DatasetError) -> ([BytePairs.Pair], [Int32]) {
        guard let list = model["merges"]?.arrayValue else { throw reader.error(model["merges"] ?? model, "model.merges must be a list of pairs") }
        var (pairs, results, seen): ([BytePairs.Pair], [Int32], Set<BytePairs.Pair>) = ([], [], [])
        for value in list {
            let texts =
                value.stringValue?.split(separator: " ", omittingEmptySubsequences: false) ?? value.arrayValue?.compactMap { $0.stringValue?[...] } ?? []
            guard texts.count == 2, value.arrayValue.map({ $0.count == 2 }) ?? true else {
                throw reader.error(value, "a merge must be two tokens, as in \"t h\" or [\"t\", \"h\"]")
            }
            var parts: [(token: Int32, bytes: [UInt8])] = []
            for text in texts {
                guard let bytes = ByteAlphabet.bytes(of: text), let token = tokens[bytes] else {
                    throw reader.error(value, "'\(JSONValue.printable(String(text)))' is merged here, and isn't a token of model.vocab")
                }
                parts.append((token, bytes))
            }
            guard let result = tokens[parts[0].bytes + parts[1].bytes] else {
                throw reader.error(value, "'\(JSONValue.printable(texts.joined()))', which this merge gives, isn't a token of model.vocab")
            }
            let pair = BytePairs.Pair(parts[0].token, parts[1].token)
            guard seen.insert(pair).inserted else { throw reader.error(value, "a merge stands here for the second time") }
            pairs.append(pair)
            results.append(result)
        }
        return (pairs, results)
    }

    /// The token of each byte.
    func singleBytes(_ model: JSONValue, _ reader: StoredJSON) throws(DatasetError) -> [Int32] {
        var found: [Int32] = []
        for byte in 0...UInt8.max {
            guard let token = tokens[[byte]] else {
                throw reader.error(
                    model["vocab"] ?? model,
                    "model.vocab has no token for the byte \(byte), '\(ByteAlphabet.text(of: [byte]))', so that a text could lose characters. Train the "
                        + "tokenizer with initial_alphabet=pre_tokenizers.ByteLevel.alphabet()")
            }
            found.append(token)
        }
        return found
    }
}
