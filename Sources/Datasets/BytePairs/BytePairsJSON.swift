import NumberText
import StrictJSON

extension BytePairs {
    /// `{"unit": "bpe", "merges": [[116, 104], [256, 101], …]}`, or `{"unit": "bpe", "tokenizer": …}` with what a tokenizer's file has.
    var value: JSONValue {
        if let tokenizerValue { return .object(["unit": .text(TextUnit.bpe.rawValue), "tokenizer": tokenizerValue]) }
        return .object(["unit": .text(TextUnit.bpe.rawValue), "merges": .list(merges.map { .list([.integer(Int($0.left)), .integer(Int($0.right))]) })])
    }

    /// Reads stored merges, or what was stored of a tokenizer.
    /// - Throws: ``DatasetError/malformedFile(path:line:column:reason:)`` for a pair of tokens that don't come before it, that stands twice, or that is longer
    ///   than a piece of text can be.
    init(stored: JSONValue, _ reader: StoredJSON) throws(DatasetError) {
        if stored["tokenizer"] != nil {
            try self.init(tokenizer: try reader.members(of: stored, named: ["unit", "tokenizer"])[1], reader)
            return
        }
        let members = try reader.members(of: stored, named: ["unit", "merges"])
        guard let list = members[1].arrayValue else { throw reader.error(members[1], "merges must be a list of pairs of tokens") }
        var merges: [Pair] = []
        var byteCounts = Array(repeating: 1, count: Self.byteCount)
        var seen: Set<Pair> = []
        for value in list {
            let tokens = value.arrayValue?.compactMap(\.integerValue) ?? []
            guard tokens.count == 2, value.arrayValue?.count == 2, tokens.allSatisfy(byteCounts.indices.contains) else {
                throw reader.error(value, "a merge must be a list of two tokens, each below \(byteCounts.count), its own number")
            }
            let (pair, byteCount) = (Pair(Int32(tokens[0]), Int32(tokens[1])), byteCounts[tokens[0]] + byteCounts[tokens[1]])
            guard seen.insert(pair).inserted else { throw reader.error(value, "a merge stands here for the second time") }
            guard byteCount <= TextReading.largestPieceByteCount else {
                throw reader.error(value, "this merge has more than \(TextReading.largestPieceByteCount) bytes, the most that a piece of text has")
            }
            merges.append(pair)
            byteCounts.append(byteCount)
        }
        self.init(merges: merges)
    }

    /// Adds what determines the tokens of a text.
    func add(to fingerprint: inout Fingerprint) {
        guard let tokenizerValue else {
            for pair in merges { fingerprint.add(Int(pair.left) << 32 | Int(pair.right)) }
            return
        }
        fingerprint.add("tokenizer \(tokenizerValue.serialized())")
    }

    /// Tokens of a learnt vocabulary altogether.
    /// - Parameter limit: as `data.vocabularySize` has it; 0 for the usual number.
    static func vocabularySize(_ limit: Int) throws(DatasetError) -> Int {
        let least = byteCount + 1
        guard limit == 0 || limit >= least else {
            throw .optionOutOfRange(
                key: "data.vocabularySize", found: "\(limit)",
                wanted: "at least \(least) with data.unit \"bpe\", since each byte has a token; or 0 for \(grouped(usualVocabularySize))")
        }
        return limit == 0 ? usualVocabularySize : limit
    }
}
