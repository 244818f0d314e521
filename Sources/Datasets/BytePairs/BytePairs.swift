/// Tokens of byte-pair encoding: the 256 bytes, and pairs of earlier tokens that are merged (Sennrich, Haddow & Birch 2016, over bytes as in GPT-2).
///
/// Token b is byte b; token 256 + k is the k-th merge. So every text has tokens, and they give back its bytes.
public struct BytePairs: Sendable, Equatable {
    /// Two adjacent tokens.
    public struct Pair: Sendable, Hashable {
        public let left: Int32
        public let right: Int32

        public init(_ left: Int32, _ right: Int32) { (self.left, self.right) = (left, right) }
    }

    static let byteCount = 256
    /// Tokens of a vocabulary for which no size is given.
    public static let usualVocabularySize = 8_000

    /// In the order in which they were learnt, which is that in which they are applied.
    public let merges: [Pair]
    /// The bytes for which each token stands. `[token]`.
    package let bytes: [[UInt8]]
    private let tokensOfPairs: [Pair: Int32]
    /// Two tokens can have the same bytes; then the earlier one.
    private let tokensOfBytes: [[UInt8]: Int32]

    /// - Precondition: the pairs are distinct, and each is of tokens before its own.
    package init(merges: [Pair]) {
        self.merges = merges
        var bytes = (0..<Self.byteCount).map { [UInt8($0)] }
        for pair in merges { bytes.append(bytes[Int(pair.left)] + bytes[Int(pair.right)]) }
        self.bytes = bytes
        tokensOfPairs = Dictionary(uniqueKeysWithValues: zip(merges, Int32(Self.byteCount)...))
        tokensOfBytes = Dictionary(zip(bytes, 0...), uniquingKeysWith: { first, _ in first })
    }

    public static func == (one: BytePairs, other: BytePairs) -> Bool { one.merges == other.merges }

    /// Number of tokens.
    public var count: Int { bytes.count }

    /// The token that stands for exactly these bytes; nil if there is none.
    func token(ofBytes bytes: [UInt8]) -> Int32? { tokensOfBytes[bytes] }

    /// The tokens of a piece of text (``TextReading/visitPieces(of:from:until:file:_:)``): of all adjacent pairs the one that was learnt first is merged, of
    /// several the first, until there is none.
    package func tokens(of piece: [UInt8]) -> [Int32] {
        var tokens = piece.map(Int32.init)
        while let (place, token) = firstMerge(tokens) {
            tokens[place] = token
            tokens.remove(at: place + 1)
        }
        return tokens
    }

    private func firstMerge(_ tokens: [Int32]) -> (place: Int, token: Int32)? {
        var found: (place: Int, token: Int32)?
        for place in tokens.indices.dropLast() {
            guard let token = tokensOfPairs[Pair(tokens[place], tokens[place + 1])] else { continue }
            if token < found?.token ?? .max { found = (place, token) }
        }
        return found
    }
}

/// Encodes pieces, each distinct one once.
struct PieceEncoder {
    private let pairs: BytePairs
    private var known: [[UInt8]: [Int32]] = [:]

    /// Bounds the memory for a text whose pieces are all different.
    private static let mostKnown = 1 << 20

    init(_ pairs: BytePairs) { self.pairs = pairs }

    mutating func tokens(of piece: [UInt8]) -> [Int32] {
        if let tokens = known[piece] { return tokens }
        if known.count == Self.mostKnown { known.removeAll(keepingCapacity: true) }
        let tokens = pairs.tokens(of: piece)
        known[piece] = tokens
        return tokens
    }
}
