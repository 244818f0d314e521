import Batches
public import Communication
import Configuration
public import Kernels
public import Layers
import Models
import Optimization
import Runs
public import Threads
import Training

#if canImport(Glibc)
    import Glibc
#endif

/// Times whole training steps on random numbers: the calls of ``Trainer``'s own step, on this rank's part of each batch.
public final class StepBenchmark {
    private let shape: BenchmarkShape
    private let precision: Precision
    private let group: any Communicator
    private let team: ThreadTeam
    private let plan: ShardPlan
    private let step: BareStep
    private let profile = StepProfile()
    private let batches: [Batch]

    /// - Throws: ``TrainingError/shards(_:)`` if `shardCount` shards can't be divided among the ranks.
    public init(
        _ shape: BenchmarkShape, gates: GateMode, precision: Precision = .float32, segmentLength: Int = 0, shardCount: Int,
        group: any Communicator, team: ThreadTeam
    ) throws {
        self.shape = shape
        self.precision = precision
        self.group = group
        self.team = team
        do { plan = try ShardPlan(shardCount: shardCount, rankCount: group.rankCount) } catch { throw TrainingError.shards(error) }
        let embeddingGradient = EmbeddingGradient.chosen(
            for: shape.network, rowCount: shape.batch * shape.timeCount, shardCount: shardCount)
        let network = Model(
            shape: shape.network, gates: gates, precision: precision, team: team, embeddingGradient: embeddingGradient,
            segmentLength: segmentLength, profile: profile)
        step = BareStep(network: network, team: team)
        let places = plan.places(ofRank: group.rank, sequenceCount: shape.batch)
        batches = (0..<4).map { shape.sequences(at: places, ofBatch: $0) }
    }

    /// Runs steps for `seconds`, at least 5, after two untimed ones. Collective.
    public func run(seconds: Double) throws -> StepTimes {
        var peak = RankPeak(rounds: 50) { [team, precision] in MachinePeak.multiplyAddRate(of: team, precision: precision, rounds: $0) }
        for index in 0..<2 { _ = try takeStep(index) }
        profile.reset()
        try group.barrier()
        let clock = ContinuousClock()
        let began = clock.now
        var lastBurst = began
        var durations: [Double] = []
        var next = Next.step
        while next != .done {
            if next == .burstThenStep {
                peak.measure(rounds: 5)
                lastBurst = clock.now
            }
            durations.append(try takeStep(durations.count))
            let isDone = durations.count >= 5 && (clock.now - began) / .seconds(1) >= seconds
            next = isDone ? .done : clock.now - lastBurst > .milliseconds(50) ? .burstThenStep : .step
            // Rank 0's clock decides for all.
            next = Next(rawValue: try group.broadcast(next.rawValue, from: 0)) ?? .done
        }
        peak.measure(rounds: 50)
        return try times(durations, peak: peak)
    }

    private enum Next: Int { case done, step, burstThenStep }

    /// Runs one training step. - Returns: its seconds.
    private func takeStep(_ index: Int) throws -> Double {
        let clock = ContinuousClock()
        let began = clock.now
        let batch = batches[index % batches.count]
        let shards = plan.localShards(ofRank: group.rank, sequenceCount: shape.batch)
        step.computeGradient(of: batch, shards: shards, divisor: shape.targetCount)
        try profile.measure(.sumOverRanks) { try step.sumOverRanks(group, order: .exact) }
        profile.measure(.optimizer) { _ = step.update(learningRate: 0.001) }
        return (clock.now - began) / .seconds(1)
    }

    private func times(_ durations: [Double], peak: RankPeak) throws -> StepTimes {
        let sorted = durations.sorted()
        let stepCount = Double(durations.count)
        let phases = StepPhase.allCases.map { phase in
            StepTimes.Phase(
                phase: phase, milliseconds: profile.seconds(of: phase) / stepCount * 1e3,
                multiplyAdds: Double(profile.multiplyAdds(of: phase)) / stepCount)
        }
        let executed = phases.reduce(0) { $0 + 2 * $1.multiplyAdds }
        let median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        var peak = peak
        _ = peak.compare(with: executed / median / 1e9, rounds: 1000)
        // Gathered from all ranks: executed operations, peak rates, and the largest memory.
        let all = try group.gatherEverywhere([executed, peak.rate ?? .nan, peakMemoryByteCount()])
        let peakRate = all.reduce(0) { $0 + $1[1] }
        return StepTimes(
            shape: shape, precision: precision, threadCount: team.threadCount, rankCount: group.rankCount, parameterCount: step.network.layout.count,
            stepCount: durations.count, medianSeconds: median, bestSeconds: sorted[0], executedOperations: all.reduce(0) { $0 + $1[0] },
            peakRate: peakRate > 0 ? peakRate : nil, peakMemoryByteCount: all.reduce(0) { max($0, $1[2]) }, phases: phases)
    }
}

/// Peak resident memory of this process in bytes.
func peakMemoryByteCount() -> Double {
    // Linux's own figure, because getrusage's includes the peak of the process that started this one.
    if let file = fopen("/proc/self/status", "r") {
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            guard text.hasPrefix("VmHWM:"), let kilobytes = text.split(whereSeparator: { " \t".contains($0) }).dropFirst().first else { continue }
            return (Double(kilobytes) ?? 0) * 1024
        }
    }
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) * 1024
}
