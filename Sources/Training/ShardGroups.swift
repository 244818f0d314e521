import Batches
import Kernels
import Layers
import Models
import Threads

/// The parts of a rank's share of a batch that are worked off one after the other, so that activations of only one of them are in memory.
///
/// A part is an aligned group of shards, as the share of one of `count` times as many ranks is: its gradient is a node of the same tree.
struct ShardGroups {
    /// Per rank.
    let count: Int
    private let plan: ShardPlan
    private let rank: Int

    /// - Throws: ``ShardPlanError`` if a rank's shards can't be divided into so many groups.
    init(_ ranks: ShardPlan, rank: Int, count: Int) throws(ShardPlanError) {
        self.count = count
        self.rank = rank
        plan = try ShardPlan(shardCount: ranks.shardCount, rankCount: ranks.rankCount * count)
    }

    /// A group's sequences, counted from the rank's first, and its shards, counted from its own first.
    func group(_ group: Int, sequenceCount: Int) -> (sequences: Range<Int>, shards: [Range<Int>]) {
        let first = plan.places(ofRank: rank * count, sequenceCount: sequenceCount).lowerBound
        let places = plan.places(ofRank: rank * count + group, sequenceCount: sequenceCount)
        return (places.lowerBound - first..<places.upperBound - first, plan.localShards(ofRank: rank * count + group, sequenceCount: sequenceCount))
    }

    /// Groups of a rank into which `shards` can be divided.
    static func allowedCounts(_ shards: ShardPlan) -> [Int] {
        let ranks = ShardPlan.allowedRankCounts(shardCount: shards.shardCount)
        return (1...shards.shardsPerRank).filter { ranks.contains($0 * shards.rankCount) }
    }
}

/// Sums the gradients of a rank's groups in the tree over shards, with one buffer more for each level: neighbours in pairs, level by level; the last one of an
/// odd level moves up unchanged.
final class GroupGradients {
    private let team: ThreadTeam
    private let count: Int
    /// From one level's buffer to the next one's.
    private let stride: Int
    /// The levels above 0, which is the gradient itself.
    private let memory: FloatMemory
    private var depth = 0
    private var groupCount = 0

    /// Buffers beside the gradient for so many groups.
    static func extraBufferCount(groupCount: Int) -> Int {
        var (levels, groups) = (0, groupCount)
        while groups > 1 { (levels, groups) = (levels + 1, (groups + 1) / 2) }
        return levels
    }

    init(count: Int, groupCount: Int, team: ThreadTeam) {
        self.team = team
        self.count = count
        stride = (count + 15) / 16 * 16
        memory = FloatMemory(count: Self.extraBufferCount(groupCount: groupCount) * stride)
    }

    /// Where the next group's gradient is to be written: `gradient` for the first one.
    func next(_ gradient: FloatView) -> FloatView { level(depth, gradient) }

    /// Counts the group just written, and merges what is complete.
    func push(_ gradient: FloatView) {
        depth += 1
        groupCount += 1
        for _ in 0..<groupCount.trailingZeroBitCount { merge(gradient) }
    }

    /// Merges the rest: `gradient` is then the sum.
    func finish(_ gradient: FloatView) {
        while depth > 1 { merge(gradient) }
        (depth, groupCount) = (0, 0)
    }

    private func merge(_ gradient: FloatView) {
        let (sum, addend) = (level(depth - 2, gradient), level(depth - 1, gradient))
        let block = 4096
        team.run(taskCount: (count + block - 1) / block) { [count] index in
            let length = min(block, count - index * block)
            sum.slice(from: index * block, count: length).add(addend.slice(from: index * block, count: length))
        }
        depth -= 1
    }

    private func level(_ level: Int, _ gradient: FloatView) -> FloatView {
        level == 0 ? gradient : memory.view.slice(from: (level - 1) * stride, count: count)
    }
}

extension SequenceLosses {
    /// Those of further sequences behind them.
    mutating func append(_ other: SequenceLosses) {
        sums += other.sums
        rightCounts += other.rightCounts
        absoluteErrors += other.absoluteErrors
        scores += other.scores
    }
}
