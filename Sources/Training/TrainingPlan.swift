import Batches
import Checkpoints
public import Communication
public import Configuration
import Datasets
import Layers
import Models
import Optimization
public import Runs

/// Plan of a run, checked before anything is written: ranks agree, shards can be divided among them, and memory suffices.
public struct TrainingPlan {
    let configuration: Configuration
    let data: RunData
    let shape: ModelDescription
    let shards: ShardPlan
    let groups: ShardGroups
    let memory: MemoryNeed
    let batchesPerEpoch: Int
    /// In the order of the outputs; empty for none.
    let classWeights: [Double]
    /// For the user.
    private let classWeightsNote: String?
    private let rankCount: Int

    /// Collective.
    /// - Throws: ``TrainingError`` if ranks have different settings, the shards can't be divided among them, or memory doesn't suffice.
    public init(_ configuration: Configuration, data: RunData, group: any Communicator) throws {
        let dataset = data.dataset
        self.configuration = configuration
        self.data = data
        rankCount = group.rankCount
        try group.agree { try RankAgreement(configuration: configuration, dataset: dataset) }.check(over: group)
        let shards = try configuration.shardPlan(rankCount: group.rankCount)
        self.shards = shards
        let groupCount = configuration.training.accumulate
        do {
            groups = try ShardGroups(shards, rank: group.rank, count: groupCount)
        } catch {
            throw TrainingError.groups(count: groupCount, shardCount: shards.shardCount, rankCount: shards.rankCount, allowed: ShardGroups.allowedCounts(shards))
        }
        shape = configuration.modelDescription(for: dataset)
        let memory = MemoryNeed(
            shape: shape, timeCount: configuration.keptTimeCount(dataset.longestTimeCount),
            sequenceCount: (shards.places(ofRank: 0, sequenceCount: configuration.training.batch).count + groupCount - 1) / groupCount,
            carriesState: dataset.carriesState, optimizerStateCount: configuration.optimizerStateNames.count + GroupGradients.extraBufferCount(groupCount: groupCount),
            dataByteCount: dataset.byteCount, precision: configuration.training.precision)
        try group.agree { try memory.check() }
        self.memory = memory
        batchesPerEpoch = dataset.batchCount(of: .training(epoch: 0))
        classWeights = try configuration.training.classWeights.values(for: dataset.task)
        classWeightsNote = try configuration.training.classWeights.note(for: dataset.task)
        try checkLearningRate()
        try checkValidation()
    }

    var dataset: any Dataset { data.dataset }

    /// - Throws: ``TrainingError/learningRateVanishes(from:learningRate:way:)`` if the schedule reaches a rate that is 0 in float32.
    private func checkLearningRate() throws {
        let stepCount = stepCount(step: 0, epoch: 0, batch: 0)
        guard batchesPerEpoch > 0, stepCount > 0 else { return }
        let schedule = configuration.optimizer.learningRateSchedule
        let countsEpochs = schedule.unit == .epoch
        let count = countsEpochs ? (stepCount - 1) / batchesPerEpoch + 1 : stepCount - schedule.warmupSteps
        guard let (time, rate) = schedule.firstVanishing(count: count) else { return }
        // Of its kind, before the first that has no rate.
        let found = countsEpochs ? time : time + schedule.warmupSteps
        let stepsBefore = countsEpochs ? found * batchesPerEpoch : found
        let limit = configuration.training.steps > 0 ? "training.steps to \(stepsBefore)" : "training.epochs to \(stepsBefore / batchesPerEpoch)"
        throw TrainingError.learningRateVanishes(
            from: countsEpochs ? "epoch \(found + 1) of \(count)" : "step \(found + 1) of \(stepCount)", learningRate: rate,
            way: "Raise \(configuration.optimizer.slowingKeys), or lower \(limit).")
    }

