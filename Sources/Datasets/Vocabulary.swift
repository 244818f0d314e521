/// The unit of a text's symbols.
public enum TextUnit: String, Sendable, Hashable, CaseIterable {
    /// A Unicode scalar of UTF-8 text.
    case character
    case byte
    /// What stands between blanks in UTF-8 text. The end of a line is one too, ``Vocabulary/lineEnd``.
    case word
    /// A run of bytes of UTF-8 text that byte-pair encoding has merged: ``BytePairs``.
    case bpe

    /// Its name in a sentence: "3 words", "3 tokens".
    public var noun: String { self == .bpe ? "token" : rawValue }
}

/// What a token stands for.
public enum Symbol: Sendable, Hashable {
    /// A Unicode scalar value, or a byte.
    case value(UInt32)
    case word(String)
    case bytes([UInt8])
}

/// The symbols for which tokens stand: token k is the k-th symbol.
///
/// For text they are its distinct characters or bytes in ascending order, its words, the most frequent first, or byte pairs in the order in which they were
/// learnt.
public struct Vocabulary: Sendable, Equatable {
    /// The word for the end of a line.
    public static let lineEnd = "<eos>"
    /// The word that stands for every one without a token.
    public static let unknown = "<unk>"

    public let unit: TextUnit
    /// Unicode scalar values or bytes, all distinct: `[token]`. Empty if the unit is words.
    public let values: [UInt32]
    /// All distinct: `[token]`. Empty unless the unit is words.
    public let words: [String]
    /// Nil unless the unit is byte pairs.
    public let pairs: BytePairs?
    /// The token of each value, −1 if it has none: `[value]`. At most 4.5 MB.
    private let tokensOfValues: [Int32]
    /// By the bytes: equal strings can have different ones.
    private let tokensOfWords: [[UInt8]: Int32]

    /// - Precondition: `values` are distinct, and each is a scalar value or a byte, according to `unit`.
    init(unit: TextUnit, values: [UInt32]) {
        self.unit = unit
        self.values = values
        var tokens = Array(repeating: Int32(-1), count: Int(values.max() ?? 0) + 1)
        for (token, value) in values.enumerated() {
            precondition(tokens[Int(value)] < 0, "symbol \(value) stands twice in a vocabulary")
            tokens[Int(value)] = Int32(token)
        }
        tokensOfValues = tokens
        (words, tokensOfWords, pairs) = ([], [:], nil)
    }

    /// - Precondition: `words` are distinct.
    init(words: [String]) {
        unit = .word
        self.words = words
        tokensOfWords = Dictionary(uniqueKeysWithValues: zip(words.map { Array($0.utf8) }, 0...))
        (values, tokensOfValues, pairs) = ([], [], nil)
    }

    init(pairs: BytePairs) {
        unit = .bpe
        self.pairs = pairs
        (values, tokensOfValues, words, tokensOfWords) = ([], [], [], [:])
    }

    /// That of a tokenizer's file, a Hugging Face `tokenizer.json`.
    /// - Throws: ``DatasetError/malformedFile(path:line:column:reason:)`` at the first thing in it that is wrong or isn't known; and if it can't be read.
    package init(tokenizer path: String) throws(DatasetError) { self.init(pairs: try BytePairs(tokenizer: path)) }

    /// The distinct characters of `symbols`, in their order.
    init(ordered symbols: String) {
        self.init(unit: .character, values: symbols.unicodeScalars.map(\.value))
    }

    /// Whether the tokens are those of a tokenizer's file.
    public var isOfTokenizer: Bool { pairs?.rules != nil }
    public var count: Int { pairs?.count ?? (values.count + words.count) }
    /// `[token]`.
    public var symbols: [Symbol] { pairs?.bytes.map(Symbol.bytes) ?? (values.map(Symbol.value) + words.map(Symbol.word)) }

    /// The token of a symbol; nil if it isn't in the vocabulary.
    public func token(of symbol: Symbol) -> Int32? {
        switch symbol {
        case .value(let value): token(ofValue: value)
        case .word(let word): tokensOfWords[Array(word.utf8)]
        case .bytes(let bytes): pairs?.token(ofBytes: bytes)
        }
    }

    /// The token of a scalar value or byte; nil if it isn't in the vocabulary.
    public func token(ofValue value: UInt32) -> Int32? {
        guard value < tokensOfValues.count, tokensOfValues[Int(value)] >= 0 else { return nil }
        return tokensOfValues[Int(value)]
    }

