import Communication
import Kernels

/// Sums over sequences by shard, so that their total doesn't depend on the assignment of shards to ranks.
struct ShardSums: Equatable {
    /// One sum per shard of this rank.
    private(set) var sums: [Double]

    init(shardCount: Int) {
        sums = Array(repeating: 0, count: shardCount)
    }

    init(_ sums: [Double]) {
        self.sums = sums
    }

    /// Adds the sequences' values to their shards, in order.
    mutating func add(_ values: [Double], shards: [Range<Int>]) {
        for (shard, sequences) in shards.enumerated() {
            for sequence in sequences { sums[shard] += values[sequence] }
        }
    }

    /// The total over all ranks' shards, in the fixed tree. Collective.
    func total(over group: any Communicator) throws -> Double {
        treeSum(try everywhere(over: group))
    }

    /// The totals of several sums of the same shards, in one message. Collective.
    static func totals(of list: [ShardSums], over group: any Communicator) throws -> [Double] {
        let ranks = try group.gatherEverywhere(list.flatMap(\.sums))
        return list.indices.map { place in
            let count = list[place].sums.count
            return treeSum(ranks.flatMap { $0[place * count..<(place + 1) * count] })
        }
    }

    /// All ranks' sums, in the order of shards. Collective.
    func everywhere(over group: any Communicator) throws -> [Double] {
        try group.gatherEverywhere(sums).flatMap { $0 }
    }
}
