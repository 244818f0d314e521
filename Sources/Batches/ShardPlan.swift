/// Divides a global batch into shards, and assigns the shards to ranks.
///
/// The number of shards is fixed for a run, so that gradients are always summed in the same order: first a shard's sequences in order, then
/// the shards in a fixed binary tree (neighbours in pairs, level by level; the last one of an odd level moves up unchanged).
/// A rank owns an aligned block of shards whose size is a power of two, or all of them, so its sum is a node of that tree.
public struct ShardPlan: Sendable, Equatable {
    public let shardCount: Int
    public let rankCount: Int

    /// - Throws: ``ShardPlanError`` if `shardCount / rankCount` isn't a power of two, unless `rankCount` is 1.
    public init(shardCount: Int, rankCount: Int) throws(ShardPlanError) {
        guard Self.allowedRankCounts(shardCount: shardCount).contains(rankCount) else {
            throw .ranksDoNotDivide(shardCount: shardCount, rankCount: rankCount)
        }
        self.shardCount = shardCount
        self.rankCount = rankCount
    }

    /// 1, and each divisor of `shardCount` whose quotient is a power of two, ascending: 8 shards allow 1, 2, 4 and 8 ranks; 6 allow 1, 3 and 6.
    public static func allowedRankCounts(shardCount: Int) -> [Int] {
        (1...max(1, shardCount)).filter { ranks in
            ranks == 1 || (shardCount % ranks == 0 && (shardCount / ranks).nonzeroBitCount == 1)
        }
    }

    /// Number of shards per rank.
    public var shardsPerRank: Int { shardCount / rankCount }

    /// Shards of `rank`, by global number.
    public func shards(ofRank rank: Int) -> Range<Int> {
        rank * shardsPerRank..<(rank + 1) * shardsPerRank
    }

    /// Positions of `shard` in a global batch of `sequenceCount`. Shards differ by at most one sequence, and may be empty.
    public func places(ofShard shard: Int, sequenceCount: Int) -> Range<Int> {
        shard * sequenceCount / shardCount..<(shard + 1) * sequenceCount / shardCount
    }

    /// Positions of `rank` in a global batch of `sequenceCount`: those of its shards, which are adjacent.
    public func places(ofRank rank: Int, sequenceCount: Int) -> Range<Int> {
        let owned = shards(ofRank: rank)
        return places(ofShard: owned.lowerBound, sequenceCount: sequenceCount).lowerBound
            ..< places(ofShard: owned.upperBound - 1, sequenceCount: sequenceCount).upperBound
    }

    /// Position ranges of a rank's shards, counted from the rank's first sequence: one range per shard, in order.
    public func localShards(ofRank rank: Int, sequenceCount: Int) -> [Range<Int>] {
        let first = places(ofRank: rank, sequenceCount: sequenceCount).lowerBound
        return shards(ofRank: rank).map { shard in
            let range = places(ofShard: shard, sequenceCount: sequenceCount)
            return range.lowerBound - first..<range.upperBound - first
        }
    }
}

/// An invalid combination of ranks and shards.
public enum ShardPlanError: Error, Equatable, CustomStringConvertible {
    case ranksDoNotDivide(shardCount: Int, rankCount: Int)

    public var description: String {
        switch self {
        case .ranksDoNotDivide(let shardCount, let rankCount):
            let counts = ShardPlan.allowedRankCounts(shardCount: shardCount).map(String.init)
            let allowed = counts.count > 1 ? counts.dropLast().joined(separator: ", ") + " or " + counts[counts.count - 1] : "1"
            return """
                \(rankCount) ranks can't share \(shardCount) shards: each must own the same power of two of them. \
                Run with \(allowed) of them, set parallelism.shards to \(rankCount) or a power of two times that, \
                or parallelism.reduction to "fast".
                """
        }
    }
}
