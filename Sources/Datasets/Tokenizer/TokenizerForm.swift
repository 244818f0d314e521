import StrictJSON

/// The elements of a tokenizer's file that say how a text is cut: normalizer, pre-tokenizer, decoder.
enum TokenizerForm {
    private static let advice = "Leave out data.tokenizer, and data.unit \"bpe\" learns byte pairs from the text"

    /// Whether a text is composed.
    static func composes(_ value: JSONValue?, _ reader: StoredJSON) throws(DatasetError) -> Bool {
        guard let value, value.content != .null else { return false }
        var composes = false
        for element in elements(of: value, "normalizers") {
            guard element["type"]?.stringValue == "NFC" else {
                throw reader.error(element, "the normalizer \(name(of: element)) isn't known: only \"NFC\" is, or none. \(advice)")
            }
            composes = true
        }
        return composes
    }

    /// The pattern of pieces, whether it is an element of its own, and whether a blank is put before a text.
    static func pieces(
        _ value: JSONValue?, of file: JSONValue, _ reader: StoredJSON
    ) throws(DatasetError) -> (pattern: SplitPattern, hasOwnSplit: Bool, addsPrefixSpace: Bool) {
        guard let value, value.content != .null else {
            throw reader.error(
                value ?? file, "there is no pre-tokenizer, so that a text isn't byte-level. Only tokenizers with \"ByteLevel\" are read. \(advice)")
        }
        let elements = elements(of: value, "pretokenizers")
        for element in elements where !["ByteLevel", "Split"].contains(element["type"]?.stringValue) {
            throw reader.error(element, "the pre-tokenizer \(name(of: element)) isn't known: only \"ByteLevel\" is, also behind a \"Split\". \(advice)")
        }
        guard let last = elements.last, elements.count <= 2, last["type"]?.stringValue == "ByteLevel",
            elements.count == 1 || elements[0]["type"]?.stringValue == "Split"
        else {
            throw reader.error(value, "the pre-tokenizer must be a \"ByteLevel\", or a \"Split\" and then a \"ByteLevel\". \(advice)")
        }
        guard let addsPrefixSpace = last["add_prefix_space"]?.boolValue, let usesPattern = last["use_regex"].map(\.boolValue) ?? true else {
            throw reader.error(last, "\"ByteLevel\" must have add_prefix_space, and use_regex if it is there, as true or false")
        }
        if elements.count == 1 {
            guard usesPattern else {
                throw reader.error(last, "\"ByteLevel\" has use_regex false and no \"Split\" before it, so that a text is a single piece. \(advice)")
            }
            return (.gpt2, false, addsPrefixSpace)
        }
        guard !usesPattern, !addsPrefixSpace else {
            throw reader.error(last, "\"ByteLevel\" behind a \"Split\" must have use_regex false and add_prefix_space false. \(advice)")
        }
        return (try pattern(of: elements[0], reader), true, false)
    }

    private static func pattern(of split: JSONValue, _ reader: StoredJSON) throws(DatasetError) -> SplitPattern {
        let found = split["pattern"]?["Regex"]?.stringValue
        guard let pattern = SplitPattern.allCases.first(where: { $0.expression == found }) else {
            throw reader.error(
                split["pattern"] ?? split,
                "the pattern of \"Split\" isn't known: \(found.map { JSONValue.printable($0) } ?? "it is no \"Regex\""). Those of GPT-2, Llama 3 and Qwen2 are. \(advice)")
        }
        // Both keep exactly the matches, and those are the whole text.
        switch (split["behavior"]?.stringValue, split["invert"]?.boolValue ?? false) {
        case ("Isolated", false), ("Removed", true): return pattern
        default: throw reader.error(split, "\"Split\" must have behavior \"Isolated\" and invert false. \(advice)")
        }
    }

    static func checkDecoder(_ value: JSONValue?, _ reader: StoredJSON) throws(DatasetError) {
        guard let value, value.content != .null else { return }
        for element in elements(of: value, "decoders") where element["type"]?.stringValue != "ByteLevel" {
            throw reader.error(element, "the decoder \(name(of: element)) isn't known: only \"ByteLevel\" is, or none. \(advice)")
        }
    }

    /// The elements of a sequence, or the one that isn't a sequence.
    private static func elements(of value: JSONValue, _ key: String) -> [JSONValue] {
        guard value["type"]?.stringValue == "Sequence", let list = value[key]?.arrayValue else { return [value] }
        return list
    }

    private static func name(of element: JSONValue) -> String { JSONValue.printable(element["type"]?.serialized() ?? "without a type") }

    // MARK: Writing

    /// The pre-tokenizer that gives these pieces.
    static func value(_ rules: TokenizerRules) -> JSONValue {
        guard rules.hasOwnSplit else { return byteLevel(prefix: rules.addsPrefixSpace, usesPattern: true) }
        let split: JSONValue = .object([
            "type": .text("Split"), "pattern": .object(["Regex": .text(rules.pattern.expression)]), "behavior": .text("Isolated"), "invert": .bool(false),
        ])
        return .object(["type": .text("Sequence"), "pretokenizers": .list([split, byteLevel(prefix: false, usesPattern: false)])])
    }

    static func byteLevel(prefix: Bool, usesPattern: Bool) -> JSONValue {
        .object(["type": .text("ByteLevel"), "add_prefix_space": .bool(prefix), "trim_offsets": .bool(true), "use_regex": .bool(usesPattern)])
    }
}

extension AddedToken {
    var value: JSONValue {
        .object([
            "id": .integer(Int(token)), "content": .text(String(decoding: content, as: UTF8.self)), "single_word": .bool(isSingleWord),
            "lstrip": .bool(stripsLeft), "rstrip": .bool(stripsRight), "normalized": .bool(isNormalized), "special": .bool(isSpecial),
        ])
    }
}
