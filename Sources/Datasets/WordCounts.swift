/// How often each word of a text occurs.
struct WordCounts {
    private var counts: [[UInt8]: Int] = [:]
    private(set) var total = 0

    mutating func add(_ word: [UInt8]) {
        counts[word, default: 0] += 1
        total += 1
    }

    /// The words as a vocabulary: the most frequent first, of equally frequent ones the one with the lower bytes.
    /// - Parameters:
    ///   - limit: words that get a token, ``Vocabulary/unknown`` among them if some don't; 0 for all.
    ///   - hasUnknown: whether ``Vocabulary/unknown`` gets one in any case, for other texts.
    func vocabulary(limit: Int, hasUnknown: Bool = false) -> Vocabulary {
        var entries = sorted(Array(counts))
        let unknown = Array(Vocabulary.unknown.utf8)
        if limit > 0 && entries.count > limit || hasUnknown && counts[unknown] == nil {
            let known = entries.filter { $0.key != unknown }.prefix(limit > 0 ? limit - 1 : .max)
            let rest = total - known.reduce(0) { $0 + $1.value }
            entries = sorted(known + [(key: unknown, value: rest)])
        }
        return Vocabulary(words: entries.map { String(decoding: $0.key, as: UTF8.self) })
    }

    private func sorted(_ entries: [(key: [UInt8], value: Int)]) -> [(key: [UInt8], value: Int)] {
        entries.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key.lexicographicallyPrecedes($1.key) }
    }
}
