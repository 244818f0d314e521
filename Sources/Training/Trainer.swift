import Batches
import Checkpoints
public import Communication
public import Configuration
import Datasets
import Kernels
import Layers
import Models
import Optimization
public import Runs
public import Threads

/// Trains a network: data-parallel over the group's ranks, multithreaded within each. One process is a group of one.
///
/// Its result, the weights, is a function of configuration and data alone: the same bits for any number of ranks and threads, and after any
/// number of stops and resumes.
public final class Trainer {
    /// What the outside world asks of a running trainer.
    public enum Request: Int, Sendable { case goOn, save, stop }

    public enum Outcome: Sendable, Equatable {
        /// At the last step.
        case finished
        /// Before it, since the validation loss doesn't improve.
        case finishedEarly
        case stopped
    }

    let configuration: Configuration
    let group: any Communicator
    let plan: ShardPlan
    let dataset: any Dataset
    let network: Model
    let state: TrainingState
    let runWriter: RunWriter
    let stepCount: Int
    let epochCount: Int
    let gradientNorm: GradientNorm
    let evaluator: Evaluator
    /// Rank 0's, where the model writes text.
    let sampleWriter: (any SampleSource)?
    let request: () -> Request
    let reporter: (any TrainingReporter)?
    var pace: TrainingPace
    var phaseClock = PhaseClock()
    let team: ThreadTeam
    let groups: ShardGroups
    /// If there are several groups.
    let groupGradients: GroupGradients?
    /// Where this rank's streams end after a batch of several groups.
    let finalStreams: RecurrentState?
    /// In the order of the outputs; empty for none.
    private let classWeights: [Double]
    private let clipping: GradientClipping
    private let optimizer: any Optimizer
    private let learningRate: LearningRate
    private let gradientMemory: FloatMemory

    // MARK: The algorithm

    /// Trains to the last step, until early stopping ends it, or until it is asked to stop. Collective.
    public func train() throws -> Outcome {
        phaseClock = PhaseClock()
        do { return try takeSteps() } catch {
            // The last checkpoint before a failure is the one that will be needed. The other ranks have nothing to wait for.
            group.recorder.beginAlone("waiting for the save under way")
            runWriter.awaitSave()
            throw error
        }
    }

    private func takeSteps() throws -> Outcome {
        while state.step < stepCount && !state.stopping.endsTraining {
            let batches = dataset.batches(of: .training(epoch: state.epoch))
            repeat {
                try takeStep(batches)
                if let outcome = try reactToStep(endsEpoch: state.batch == 0) { return outcome }
            } while state.batch != 0
        }
        return state.step < stepCount ? .finishedEarly : .finished
    }

    /// One mini-batch: this rank's share forward and backward, the gradient summed over ranks, clipped, and the optimizer's step.
    private func takeStep(_ batches: any BatchSequence) throws {
        enter(.batch)
        let (batch, shards, targetCount) = share(of: batches)
        try dataset.requireSound()
        if dataset.startsFromZeroState(batch: state.batch) { state.streams?.reset() }

        enter(.forward)
        network.profile.reset()
        let losses = computeGradient(
            of: batch, shards: shards, divisor: targetCount, sequenceCount: batches.sequenceCount(ofBatch: state.batch),
            totals: network.needsTotals ? BatchTotals(batches, ofBatch: state.batch) : nil,
            classWeights: BatchClassWeights.scaled(classWeights, for: batches, batch: state.batch))
        // A loss can be infinite where its derivative isn't: every rank learns of it from the sum.
        summed[gradient.count] = losses.areFinite ? 0 : 1
        enter(.waiting)
        try group.barrier()
        enter(.sum)
        try group.sumOverRanks(summed, order: configuration.parallelism.reduction)

        enter(.optimizer)
        if network.finishesGradient { team.gathered { network.finishGradient(gradient) } }
        let norm = summed[gradient.count] == 0 ? gradientNorm.norm(of: gradient) : .nan
        let rate = (state.plateau?.rate ?? learningRate.rate(atStep: state.step, inEpoch: state.epoch)) * batches.relativeLength(ofBatch: state.batch)
        // Every rank has the same gradient and weights, and so decides alike.
        let isTaken = norm.isFinite && update(gradientNorm: norm, learningRate: rate)
        if isTaken {
            network.layout.copyTied(in: state.parameters)
            state.averaging?.add(state.parameters, team: team)
            advanceStreams(batch)
            state.count(losses, shards: shards, targetCount: targetCount)
            pace.add(
                losses: losses.sums, shards: shards, targetCount: targetCount, lengths: batch.lengths, learningRate: rate, gradientNorm: norm,
                multiplyAdds: network.profile.multiplyAdds)
        } else {
            try skipStep(batch, losses: losses, divisor: targetCount, gradientNorm: norm, learningRate: rate)
        }
        state.advance(batchCount: batches.batchCount)
        reporter?.stepped(TrainingStep(
            step: state.step, loss: group.rankCount == 1 ? losses.sums.reduce(0, +) / Double(max(1, targetCount)) : nil, gradientNorm: norm,
            learningRate: rate))
    }

    /// Clips the gradient and takes the optimizer's step.
    /// - Returns: whether it was taken.
    private func update(gradientNorm norm: Double, learningRate: Double) -> Bool {
        let clipped = clipping.clip(gradient, norm: norm)
        return optimizer.update(
            state.parameters, gradient: gradient, gradientScale: clipped.scale, gradientBound: clipped.bound, learningRate: learningRate,
            state: state.optimizer, team: team)
    }

