/// The unit of a text's symbols.
public enum TextUnit: String, Sendable, Hashable, CaseIterable {
    /// A Unicode scalar of UTF-8 text.
    case character
    case byte
}

/// The symbols for which tokens stand: token k is the k-th symbol. For text they are its distinct symbols in ascending order.
public struct Vocabulary: Sendable, Equatable {
    public let unit: TextUnit
    /// Unicode scalar values or bytes, all distinct: `[token]`.
    public let symbols: [UInt32]
    /// The token of each symbol value, −1 if it has none: `[symbol value]`. At most 4.5 MB.
    private let tokens: [Int32]

    /// - Precondition: `symbols` are distinct, and each is a scalar value or a byte, according to `unit`.
    init(unit: TextUnit, symbols: [UInt32]) {
        self.unit = unit
        self.symbols = symbols
        var tokens = Array(repeating: Int32(-1), count: Int(symbols.max() ?? 0) + 1)
        for (token, symbol) in symbols.enumerated() {
            precondition(tokens[Int(symbol)] < 0, "symbol \(symbol) stands twice in a vocabulary")
            tokens[Int(symbol)] = Int32(token)
        }
        self.tokens = tokens
    }

    /// The distinct characters of `symbols`, in their order.
    init(ordered symbols: String) {
        self.init(unit: .character, symbols: symbols.unicodeScalars.map(\.value))
    }

    public var count: Int { symbols.count }

    /// The token of a scalar value or byte; nil if it isn't in the vocabulary.
    public func token(of symbol: UInt32) -> Int32? {
        guard symbol < tokens.count, tokens[Int(symbol)] >= 0 else { return nil }
        return tokens[Int(symbol)]
    }

    /// Encodes a text, such as a prompt, with the same conversions as the training text.
    /// - Parameter begins: whether this is a text's start, where a byte order mark isn't a symbol, or its continuation.
    /// - Throws: ``DatasetError/unknownSymbol(symbol:position:vocabularyCount:)`` at the first symbol without a token.
    public func encode(_ text: String, as reading: TextReading = TextReading(), begins: Bool = true) throws(DatasetError) -> [Int32] {
        var reading = reading
        reading.unit = unit
        var encoded: [Int32] = []
        var unknown: (symbol: UInt32, position: Int)?
        let start = begins ? reading.byteCountOfMark(text.utf8) : 0
        try reading.visitSymbols(of: Array(text.utf8), from: start, file: "the text") { symbol in
            if let token = token(of: symbol) {
                encoded.append(token)
            } else if unknown == nil {
                unknown = (symbol, encoded.count + 1)
            }
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

    /// The bytes of tokens; characters are encoded in UTF-8.
    public func decodeBytes(_ tokens: some Sequence<Int32>) -> [UInt8] {
        var bytes: [UInt8] = []
        for token in tokens {
            let symbol = symbols[Int(token)]
            switch unit {
            case .byte: bytes.append(UInt8(symbol))
            case .character: bytes.append(contentsOf: Self.character(symbol).utf8)
            }
        }
        return bytes
    }

    /// A symbol for messages: `'é' (U+00E9)`, or `byte 233`.
    public func name(of symbol: UInt32) -> String {
        switch unit {
        case .byte: return "byte \(symbol)"
        case .character:
            let hexadecimal = String(symbol, radix: 16, uppercase: true)
            let code = "U+" + String(repeating: "0", count: max(0, 4 - hexadecimal.count)) + hexadecimal
            return symbol < 0x20 || symbol == 0x7F ? code : "'\(Self.character(symbol))' (\(code))"
        }
    }

    /// The character of a valid scalar value.
    static func character(_ symbol: UInt32) -> String {
        String(Character(Unicode.Scalar(symbol) ?? "\u{FFFD}"))
    }
}
