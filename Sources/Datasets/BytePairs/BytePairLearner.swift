/// Learns byte pairs from the pieces of a text (Sennrich, Haddow & Birch 2016): again and again, the most frequent pair of adjacent tokens becomes a token.
/// Of equally frequent pairs it is the one whose left token came first, then whose right one. It ends early when no pair occurs twice.
///
/// Cost: about 200 ns a piece of the text to count them; then a visit of each distinct piece for each merge in it. Shakespeare's 1.1 MB take under a second.
package struct BytePairLearner {
    private var counts: [[UInt8]: Int] = [:]

    package init() {}

    package mutating func add(_ piece: [UInt8]) { counts[piece, default: 0] += 1 }

    /// - Parameter vocabularySize: tokens altogether, at least 256.
    package func pairs(vocabularySize: Int) -> BytePairs {
        var table = PieceTable(counts)
        var merges: [BytePairs.Pair] = []
        while BytePairs.byteCount + merges.count < vocabularySize, let pair = table.mostFrequentPair() {
            table.merge(pair, into: Int32(BytePairs.byteCount + merges.count))
            merges.append(pair)
        }
        return BytePairs(merges: merges)
    }
}

/// The distinct pieces of a text as tokens, with the number of each adjacent pair.
private struct PieceTable {
    private typealias Pair = BytePairs.Pair

    private struct Piece {
        /// Where its tokens begin.
        let start: Int
        var tokenCount: Int
        /// How often the text has it.
        let frequency: Int
    }

    /// Of all pieces, one after the other.
    private var tokens: [Int32] = []
    private var pieces: [Piece] = []
    private var counts: [Pair: Int] = [:]
    /// Pieces that have, or had, a pair.
    private var holders: [Pair: [Int32]] = [:]
    private var queue = PriorityQueue<CountedPair>()

    init(_ frequencies: [[UInt8]: Int]) {
        for (bytes, frequency) in frequencies {
            let piece = Piece(start: tokens.count, tokenCount: bytes.count, frequency: frequency)
            tokens += bytes.map(Int32.init)
            for place in piece.start..<tokens.count - 1 { add(frequency, Pair(tokens[place], tokens[place + 1]), piece: pieces.count) }
            pieces.append(piece)
        }
        for (pair, count) in counts where count > 1 { queue.add(CountedPair(pair: pair, count: count)) }
    }

    /// The pair with the highest count, of at least 2; nil if there is none.
    mutating func mostFrequentPair() -> BytePairs.Pair? {
        while let first = queue.removeFirst() {
            let (pair, current) = (first.pair, counts[first.pair] ?? 0)
            if current == first.count { return pair }
            // It has changed since; a higher count was added when it came about.
            if current > 1 && current < first.count { queue.add(CountedPair(pair: pair, count: current)) }
        }
        return nil
    }

    /// Replaces `pair` by `token` everywhere, from left to right in each piece.
    mutating func merge(_ pair: BytePairs.Pair, into token: Int32) {
        var raised: Set<Pair> = []
        for piece in holders.removeValue(forKey: pair) ?? [] { merge(pair, into: token, piece: Int(piece), &raised) }
        counts[pair] = nil
        for pair in raised {
            if let count = counts[pair], count > 1 { queue.add(CountedPair(pair: pair, count: count)) }
        }
    }

    private mutating func merge(_ pair: Pair, into token: Int32, piece: Int, _ raised: inout Set<Pair>) {
        let (start, frequency) = (pieces[piece].start, pieces[piece].frequency)
        let end = start + pieces[piece].tokenCount
        var (read, written) = (start, start)
        while read < end {
            guard read + 1 < end, tokens[read] == pair.left, tokens[read + 1] == pair.right else {
                tokens[written] = tokens[read]
                (read, written) = (read + 1, written + 1)
                continue
            }
            if written > start {
                let before = tokens[written - 1]
                add(-frequency, Pair(before, pair.left), piece: piece)
                add(frequency, Pair(before, token), piece: piece)
                raised.insert(Pair(before, token))
            }
            if read + 2 < end {
                let after = tokens[read + 2]
                add(-frequency, Pair(pair.right, after), piece: piece)
                add(frequency, Pair(token, after), piece: piece)
                raised.insert(Pair(token, after))
            }
            tokens[written] = token
            (read, written) = (read + 2, written + 1)
        }
        pieces[piece].tokenCount = written - start
    }

    private mutating func add(_ count: Int, _ pair: Pair, piece: Int) {
        counts[pair, default: 0] += count
        guard count > 0 else { return }
        if holders[pair]?.last != Int32(piece) { holders[pair, default: []].append(Int32(piece)) }
    }
}

/// A pair and how often it occurs, of which the most frequent one comes first. A pair may be in a queue with several counts.
private struct CountedPair: Comparable {
    let pair: BytePairs.Pair
    let count: Int

    static func < (one: CountedPair, other: CountedPair) -> Bool {
        (other.count, one.pair.left, one.pair.right) < (one.count, other.pair.left, other.pair.right)
    }
}
