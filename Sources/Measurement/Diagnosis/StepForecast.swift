public import StrictJSON

/// Forecast of training speed by number of ranks and machines: measured if this machine can run it; otherwise computed from the measured time of a
/// rank's part and of the optimizer, plus the network's part of the sum.
public struct StepForecast: Sendable, Equatable {
    public struct Row: Sendable, Equatable {
        public let rankCount: Int
        public let nodeCount: Int
        public let threadCount: Int
        public let computeSeconds: Double
        public let sumSeconds: Double
        public let optimizerSeconds: Double
        /// Whether the whole row was measured.
        public let isMeasured: Bool
        /// Steps per second per core, relative to one rank with one thread.
        public let efficiency: Double

        public var secondsPerStep: Double { computeSeconds + sumSeconds + optimizerSeconds }
        public var stepsPerSecond: Double { 1 / secondsPerStep }
        public var coreCount: Int { rankCount * threadCount }
        public var sumShare: Double { sumSeconds / secondsPerStep }
    }

    /// Sorted by machines, then ranks, then threads. Empty if the model doesn't fit into memory.
    public let rows: [Row]

    /// An empty forecast.
    public init() { rows = [] }

    /// - Parameters:
    ///   - base: one rank with one thread.
    ///   - alone: one rank with the part of one of many, each on its own machine.
    ///   - groups: of ranks together.
    ///   - hostCount: number of machines that each of the groups spans.
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

    /// The fastest row that was measured on this machine or these machines.
    public var fastestMeasured: Row? { rows.filter(\.isMeasured).max { $0.stepsPerSecond < $1.stepsPerSecond } }

    /// The row with the fewest cores among those within a tenth of the fastest.
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
