public import StrictJSON

/// How fast a configuration trains on how many ranks and machines: measured where this machine can do it, and otherwise the measured time of a
/// rank's share and of the optimizer, with the network's part of the sum.
public struct StepForecast: Sendable, Equatable {
    public struct Row: Sendable, Equatable {
        public let rankCount: Int
        public let nodeCount: Int
        public let threadCount: Int
        public let computeSeconds: Double
        public let sumSeconds: Double
        public let optimizerSeconds: Double
        /// Whether all of it was measured as it is.
        public let isMeasured: Bool
        /// Steps a second for each core, as a share of those of one rank with one thread.
        public let efficiency: Double

        public var secondsPerStep: Double { computeSeconds + sumSeconds + optimizerSeconds }
        public var stepsPerSecond: Double { 1 / secondsPerStep }
        public var coreCount: Int { rankCount * threadCount }
        public var sumShare: Double { sumSeconds / secondsPerStep }
    }

    /// By machines, then ranks, then threads. None where the model doesn't fit into the memory.
    public let rows: [Row]

    /// A forecast of nothing.
    public init() { rows = [] }

    /// - Parameters:
    ///   - base: one rank with one thread.
    ///   - alone: one rank with the share of one of many, each of them on a machine of its own.
    ///   - groups: of ranks together.
    ///   - hostCount: machines that each of the groups spans.
    public init(base: StepTiming, alone: [StepTiming], groups: [GroupMeasurement], hostCount: Int, network: NodeNetwork) {
        func row(_ timing: StepTiming, sums: SumCurve?, hostCount: Int) -> Row {
            let isWhole = timing.rankCount == timing.measuredRankCount
            let inside = hostCount == 1 ? sums?.seconds(floatCount: timing.parameterCount) ?? 0 : 0
            let between = network.seconds(
                floatCount: timing.parameterCount, rankCount: timing.rankCount, ranksPerNode: timing.measuredRankCount / hostCount)
            let sumSeconds = isWhole ? timing.sumSeconds : inside + between
            let seconds = timing.computeSeconds + sumSeconds + timing.optimizerSeconds
            return Row(
                rankCount: timing.rankCount, nodeCount: timing.rankCount / timing.measuredRankCount * hostCount, threadCount: timing.threadCount,
                computeSeconds: timing.computeSeconds, sumSeconds: sumSeconds, optimizerSeconds: timing.optimizerSeconds, isMeasured: isWhole,
                efficiency: base.secondsPerStep / (seconds * Double(timing.rankCount * timing.threadCount)))
        }
        var rows = ([base] + alone).map { row($0, sums: nil, hostCount: 1) }
        for group in groups { rows += group.steps.map { row($0, sums: group.sums, hostCount: hostCount) } }
        self.rows = rows.sorted { ($0.nodeCount, $0.rankCount, $0.threadCount) < ($1.nodeCount, $1.rankCount, $1.threadCount) }
    }

    /// The fastest of the rows that were measured on this machine, or these.
    public var fastestMeasured: Row? { rows.filter(\.isMeasured).max { $0.stepsPerSecond < $1.stepsPerSecond } }

    /// Of all that come within a tenth of the fastest, the one with the fewest cores.
    public var sufficient: Row? {
        let best = rows.map(\.stepsPerSecond).max() ?? 0
        return rows.filter { $0.stepsPerSecond >= 0.9 * best }.min { $0.coreCount < $1.coreCount }
    }
}

extension StepForecast.Row {
    public var json: JSONValue {
        .object([
            "ranks": .integer(rankCount), "nodes": .integer(nodeCount), "threads": .integer(threadCount), "stepsPerSecond": .real(stepsPerSecond),
            "efficiency": .real(efficiency), "sumShare": .real(sumShare), "isMeasured": .bool(isMeasured), "computeSeconds": .real(computeSeconds),
            "sumSeconds": .real(sumSeconds), "optimizerSeconds": .real(optimizerSeconds),
        ])
    }
}
