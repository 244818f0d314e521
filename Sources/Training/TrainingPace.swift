import Batches
import Communication
import Optimization
import StrictJSON

/// How fast training goes and what is due: rank 0's clock decides, through ``Trainer``'s broadcast.
struct TrainingPace {
    private let configuration: Configuration
    private let shardCount: Int
    private let firstStep: Int
    private let clock = ContinuousClock()
    private let began: ContinuousClock.Instant
    private var lineBegan: ContinuousClock.Instant
    private var lastSave: ContinuousClock.Instant
    /// Since the last line: losses by shard, targets of all ranks, this rank's time steps.
    private var lineLoss: ShardSums
    private var lineTargetCount = 0
    private var lineTimeSteps = 0
    private var lineSaveSeconds = 0.0
    private var lastRate = 0.0
    private var lastNorm = 0.0

    init(configuration: Configuration, shardCount: Int, firstStep: Int) {
        self.configuration = configuration
        self.shardCount = shardCount
        self.firstStep = firstStep
        began = clock.now
        lineBegan = began
        lastSave = began
        lineLoss = ShardSums(shardCount: shardCount)
    }

    mutating func add(losses: [Double], shards: [Range<Int>], targetCount: Int, lengths: [Int], learningRate: Double, gradientNorm: Double) {
        lineLoss.add(losses, shards: shards)
        lineTargetCount += targetCount
        lineTimeSteps += lengths.reduce(0, +)
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

    /// A save has begun, for which training stood still so long.
    mutating func saved(afterSeconds seconds: Double) {
        lastSave = clock.now
        lineSaveSeconds += seconds
    }

    /// Mean loss since the last line. Collective.
    func meanLoss(over group: any Communicator) throws -> Double {
        // NaN where all steps were left out.
        try lineLoss.total(over: group) / Double(lineTargetCount)
    }

    /// Where training stands, with the mean `loss` of a line or an epoch. Collective.
    func progress(of trainer: Trainer, loss: Double, endsEpoch: Bool, validation: Evaluation?, isBest: Bool) throws -> TrainingProgress {
        let timeSteps = try trainer.group.gatherEverywhere([lineTimeSteps]).reduce(0) { $0 + $1[0] }
        let step = trainer.state.step
        let secondsPerStep = seconds(since: began) / Double(max(1, step - firstStep))
        return TrainingProgress(
            step: step, stepCount: trainer.stepCount, epoch: endsEpoch ? trainer.state.epoch : trainer.state.epoch + 1,
            epochCount: trainer.epochCount, loss: loss, endsEpoch: endsEpoch, validation: validation, isBest: isBest, learningRate: lastRate, gradientNorm: lastNorm,
            timeStepsPerSecond: Double(timeSteps) / max(1e-9, seconds(since: lineBegan)),
            elapsedSeconds: seconds(since: began), secondsLeft: secondsPerStep * Double(trainer.stepCount - step),
            saveSeconds: lineSaveSeconds)
    }

    /// Begins to count for the next line.
    mutating func beginLine() {
        lineBegan = clock.now
        lineLoss = ShardSums(shardCount: shardCount)
        lineTargetCount = 0
        lineTimeSteps = 0
        lineSaveSeconds = 0
    }

    private func seconds(since instant: ContinuousClock.Instant) -> Double {
        (clock.now - instant) / .seconds(1)
    }
}

extension TrainingProgress {
    /// A line of `metrics.jsonl`.
    var metrics: JSONValue {
        var members: [(String, JSONValue)] = [
            ("step", .integer(step)), ("epoch", .integer(epoch)), (endsEpoch ? "epochLoss" : "loss", .real(loss)),
        ]
        if let validation {
            members.append(("validationLoss", .real(validation.loss)))
            if let accuracy = validation.accuracy { members.append(("validationAccuracy", .real(accuracy))) }
            if let error = validation.absoluteError { members.append(("validationAbsoluteError", .real(error))) }
        }
        members += [
            ("learningRate", .real(learningRate)), ("gradientNorm", .real(gradientNorm)), ("timeStepsPerSecond", .real(timeStepsPerSecond)),
            ("elapsedSeconds", .real(elapsedSeconds)),
        ]
        if saveSeconds > 0 { members.append(("saveSeconds", .real(saveSeconds))) }
        return JSONValue(.object(members.map { JSONMember(key: $0.0, value: $0.1) }))
    }
}

extension Configuration {
    /// - Throws: ``TrainingError/shards(_:)`` if so many ranks can't share the shards and the sum must be exact.
    func shardPlan(rankCount: Int) throws -> ShardPlan {
        // Where MPI adds in its own order there is no tree to fit: a shard a rank will do.
        let isFree = parallelism.reduction == .fast && !ShardPlan.allowedRankCounts(shardCount: parallelism.shards).contains(rankCount)
        do {
            return try ShardPlan(shardCount: isFree ? rankCount : parallelism.shards, rankCount: rankCount)
        } catch {
            throw TrainingError.shards(error)
        }
    }

    var learningRateSchedule: LearningRate {
        switch optimizer.schedule {
        case .constant: .constant(optimizer.learningRate)
        case .step:
            .stepDecay(
                initial: optimizer.learningRate, factor: optimizer.decayFactor, everyEpochs: optimizer.decayEveryEpochs,
                holdEpochs: optimizer.decayAfterEpochs)
        }
    }
}
