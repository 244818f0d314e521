import Batches
public import Configuration

/// A way to train the first steps of a configuration that must end at the same bits as any other.
public struct VerificationTrial: Equatable, Sendable {
    /// A stretch of it: a group of ranks that starts from what the one before left.
    public struct Leg: Equatable, Sendable {
        public let rankCount: Int
        public let threadCount: Int
        /// Whether it is stopped after its first step, rather than going on to the last.
        public let stops: Bool
    }

    public let name: String
    public let legs: [Leg]

    /// What the others are held against: one rank, one thread, no stop.
    public static let reference = VerificationTrial(name: "1 rank, 1 thread, no stop", legs: [Leg(rankCount: 1, threadCount: 1, stops: false)])

    /// One rank with two threads, each greater number of ranks, all stopped after a step; and one that changes its number of ranks at each stop.
    /// - Parameter rankCounts: ascending.
    public static func trials(rankCounts: [Int]) -> [VerificationTrial] {
        let alone = rankCounts.contains(1) ? [trial(name: "1 rank, 2 threads", rankCount: 1, threadCount: 2)] : []
        let groups = rankCounts.filter { $0 > 1 }.map { trial(name: "\($0) ranks", rankCount: $0, threadCount: 1) }
        guard rankCounts.count > 1 else { return alone + groups }
        let order = Array(rankCounts.reversed())
        let changing = VerificationTrial(
            name: order.map { "\($0)" }.joined(separator: " → ") + " ranks",
            legs: order.enumerated().map { Leg(rankCount: $1, threadCount: 1, stops: $0 < order.count - 1) })
        return alone + groups + [changing]
    }

    private static func trial(name: String, rankCount: Int, threadCount: Int) -> VerificationTrial {
        let leg = { Leg(rankCount: rankCount, threadCount: threadCount, stops: $0) }
        return VerificationTrial(name: name + ", stopped once", legs: [leg(true), leg(false)])
    }

    /// The numbers of ranks that the configuration allows, as far as a machine of `coreCount` cores is used for a trial: 4 ranks run on any.
    public static func rankCounts(of configuration: Configuration, coreCount: Int) -> [Int] {
        ShardPlan.allowedRankCounts(shardCount: configuration.parallelism.shards).filter { $0 <= max(4, coreCount) }
    }
}
