import Batches
public import Configuration

/// A way to train the first steps of a configuration, which must give the same bits as any other.
public struct VerificationTrial: Equatable, Sendable {
    /// One stage of a trial: a group of ranks that resumes from the previous stage's checkpoint.
    public struct Leg: Equatable, Sendable {
        public let rankCount: Int
        public let threadCount: Int
        /// Whether it stops after its first step, instead of continuing to the last.
        public let stops: Bool
    }

    public let name: String
    public let legs: [Leg]

    /// The reference for comparison: one rank, one thread, no stop.
    public static let reference = VerificationTrial(name: "1 rank, 1 thread, no stop", legs: [Leg(rankCount: 1, threadCount: 1, stops: false)])

    /// One rank with two threads, each larger number of ranks, all stopped after a step; and one trial that changes its number of ranks at each stage.
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

    /// The numbers of ranks that the configuration allows, limited by the `coreCount` cores of the machine; up to 4 ranks are always allowed.
    public static func rankCounts(of configuration: Configuration, coreCount: Int) -> [Int] {
        ShardPlan.allowedRankCounts(shardCount: configuration.parallelism.shards).filter { $0 <= max(4, coreCount) }
    }
}
