public import Files
import Kernels
import StrictJSON
import Training

/// Measurements of a machine, a group and a configuration before training, and the advice that follows from them.
public struct Diagnosis: Sendable {
    public let model: ModelFacts
    public let machine: MachineFacts
    public let ranks: [RankFacts]
    /// GFLOP/s of fused multiply-adds in the configuration's precision: of one core, and of all threads of all ranks.
    public let corePeak: Double
    public let wholePeak: Double
    /// Memory bandwidth of all ranks together, in bytes per second.
    public let memoryByteRate: Double
    /// Nil if the run directory isn't writable.
    public let disk: DiskFacts?
    /// A step in the other precision, of one rank with all its threads; nil if not measured.
    public let otherPrecision: StepTiming?
    public let groups: [GroupMeasurement]
    public let forecast: StepForecast
    /// Reasons why groups weren't measured.
    public let failures: [Advice]

    public init(
        model: ModelFacts, machine: MachineFacts, ranks: [RankFacts], corePeak: Double, wholePeak: Double, memoryByteRate: Double, disk: DiskFacts?,
        otherPrecision: StepTiming?, groups: [GroupMeasurement], forecast: StepForecast, failures: [Advice]
    ) {
        (self.model, self.machine, self.ranks, self.disk) = (model, machine, ranks, disk)
        (self.corePeak, self.wholePeak, self.memoryByteRate) = (corePeak, wholePeak, memoryByteRate)
        (self.otherPrecision, self.groups, self.forecast, self.failures) = (otherPrecision, groups, forecast, failures)
    }

    // MARK: Advice

    /// Warnings first.
    public var advice: [Advice] {
        let all = failures + machineAdvice + configurationAdvice + diskAdvice + speedAdvice
        return all.filter(\.isWarning) + all.filter { !$0.isWarning }
    }

    private var machineAdvice: [Advice] {
        var advice = ranks.compactMap { facts in
            facts.suggestedFlag.map { Advice.bind(rank: facts.rank, coreCount: facts.coreCount, share: facts.coreShare, flag: $0) }
        }.prefix(1).map { $0 }
        if machine.busyCoreCount > 0.2 { advice.append(.busyMachine(busyCoreCount: machine.busyCoreCount, coreCount: machine.coreCount)) }
        let threadCount = ranks.filter { $0.host == ranks[0].host }.reduce(0) { $0 + $1.threadCount }
        if let limit = machine.coreLimit, limit < Double(threadCount) { advice.append(.coreLimit(limit: limit, threadCount: threadCount)) }
        let unused = unusedInstructionSets()
        if !unused.isEmpty { advice.append(.rebuild(unused: unused)) }
        let wanted = model.leastByteCount * Double(ranks.count { $0.host == ranks[0].host })
        if wanted > Double(machine.availableByteCount) {
            advice.append(.littleMemory(wantedByteCount: wanted, availableByteCount: Double(machine.availableByteCount), way: model.memoryAdvice))
        }
        return advice
    }

    private var configurationAdvice: [Advice] {
        model.batch < model.shardCount ? [.emptyShards(batch: model.batch, shardCount: model.shardCount)] : []
    }

    private var diskAdvice: [Advice] {
        guard let disk else { return [] }
        var advice: [Advice] = []
        if disk.isVolatile { advice.append(.volatileDisk(path: disk.path)) }
        if disk.writeSeconds > 0.5 { advice.append(.slowDisk(seconds: disk.writeSeconds, path: disk.path)) }
        if model.runByteCount > Double(disk.freeByteCount) {
            advice.append(.littleSpace(wantedByteCount: model.runByteCount, freeByteCount: Double(disk.freeByteCount), path: disk.path))
        }
        return advice
    }

    private var speedAdvice: [Advice] {
        var advice: [Advice] = []
        let alone = forecast.rows.filter { $0.rankCount == 1 }
        if let one = alone.first(where: { $0.threadCount == 1 }), let many = alone.last(where: { $0.threadCount > 1 }) {
            let speedup = many.stepsPerSecond / one.stepsPerSecond
            if speedup < 1.3 { advice.append(.tooManyThreads(threadCount: many.threadCount, speedup: speedup)) }
        }
        if let other = otherPrecision, let own = alone.first(where: { $0.threadCount == other.threadCount }) {
            let speedup = own.secondsPerStep / other.secondsPerStep
            if other.precision == .bfloat16, speedup > 1.1 { advice.append(.useBFloat16(speedup: speedup)) }
            if other.precision == .float32, speedup > 1.1 { advice.append(.leaveBFloat16(speedup: speedup)) }
        }
        if let best = forecast.fastestMeasured {
            advice.append(.fastestHere(rankCount: best.rankCount, threadCount: best.threadCount, stepsPerSecond: best.stepsPerSecond))
        }
        if let enough = forecast.sufficient, let most = forecast.rows.last, enough.nodeCount < most.nodeCount {
            advice.append(.enoughNodes(nodeCount: enough.nodeCount, mostNodes: most.nodeCount, sumShare: most.sumShare))
        }
        return advice
    }
}