    /// - Throws: ``TrainingError/noValidation(key:)`` if a setting depends on validations, and there are none.
    private func checkValidation() throws {
        let optimizer = configuration.optimizer
        guard dataset.batchCount(of: .evaluation(.validation)) == 0 else { return }
        if configuration.training.patience > 0 { throw TrainingError.noValidation(key: "training.patience") }
        if optimizer.schedule == .plateau { throw TrainingError.noValidation(key: "optimizer.schedule \"plateau\"") }
        if configuration.training.averaging == .ntAsgd { throw TrainingError.noValidation(key: "training.averaging \"ntAsgd\"") }
    }

    /// Validations without improvement of a run that stopped early at `resumePoint`; nil if it didn't, or goes on.
    private func validationsSinceImprovement(at resumePoint: ResumePoint?) -> Int? {
        guard let resumePoint, !resumePoint.beginsEpoch else { return nil }
        var stopping = EarlyStopping(configuration.training)
        stopping.restore(from: resumePoint.recovery.checkpoint.manifest.progress)
        return stopping.endsTraining ? stopping.validationsSinceImprovement : nil
    }

    /// Total number of optimizer steps of a run that is at `step`, `batch` batches into `epoch`. Earlier epochs may have had other numbers of batches.
    func stepCount(step: Int, epoch: Int, batch: Int) -> Int {
        guard configuration.training.steps == 0 else { return configuration.training.steps }
        let later = (configuration.training.epochs - epoch).multipliedReportingOverflow(by: batchesPerEpoch)
        let all = (step - batch).addingReportingOverflow(later.partialValue)
        return later.overflow || all.overflow ? step : all.partialValue
    }

    /// A summary for the user.
    public func summary(runDirectory: String, threadCount: Int, resumePoint: ResumePoint?) -> RunSummary {
        let checkpoint = resumePoint?.recovery.checkpoint
        let progress = checkpoint?.manifest.progress ?? CheckpointProgress(step: 0, epoch: 0, positionInEpoch: 0, seed: 0)
        return RunSummary(
            runDirectory: runDirectory, task: dataset.task, shape: shape, parameterCount: ParameterLayout(shape).distinctCount, rankCount: rankCount, threadCount: threadCount,
            shardCount: shards.shardCount, precision: configuration.training.precision, batchesPerEpoch: batchesPerEpoch,
            stepCount: stepCount(step: progress.step, epoch: progress.epoch, batch: progress.positionInEpoch), averaging: averaging,
            dataDescription: data.description, dataNotes: data.notes + (classWeightsNote.map { [$0] } ?? []), dataParts: DataPart.allCases.compactMap(partSize),
            longestTimeCount: dataset.longestTimeCount, paddingShare: dataset.paddingShare, batch: configuration.training.batch, memory: memory, resumed: checkpoint?.path,
            resumedStep: progress.step, resumedEpoch: progress.epoch, resumedPosition: progress.positionInEpoch,
            validationsSinceImprovement: validationsSinceImprovement(at: resumePoint), resumedPrecision: checkpoint?.precision,
            resumedDifferences: resumePoint?.differences.map(\.description) ?? [], skippedCheckpoints: resumePoint?.recovery.skippedCheckpoints ?? [])
    }

    /// The average of the weights, in words.
    private var averaging: String? {
        let training = configuration.training
        switch training.averaging {
        case .none: return nil
        case .ema: return "moving average of the weights, decay \(training.averageDecay)"
        case .ntAsgd: return "mean of the weights, once a validation is worse than all but the last \(training.averagePatience)"
        }
    }

    private func partSize(_ part: DataPart) -> DataPartSize? {
        let batchCount = dataset.batchCount(of: part == .training ? .training(epoch: 0) : .evaluation(part))
        guard batchCount > 0 else { return nil }
        return DataPartSize(part: part, exampleCount: (dataset as? any ExampleSet)?.exampleCount(of: part), coverage: dataset.coverage(of: part))
    }
}