    /// This rank's sequences of the batch whose turn it is, which of them are which shard's, and the targets of the whole batch.
    private func share(of batches: any BatchSequence) -> (Batch, shards: [Range<Int>], targetCount: Int) {
        let sequenceCount = batches.sequenceCount(ofBatch: state.batch)
        return (
            batches.sequences(at: plan.places(ofRank: group.rank, sequenceCount: sequenceCount), ofBatch: state.batch),
            plan.localShards(ofRank: group.rank, sequenceCount: sequenceCount), batches.targetCount(ofBatch: state.batch)
        )
    }

    var gradient: FloatView { gradientMemory.view.slice(from: 0, count: gradientMemory.count - 1) }
    /// The gradient, and behind it the number of ranks whose loss isn't finite.
    private var summed: FloatView { gradientMemory.view }
    var hasValidation: Bool { dataset.batchCount(of: .evaluation(.validation)) > 0 }

    // MARK: Setting up

    /// Prepares a run: agrees with the other ranks, takes the run directory, restores the checkpoint to go on from. Collective.
    /// - Parameters:
    ///   - team: the threads of this rank.
    ///   - invocation: how the run was started, for commands in messages.
    ///   - request: asked after each step; only rank 0's answer counts.
    ///   - reporter: receives training events on rank 0 alone.
    ///   - sampleWriter: writes a sample at validations; made on rank 0 only, once the memory is known to suffice. Nil for none.
    public init(
        _ configuration: Configuration, data: RunData, runDirectory: String, resume: ResumeChoice, invocation: Invocation = Invocation(),
        group: any Communicator, team: ThreadTeam, request: @escaping () -> Request, reporter: (any TrainingReporter)?,
        sampleWriter: @autoclosure () -> (any SampleSource)? = nil
    ) throws {
        self.configuration = configuration
        self.group = group
        self.team = team
        self.request = request
        self.reporter = group.rank == 0 ? reporter : nil
        let training = try TrainingPlan(configuration, data: data, group: group)
        dataset = training.dataset
        plan = training.shards
        classWeights = training.classWeights
        let (plan, shape) = (training.shards, training.shape)
        network = Model(
            shape: shape, gates: configuration.parallelism.gates, precision: configuration.training.precision, team: team,
            embeddingGradient: .chosen(
                for: shape, rowCount: configuration.training.batch * dataset.longestTimeCount, shardCount: configuration.parallelism.shards),
            segmentLength: configuration.training.segmentLength, labelSmoothing: configuration.training.labelSmoothing)
        clipping = GradientClipping(configuration.training.clipping(of: network.plan), team: team)
        optimizer = configuration.optimizer.makeOptimizer()
        learningRate = configuration.optimizer.learningRateSchedule
        let count = network.layout.count
        groups = training.groups
        groupGradients = groups.count > 1 ? GroupGradients(count: count, groupCount: groups.count, team: team) : nil
        gradientMemory = FloatMemory(count: count + 1)
        gradientNorm = GradientNorm(count: count, team: team)
        let streamCount = dataset.carriesState ? configuration.training.batch : nil
        state = TrainingState(
            shape: shape, parameterCount: count, optimizer: optimizer.initialState(of: configuration.optimizer.ranges(of: network.layout)),
            streamCount: streamCount.map { plan.places(ofRank: group.rank, sequenceCount: $0).count }, shardCount: plan.shardsPerRank,
            configuration: configuration)
        finalStreams = groups.count > 1 ? state.streams.map { RecurrentState($0.layout, sequenceCount: $0.sequenceCount) } : nil
        let origin = try training.origin(readingInitialWeightsInto: state.parameters, group: group)
        runWriter = RunWriter(
            path: runDirectory, configuration: configuration,
            layout: CheckpointLayout(
                parameters: network.layout.tensorShapes, optimizerStateNames: configuration.optimizerStateNames, streams: shape.streamLayout(streamCount: streamCount)),
            origin: origin, batchesPerEpoch: training.batchesPerEpoch, invocation: invocation, group: group)
        let resumePoint = try runWriter.begin(resume, state: state, shardCount: plan.shardsPerRank, storedText: data.storedText)
        let epochBegin = state.step - state.batch
        stepCount = training.stepCount(step: state.step, epoch: state.epoch, batch: state.batch)
        let batchesPerEpoch = max(1, training.batchesPerEpoch)
        epochCount = state.epoch + max(0, stepCount - epochBegin + batchesPerEpoch - 1) / batchesPerEpoch
        evaluator = Evaluator(group: group, plan: plan, network: network, dataset: dataset, groups: groups)
        self.sampleWriter = group.rank == 0 ? sampleWriter() : nil
        pace = TrainingPace(
            configuration: configuration, shardCount: plan.shardsPerRank, firstStep: state.step, isResumed: resumePoint != nil,
            peak: RankPeak(rounds: 12) { MachinePeak.multiplyAddRate(of: team, precision: configuration.training.precision, rounds: $0) })
        self.reporter?.began(training.summary(runDirectory: runDirectory, threadCount: team.threadCount, resumePoint: resumePoint))
    }

    /// Optimizer steps that the run has taken, before this process too.
    public var step: Int { state.step }

    /// Where the run directory is now: elsewhere than at first if it was renamed. Rank 0's.
    public var runDirectory: String { runWriter.presentPath }

    /// Where the time of all ranks went since training began. Collective.
    public func phaseTimes() throws -> PhaseTimes { try pace.allPhaseTimes(of: self) }

    /// The lowest validation loss of the run so far and its step; nil before the first.
    public var best: BestValidation? { state.best }

    /// Validations since the last improvement, where training may end early.
    public var validationsSinceImprovement: Int { state.stopping.validationsSinceImprovement }

    /// SHA-256 of the weights, averaged if they are, as the bytes of the flat buffer in its documented order.
    public func weightsSHA256() throws -> String { try state.weightsSHA256() }
}
