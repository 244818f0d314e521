/// How a global batch is cut into shards, and which shards a rank owns.
///
/// The number of shards is fixed for a run, so that gradients are always summed in the same order: a shard's sequences one after the other,
/// then the shards in a fixed binary tree (neighbours in pairs, level by level; the odd one at a level's end moves up as it is).
/// A rank owns an aligned block of shards whose size is a power of two, or all of them, so its sum is a node of that tree.
public struct ShardPlan: Sendable, Equatable {
    public let shardCount: Int
    public let rankCount: Int

    /// - Throws: ``ShardPlanError`` if `rankCount` ranks can't own equal blocks of a power of two of shards.
    public init(shardCount: Int, rankCount: Int) throws(ShardPlanError) {
        guard Self.allowedRankCounts(shardCount: shardCount).contains(rankCount) else {
            throw .ranksDoNotDivide(shardCount: shardCount, rankCount: rankCount)
        }
        self.shardCount = shardCount
        self.rankCount = rankCount
    }

    /// One, and each divisor whose quotient is a power of two, ascending: 8 shards allow 1, 2, 4 and 8 ranks; 6 allow 1, 3 and 6.
    public static func allowedRankCounts(shardCount: Int) -> [Int] {
        (1...max(1, shardCount)).filter { ranks in
            ranks == 1 || (shardCount % ranks == 0 && (shardCount / ranks).nonzeroBitCount == 1)
        }
    }

    /// Shards that each rank owns.
    public var shardsPerRank: Int { shardCount / rankCount }

    /// Shards of `rank`, by their global numbers.
    public func shards(ofRank rank: Int) -> Range<Int> {
        rank * shardsPerRank..<(rank + 1) * shardsPerRank
    }

    /// Places in a global batch of `sequenceCount` that belong to `shard`. Shards differ by one sequence at most, and may be empty.
    public func places(ofShard shard: Int, sequenceCount: Int) -> Range<Int> {
        shard * sequenceCount / shardCount..<(shard + 1) * sequenceCount / shardCount
    }

    /// Places in a global batch of `sequenceCount` that belong to `rank`: its shards' places, which are neighbours.
    public func places(ofRank rank: Int, sequenceCount: Int) -> Range<Int> {
        let owned = shards(ofRank: rank)
        return places(ofShard: owned.lowerBound, sequenceCount: sequenceCount).lowerBound
            ..< places(ofShard: owned.upperBound - 1, sequenceCount: sequenceCount).upperBound
    }

    /// Sequences of a rank's share that belong to each of its shards, counted from the share's first: one range a shard, in order.
    public func localShards(ofRank rank: Int, sequenceCount: Int) -> [Range<Int>] {
        let first = places(ofRank: rank, sequenceCount: sequenceCount).lowerBound
        return shards(ofRank: rank).map { shard in
            let range = places(ofShard: shard, sequenceCount: sequenceCount)
            return range.lowerBound - first..<range.upperBound - first
        }
    }
}

/// Why ranks and shards don't fit.
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
