import Batches
import Testing

@Suite struct ShardPlanTests {
    /// Checks every plan of up to 16 shards with every batch of 0 to 40 sequences.
    private func forEveryPlan(_ check: (ShardPlan, Int) throws -> Void) throws {
        for shardCount in 1...16 {
            for rankCount in ShardPlan.allowedRankCounts(shardCount: shardCount) {
                let plan = try ShardPlan(shardCount: shardCount, rankCount: rankCount)
                for sequenceCount in 0...40 { try check(plan, sequenceCount) }
            }
        }
    }

    @Test("shards are disjoint, complete and in order, for every number of ranks and shards and every batch")
    func shardsCoverTheBatch() throws {
        try forEveryPlan { plan, sequenceCount in
            let places = (0..<plan.shardCount).flatMap { Array(plan.places(ofShard: $0, sequenceCount: sequenceCount)) }
            #expect(places == Array(0..<sequenceCount), "\(plan), \(sequenceCount) sequences")
        }
    }

    @Test("shards differ by at most one sequence, and are empty only if there are fewer sequences than shards")
    func shardsAreEven() throws {
        try forEveryPlan { plan, sequenceCount in
            let counts = (0..<plan.shardCount).map { plan.places(ofShard: $0, sequenceCount: sequenceCount).count }
            let least = sequenceCount / plan.shardCount
            #expect(counts.allSatisfy { $0 == least || $0 == least + 1 }, "\(plan), \(sequenceCount) sequences: \(counts)")
        }
    }

    @Test("a rank's positions are those of its shards, and the ranks cover the batch")
    func ranksOwnTheirShards() throws {
        try forEveryPlan { plan, sequenceCount in
            var all: [Int] = []
            for rank in 0..<plan.rankCount {
                let places = Array(plan.places(ofRank: rank, sequenceCount: sequenceCount))
                let shards = plan.shards(ofRank: rank)
                #expect(places == shards.flatMap { Array(plan.places(ofShard: $0, sequenceCount: sequenceCount)) })
                #expect(shards.count == plan.shardsPerRank && shards.lowerBound % plan.shardsPerRank == 0)
                all += places
            }
            #expect(all == Array(0..<sequenceCount), "\(plan), \(sequenceCount) sequences")
        }
    }

    @Test("local shards divide a rank's sequences, counted from its first")
    func localShards() throws {
        try forEveryPlan { plan, sequenceCount in
            for rank in 0..<plan.rankCount {
                let share = plan.places(ofRank: rank, sequenceCount: sequenceCount)
                let local = plan.localShards(ofRank: rank, sequenceCount: sequenceCount)
                let global = plan.shards(ofRank: rank).map { plan.places(ofShard: $0, sequenceCount: sequenceCount) }
                #expect(local.flatMap(Array.init) == Array(0..<share.count))
                #expect(local.map { $0.lowerBound + share.lowerBound } == global.map(\.lowerBound))
            }
        }
    }

    @Test("a shard's positions depend only on the global batch, not on the number of ranks")
    func ranksLeaveNoTrace() throws {
        try forEveryPlan { plan, sequenceCount in
            let alone = try ShardPlan(shardCount: plan.shardCount, rankCount: 1)
            for shard in 0..<plan.shardCount {
                #expect(
                    plan.places(ofShard: shard, sequenceCount: sequenceCount)
                        == alone.places(ofShard: shard, sequenceCount: sequenceCount))
            }
        }
    }

    @Test("allowed numbers of ranks are 1 and the divisors whose quotient is a power of two")
    func allowedRankCounts() {
        #expect(ShardPlan.allowedRankCounts(shardCount: 1) == [1])
        #expect(ShardPlan.allowedRankCounts(shardCount: 6) == [1, 3, 6])
        #expect(ShardPlan.allowedRankCounts(shardCount: 8) == [1, 2, 4, 8])
        #expect(ShardPlan.allowedRankCounts(shardCount: 9) == [1, 9])
        #expect(ShardPlan.allowedRankCounts(shardCount: 12) == [1, 3, 6, 12])
    }

    @Test("other numbers of ranks are rejected with a message that lists the allowed ones")
    func refusal() throws {
        for (shardCount, rankCount) in [(8, 3), (8, 16), (8, 0), (8, -1), (6, 2), (0, 2), (1, 2)] {
            #expect(throws: ShardPlanError.ranksDoNotDivide(shardCount: shardCount, rankCount: rankCount)) {
                try ShardPlan(shardCount: shardCount, rankCount: rankCount)
            }
        }
        #expect(
            ShardPlanError.ranksDoNotDivide(shardCount: 8, rankCount: 3).description == """
                3 ranks can't share 8 shards: each must own the same power of two of them. \
                Run with 1, 2, 4 or 8 of them, set parallelism.shards to 3 or a power of two times that, \
                or parallelism.reduction to "fast".
                """)
    }
}