    /// The token of a word's bytes, or of ``unknown`` if the vocabulary has that but not the word; nil if it has neither.
    func token(ofWord word: [UInt8]) -> Int32? { tokensOfWords[word] ?? tokensOfWords[Array(Self.unknown.utf8)] }

    /// The token of a line's end; nil if there is none.
    public var lineEndToken: Int32? {
        switch unit {
        case .character, .byte: token(ofValue: 0x0A)
        case .word: token(of: .word(Self.lineEnd))
        case .bpe: token(of: .bytes([0x0A]))
        }
    }

    /// Encodes a text, such as a prompt, with the same conversions as the training text.
    /// - Parameter begins: whether this is a text's start, where a byte order mark isn't a symbol, or its continuation.
    /// - Throws: ``DatasetError/unknownSymbol(symbol:position:vocabularyCount:)`` at the first symbol without a token.
    public func encode(_ text: String, as reading: TextReading = TextReading(), begins: Bool = true) throws(DatasetError) -> [Int32] {
        var reading = reading
        reading.unit = unit
        var encoded: [Int32] = []
        var unknown: (symbol: Symbol, position: Int)?
        let start = begins ? reading.byteCountOfMark(text.utf8) : 0
        func add(_ token: Int32?, _ symbol: @autoclosure () -> Symbol) {
            if let token {
                encoded.append(token)
            } else if unknown == nil {
                unknown = (symbol(), encoded.count + 1)
            }
        }
        if let pairs {
            var encoder = PairEncoder(pairs)
            try encoder.visitTokens(of: Array(text.utf8), from: start, reading: reading, file: "the text", begins: begins) { encoded.append($0) }
        } else if unit == .word {
            try reading.visitWords(of: Array(text.utf8), from: start, file: "the text") { word in
                add(token(ofWord: word), .word(String(decoding: word, as: UTF8.self)))
            }
        } else {
            try reading.visitSymbols(of: Array(text.utf8), from: start, file: "the text") { value in add(token(ofValue: value), .value(value)) }
        }
        if let unknown {
            throw .unknownSymbol(symbol: name(of: unknown.symbol), position: unknown.position, vocabularyCount: count)
        }
        return encoded
    }

    /// Decodes tokens to text. Bytes that aren't UTF-8 become U+FFFD.
    /// - Precondition: each token is in 0 ..< `count`.
    public func decode(_ tokens: some Sequence<Int32>) -> String {
        String(decoding: decodeBytes(tokens), as: UTF8.self)
    }

    /// The bytes of tokens; characters are encoded in UTF-8, and words of a line are separated by blanks.
    /// - Parameter previous: the token before them, from whose word the first one is separated.
    public func decodeBytes(_ tokens: some Sequence<Int32>, after previous: Int32? = nil) -> [UInt8] {
        var bytes: [UInt8] = []
        var isInLine = previous.map { $0 != lineEndToken } ?? false
        for token in tokens {
            switch unit {
            case .bpe: bytes.append(contentsOf: pairs?.bytes[Int(token)] ?? [])
            case .byte: bytes.append(UInt8(values[Int(token)]))
            case .character: bytes.append(contentsOf: Self.character(values[Int(token)]).utf8)
            case .word:
                let isEnd = token == lineEndToken
                if isEnd {
                    bytes.append(0x0A)
                } else {
                    if isInLine { bytes.append(0x20) }
                    bytes.append(contentsOf: words[Int(token)].utf8)
                }
                isInLine = !isEnd
            }
        }
        return bytes
    }

    /// A symbol for messages: `'é' (U+00E9)`, `byte 233`, `'word'`, or `bytes 195 169`.
    public func name(of symbol: Symbol) -> String {
        switch symbol {
        case .word(let word): return "'\(word)'"
        case .bytes(let bytes):
            let isShown = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            if isShown, let text = String(validating: bytes, as: UTF8.self) { return "'\(text)'" }
            return (bytes.count == 1 ? "byte " : "bytes ") + bytes.map(String.init).joined(separator: " ")
        case .value(let value):
            if unit == .byte { return "byte \(value)" }
            let hexadecimal = String(value, radix: 16, uppercase: true)
            let code = "U+" + String(repeating: "0", count: max(0, 4 - hexadecimal.count)) + hexadecimal
            return value < 0x20 || value == 0x7F ? code : "'\(Self.character(value))' (\(code))"
        }
    }

    /// The character of a valid scalar value.
    static func character(_ value: UInt32) -> String {
        String(Character(Unicode.Scalar(value) ?? "\u{FFFD}"))
    }
}
