/// Tokens of byte-pair encoding: the 256 bytes, and pairs of other tokens that are merged (Sennrich, Haddow & Birch 2016, over bytes as in GPT-2).
/// So every text has tokens, and they give back its bytes.
///
/// Of learnt pairs, token b is byte b, and token 256 + k is the k-th merge. Those of a tokenizer's file have its numbers, and rules of their own.
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

    /// In the order in which they are applied.
    public let merges: [Pair]
    /// The bytes for which each token stands; none for a number that a tokenizer's file leaves out. `[token]`.
    package let bytes: [[UInt8]]
    /// How a text is cut into pieces, where a tokenizer's file says it; nil for learnt pairs.
    let rules: TokenizerRules?
    /// Where each merge is in `merges`.
    private let ranks: [Pair: Int32]
    /// The token that each merge gives. `[merge]`.
    private let results: [Int32]
    /// `[byte]`.
    private let tokensOfSingleBytes: [Int32]
    /// Two tokens can have the same bytes; then the earlier one, and of a tokenizer's file the one that isn't added.
    private let tokensOfBytes: [[UInt8]: Int32]

    /// Learnt pairs.
    /// - Precondition: the pairs are distinct, and each is of tokens before its own.
    package init(merges: [Pair]) {
        self.merges = merges
        var bytes = (0..<Self.byteCount).map { [UInt8($0)] }
        for pair in merges { bytes.append(bytes[Int(pair.left)] + bytes[Int(pair.right)]) }
        self.bytes = bytes
        ranks = Dictionary(uniqueKeysWithValues: zip(merges, 0...))
        results = merges.indices.map { Int32(Self.byteCount + $0) }
        tokensOfSingleBytes = (0..<Int32(Self.byteCount)).map { $0 }
        tokensOfBytes = Dictionary(zip(bytes, 0...), uniquingKeysWith: { first, _ in first })
        rules = nil
    }

    /// Those of a tokenizer's file.
    /// - Parameters:
    ///   - bytes: for which each token stands. `[token]`.
    ///   - results: the token that each merge gives. `[merge]`.
    ///   - singleBytes: the token of each byte.
    ///   - tokensOfBytes: the token that stands for each run of bytes.
    /// - Precondition: the pairs are distinct.
    init(merges: [Pair], results: [Int32], bytes: [[UInt8]], singleBytes: [Int32], tokensOfBytes: [[UInt8]: Int32], rules: TokenizerRules) {
        (self.merges, self.results, self.bytes, self.rules) = (merges, results, bytes, rules)
        ranks = Dictionary(uniqueKeysWithValues: zip(merges, 0...))
        (tokensOfSingleBytes, self.tokensOfBytes) = (singleBytes, tokensOfBytes)
    }

    public static func == (one: BytePairs, other: BytePairs) -> Bool {
        one.merges == other.merges && one.rules == other.rules && (one.rules == nil || one.bytes == other.bytes)
    }

    /// Number of tokens.
    public var count: Int { bytes.count }

    /// The token that stands for exactly these bytes; nil if there is none.
    func token(ofBytes bytes: [UInt8]) -> Int32? { tokensOfBytes[bytes] }

    /// The tokens of a piece of text: of all adjacent pairs the one that comes first in `merges` is merged, of several the first in the piece, until there is
    /// none.
    package func tokens(of piece: [UInt8]) -> [Int32] {
        if let rules, rules.ignoresMerges, let token = tokensOfBytes[piece], !rules.isOnlyAdded(token) { return [token] }
        let tokens = piece.map { tokensOfSingleBytes[Int($0)] }
        return tokens.count > TextReading.largestPieceByteCount ? mergedInQueue(tokens) : merged(tokens)
    }

    /// Cost: quadratic in the tokens, and yet the faster way for few.
    private func merged(_ tokens: [Int32]) -> [Int32] {
        var tokens = tokens
        while let (place, rank) = firstMerge(tokens) {
            tokens[place] = results[Int(rank)]
            tokens.remove(at: place + 1)
        }
        return tokens
    }

    private func firstMerge(_ tokens: [Int32]) -> (place: Int, rank: Int32)? {
        var found: (place: Int, rank: Int32)?
        for place in tokens.indices.dropLast() {
            guard let rank = ranks[Pair(tokens[place], tokens[place + 1])] else { continue }
            if rank < found?.rank ?? .max { found = (place, rank) }
        }
        return found
    }

    /// A pair that can be merged. It is out of date if one of its tokens has been merged since.
    private struct Candidate: Comparable {
        let rank: Int32
        let place: Int
        let pair: Pair

        static func < (one: Candidate, other: Candidate) -> Bool { (one.rank, one.place) < (other.rank, other.place) }
    }

    /// The same as ``merged(_:)``. Cost: n log n.
    private func mergedInQueue(_ tokens: [Int32]) -> [Int32] {
        var tokens = tokens
        // A merged token stays at its left one's place; the right one's place is left out, and −1.
        var next = Array(1...tokens.count)
        var previous = Array(-1..<tokens.count - 1)
        var queue = PriorityQueue<Candidate>()
        func candidate(_ place: Int) -> Candidate? {
            guard place >= 0, next[place] < tokens.count else { return nil }
            let pair = Pair(tokens[place], tokens[next[place]])
            return ranks[pair].map { Candidate(rank: $0, place: place, pair: pair) }
        }
        for place in tokens.indices { if let found = candidate(place) { queue.add(found) } }
        while let first = queue.removeFirst() {
            let (place, right) = (first.place, next[first.place])
            guard tokens[place] == first.pair.left, right < tokens.count, tokens[right] == first.pair.right else { continue }
            (tokens[place], tokens[right]) = (results[Int(first.rank)], -1)
            next[place] = next[right]
            if next[place] < tokens.count { previous[next[place]] = place }
            for changed in [previous[place], place] { if let found = candidate(changed) { queue.add(found) } }
        }
        return tokens.filter { $0 >= 0 }
    }
}
