package import Batches
import Communication
import Configuration
import Runs

/// Measures training speed and decides when actions are due. Rank 0's clock decides, through ``Trainer``'s broadcast.
struct TrainingPace {
    private let configuration: Configuration
    private let shardCount: Int
    private let firstStep: Int
    /// A clock that stops while the machine sleeps.
    private let clock = SuspendingClock()
    private let began: SuspendingClock.Instant
    private var lineBegan: SuspendingClock.Instant
    private var lastSave: SuspendingClock.Instant
    /// Since the last line: losses by shard, targets of all ranks, this rank's time steps.
    private var lineLoss: ShardSums
    private var lineTargetCount = 0
    private var lineTimeSteps = 0
    private var lineSequences = 0
    /// Multiply-adds of this rank's products since the last line.
    private var lineMultiplyAdds = 0
    private var lineSaveSeconds = 0.0
    private var shownSampleCount = 0
    private var lastSampleTime: SuspendingClock.Instant
    private var lastRate = 0.0
    private var lastNorm = 0.0
    private var peak: RankPeak
    private var resumedFromStep: Int?
    /// Over all lines.
    private var phaseTimes: PhaseTimes?

    init(configuration: Configuration, shardCount: Int, firstStep: Int, isResumed: Bool, peak: RankPeak) {
        self.peak = peak
        resumedFromStep = isResumed ? firstStep : nil
        self.configuration = configuration
        self.shardCount = shardCount
        self.firstStep = firstStep
        began = clock.now
        lineBegan = began
        lastSave = began
        lastSampleTime = began
        lineLoss = ShardSums(shardCount: shardCount)
    }

    mutating func add(
        losses: [Double], shards: [Range<Int>], targetCount: Int, lengths: [Int], learningRate: Double, gradientNorm: Double,
        multiplyAdds: Int
    ) {
        lineLoss.add(losses, shards: shards)
        lineTargetCount += targetCount
        lineTimeSteps += lengths.reduce(0, +)
        lineSequences += lengths.count
        lineMultiplyAdds += multiplyAdds
        lastRate = learningRate
        lastNorm = gradientNorm
    }

    func lineIsDue(step: Int) -> Bool {
        let log = configuration.log
        return log.everySteps > 0 ? step % log.everySteps == 0 : seconds(since: lineBegan) >= log.everySeconds
    }

    func saveIsDue(step: Int) -> Bool {
        let checkpoint = configuration.checkpoint
        return (checkpoint.everySteps > 0 && step % checkpoint.everySteps == 0)
            || (checkpoint.everyMinutes > 0 && seconds(since: lastSave) >= 60 * checkpoint.everyMinutes)
    }

    /// Whether histograms and a sample of the model are due with a validation: with the first twenty, then more rarely, finally once a minute, and with
    /// the last. Otherwise a run of many short epochs would fill the disk. Training doesn't depend on it.
    mutating func sampleIsDue(isLast: Bool) -> Bool {
        let gap = min(60, seconds(since: began) / 20)
        guard isLast || shownSampleCount < 20 || seconds(since: lastSampleTime) >= gap else { return false }
        shownSampleCount += 1
        lastSampleTime = clock.now
        return true
    }

    /// Records that a save has started, for which training waited `seconds`.
    mutating func saved(afterSeconds seconds: Double) {
        lastSave = clock.now
        lineSaveSeconds += seconds
    }

    /// Mean loss since the last line. Collective.
    func meanLoss(over group: any Communicator) throws -> Double {
        // NaN if all steps were skipped.
        try lineLoss.total(over: group) / Double(max(1, lineTargetCount))
    }

    /// Training progress, with the mean `loss` of a line or an epoch. Collective.
    mutating func progress(
        of trainer: Trainer, loss: Double, endsEpoch: Bool, validation: Evaluation?, isBest: Bool, endsEarly: Bool, sample: String?
    ) throws -> TrainingProgress {
        let reading = trainer.phaseClock.takeReading()
        let rate = reading.trainingSeconds.map { 2e-9 * Double(lineMultiplyAdds) / $0 } ?? 0
        // The bursts don't count as time of the next line.
        if peak.compare(with: rate, rounds: 40) { trainer.phaseClock = PhaseClock() }
        let phaseTimes = try lineTimes(reading, of: trainer)
        let speeds = try LineSpeeds(
            timeSteps: lineTimeSteps, sequences: lineSequences, multiplyAdds: lineMultiplyAdds, peak: peak, seconds: reading.trainingSeconds,
            over: trainer.group)
        let step = trainer.state.step
        let secondsPerStep = seconds(since: began) / Double(max(1, step - firstStep))
        let resumed = resumedFromStep
        resumedFromStep = nil
        return TrainingProgress(
            step: step, stepCount: trainer.stepCount, epoch: endsEpoch ? trainer.state.epoch : trainer.state.epoch + 1,
            epochCount: trainer.epochCount, loss: loss, endsEpoch: endsEpoch, validation: validation, isBest: isBest, endsEarly: endsEarly,
            learningRate: lastRate, gradientNorm: lastNorm, timeStepsPerSecond: speeds.timeStepsPerSecond, sequencesPerSecond: speeds.sequencesPerSecond,
            peakShare: speeds.peakShare, phaseTimes: phaseTimes, sample: sample,
            resumedFromStep: resumed, elapsedSeconds: seconds(since: began), secondsLeft: endsEarly ? 0 : secondsPerStep * Double(trainer.stepCount - step),
            saveSeconds: lineSaveSeconds)
    }

    /// Phase times of all ranks since the last line. Collective.
    private mutating func lineTimes(_ reading: PhaseReading, of trainer: Trainer) throws -> PhaseTimes {
        let times = PhaseTimes(seconds: try trainer.group.gatherEverywhere(reading.seconds))
        phaseTimes = phaseTimes.map { $0 + times } ?? times
        return times
    }

    /// Phase times of all ranks since training began. Collective.
    mutating func allPhaseTimes(of trainer: Trainer) throws -> PhaseTimes {
        let rest = try lineTimes(trainer.phaseClock.takeReading(), of: trainer)
        return phaseTimes ?? rest
    }

    /// Resets the counts for the next line.
    mutating func beginLine() {
        lineBegan = clock.now
        lineLoss = ShardSums(shardCount: shardCount)
        lineTargetCount = 0
        lineTimeSteps = 0
        lineSequences = 0
        lineMultiplyAdds = 0
        lineSaveSeconds = 0
    }

    private func seconds(since instant: SuspendingClock.Instant) -> Double {
        max(0, (clock.now - instant) / .seconds(1))
    }
}

extension Configuration {
    /// - Throws: ``TrainingError/shards(_:)`` if the shards can't be divided among the ranks and the sum must be exact.
    package func shardPlan(rankCount: Int) throws -> ShardPlan {
        // If MPI adds in its own order there is no fixed tree, so one shard per rank is sufficient.
        let isFree = parallelism.reduction == .fast && !ShardPlan.allowedRankCounts(shardCount: parallelism.shards).contains(rankCount)
        do {
            return try ShardPlan(shardCount: isFree ? rankCount : parallelism.shards, rankCount: rankCount)
        } catch {
            throw TrainingError.shards(error)
        }
    }
}
