import Batches
import Checkpoints
public import Communication
import Datasets
import Kernels
import Network
import Optimization
public import Scheduling

/// Trains a network: data-parallel over the group's ranks, multithreaded within each. One process is a group of one.
///
/// Its result, the weights, is a function of configuration and data alone: the same bits for any number of ranks and threads, and after any
/// number of stops and resumes.
public final class Trainer {
    /// What the outside world asks of a running trainer.
    public enum Request: Int, Sendable { case goOn, save, stop }

    public enum Outcome: Sendable, Equatable { case finished, stopped }

    let configuration: Configuration
    let group: any Communicator
    let plan: ShardPlan
    let dataset: any Dataset
    let network: Network
    let state: TrainingState
    let keeper: RunKeeper
    let stepCount: Int
    private let team: GateTeam
    private let adam: Adam
    private let learningRate: LearningRate
    private let gradientMemory: FloatMemory
    private let gradientNorm: GradientNorm
    private let evaluator: Evaluator
    private let request: () -> Request
    private let reporter: (any TrainingReporter)?
    private var pace: TrainingPace

    // MARK: The algorithm

    /// Trains to the last step, or until it is asked to stop. Collective.
    public func train() throws -> Outcome {
        do { return try takeSteps() } catch {
            // The last checkpoint before a failure is the one that will be needed.
            keeper.awaitSave()
            throw error
        }
    }

    private func takeSteps() throws -> Outcome {
        while state.step < stepCount {
            let batches = dataset.batches(of: .training(epoch: state.epoch))
            repeat {
                try takeStep(batches)
                let isAskedToStop = try reactToStep(endsEpoch: state.batch == 0)
                if isAskedToStop { return .stopped }
            } while state.batch != 0 && state.step < stepCount
        }
        return .finished
    }

    /// One mini-batch: this rank's share forward and backward, the gradient summed over ranks, clipped, and Adam's step.
    private func takeStep(_ batches: any BatchSequence) throws {
        let sequenceCount = batches.sequenceCount(ofBatch: state.batch)
        let targetCount = batches.targetCount(ofBatch: state.batch)
        let batch = batches.sequences(at: plan.places(ofRank: group.rank, sequenceCount: sequenceCount), ofBatch: state.batch)
        let shards = plan.localShards(ofRank: group.rank, sequenceCount: sequenceCount)
        if dataset.startsFromZeroState(batch: state.batch) { state.streams?.reset() }

        var losses = Losses(sequenceCount: 0)
        team.gathered {
            network.load(state.parameters)
            network.forward(batch, state: state.streams)
            if let streams = state.streams { network.advance(streams, lengths: batch.lengths) }
            losses = network.loss(batch, divisor: targetCount)
            network.backward(batch, shards: shards, gradient: gradient)
        }
        try group.sumOverRanks(gradient, order: configuration.parallelism.reduction)

        let norm = gradientNorm.norm(of: gradient)
        let rate = learningRate.rate(inEpoch: state.epoch)
        guard norm.isFinite else { throw TrainingError.notFinite(step: state.step + 1, learningRate: rate, gradientNorm: norm) }
        adam.update(
            state.parameters, gradient: gradient, gradientScale: GradientNorm.scale(norm: norm, limit: configuration.training.clipNorm),
            learningRate: rate, state: state.adam, team: team)

        state.epochLoss.add(losses.sums, shards: shards)
        state.epochTargetCount += targetCount
        pace.add(losses: losses.sums, shards: shards, targetCount: targetCount, lengths: batch.lengths, learningRate: rate, gradientNorm: norm)
        state.advance(batchCount: batches.batchCount)
        reporter?.stepped(state.step, of: stepCount, gradientNorm: norm)
    }

    // MARK: What follows a step

    /// Tells, validates and saves as is due. Every decision is rank 0's, for only its clock and its signals count.
    /// - Returns: whether training is to stop before its last step.
    private func reactToStep(endsEpoch: Bool) throws -> Bool {
        let isLast = state.step == stepCount
        let due = try decide(endsEpoch: endsEpoch, isLast: isLast)
        var validation: Evaluation?
        var isBest = false
        if due.contains(.validation) {
            network.load(state.parameters)
            let evaluation = try evaluator.evaluate(.validation)
            isBest = state.improves(evaluation.loss)
            validation = evaluation
        }
        if due.contains(.line) { try tell(endsEpoch: endsEpoch, validation: validation, isBest: isBest) }
        if endsEpoch {
            state.epochLoss = ShardSums(shardCount: plan.shardsPerRank)
            state.epochTargetCount = 0
        }
        if due.contains(.save) || (isBest && configuration.checkpoint.best) {
            report(try keeper.save(state, validationLoss: validation?.loss))
            pace.saved()
        }
        if due.contains(.stop) || isLast { report(try keeper.finish()) }
        return due.contains(.stop) && !isLast
    }

    /// What is due after a step. Collective.
    private func decide(endsEpoch: Bool, isLast: Bool) throws -> Due {
        var due: Due = []
        let asked = request()
        let training = configuration.training
        let validationIsDue = training.validateEverySteps > 0 ? state.step % training.validateEverySteps == 0 : endsEpoch
        if endsEpoch || isLast || pace.lineIsDue(step: state.step) { due.insert(.line) }
        if hasValidation && (validationIsDue || isLast) { due.formUnion([.validation, .line]) }
        if isLast || asked != .goOn || pace.saveIsDue(step: state.step) { due.insert(.save) }
        if asked == .stop { due.insert(.stop) }
        return Due(rawValue: try group.broadcast(due.rawValue, from: 0))
    }

    private struct Due: OptionSet {
        let rawValue: Int
        static let line = Due(rawValue: 1)
        static let validation = Due(rawValue: 2)
        static let save = Due(rawValue: 4)
        static let stop = Due(rawValue: 8)
    }

    var epochCount: Int {
        let batchCount = dataset.batchCount(of: .training(epoch: 0))
        return batchCount > 0 ? (stepCount + batchCount - 1) / batchCount : 0
    }

    private var gradient: FloatView { gradientMemory.view }
    private var hasValidation: Bool { dataset.batchCount(of: .evaluation(.validation)) > 0 }

    // MARK: Setting up

    /// Prepares a run: agrees with the other ranks, takes the run directory, restores the checkpoint to go on from. Collective.
    /// - Parameters:
    ///   - threadCount: threads of this rank.
    ///   - request: asked after each step; only rank 0's answer counts.
    ///   - reporter: told on rank 0 alone.
    public init(
        _ configuration: Configuration, data: RunData, runDirectory: String, resume: ResumeChoice, group: any Communicator, team: GateTeam,
        request: @escaping () -> Request, reporter: (any TrainingReporter)?
    ) throws {
        self.configuration = configuration
        self.group = group
        self.team = team
        self.request = request
        self.reporter = group.rank == 0 ? reporter : nil
        dataset = data.dataset
        let dataset = data.dataset
        try group.agree { try RankAgreement(configuration: configuration, dataset: dataset) }.check(over: group)
        plan = try configuration.shardPlan(rankCount: group.rankCount)
        let plan = plan
        let shape = configuration.networkShape(for: dataset)
        let share = plan.places(ofRank: 0, sequenceCount: configuration.training.batch).count
        try group.agree {
            try shape.checkMemory(
                timeCount: configuration.keptTimeCount(dataset.longestTimeCount), sequenceCount: share, precision: configuration.training.precision)
        }
        network = Network(
            shape: shape, gates: configuration.gateMode, precision: configuration.training.precision, team: team,
            embeddingGradient: .chosen(
                for: shape, rowCount: configuration.training.batch * dataset.longestTimeCount, shardCount: configuration.parallelism.shards),
            segmentLength: configuration.training.segmentLength)
        let optimizer = configuration.optimizer
        adam = Adam(beta1: optimizer.beta1, beta2: optimizer.beta2, epsilon: optimizer.epsilon)
        learningRate = configuration.learningRateSchedule
        let count = network.layout.count
        gradientMemory = FloatMemory(count: count)
        gradientNorm = GradientNorm(count: count, team: team)
        let batchesPerEpoch = dataset.batchCount(of: .training(epoch: 0))
        stepCount = configuration.training.steps > 0 ? configuration.training.steps : configuration.training.epochs * batchesPerEpoch

        let streamCount = dataset.carriesState ? configuration.training.batch : nil
        state = TrainingState(
            shape: shape, parameterCount: count, adam: adam,
            streamCount: streamCount.map { plan.places(ofRank: group.rank, sequenceCount: $0).count }, shardCount: plan.shardsPerRank,
            seed: configuration.seed)
        keeper = RunKeeper(
            path: runDirectory, configuration: configuration, parameters: network.layout,
            streamLayout: shape.streamLayout(streamCount: streamCount), dataFingerprint: dataset.fingerprint, group: group)
        let recovery = try keeper.begin(resume, state: state, shardCount: plan.shardsPerRank, storedText: data.storedText)
        evaluator = Evaluator(group: group, plan: plan, network: network, dataset: dataset)
        pace = TrainingPace(configuration: configuration, shardCount: plan.shardsPerRank, firstStep: state.step)
        self.reporter?.began(
            RunSummary(
                runDirectory: runDirectory, shape: shape, parameterCount: count, rankCount: group.rankCount, threadCount: team.threadCount,
                shardCount: plan.shardCount, precision: configuration.training.precision, batchesPerEpoch: batchesPerEpoch, stepCount: stepCount,
                dataDescription: data.description, resumed: recovery?.checkpoint.path, resumedStep: state.step, resumedPrecision: recovery?.checkpoint.precision,
                passedOver: recovery?.passedOver ?? []))
    }

    /// SHA-256 of the weights, as the bytes of the flat buffer in its documented order.
    public func weightsSHA256() throws -> String { try state.weightsSHA256() }
}

// MARK: - Telling

extension Trainer {
    /// A line for the reader and one for the metrics. Collective.
    private func tell(endsEpoch: Bool, validation: Evaluation?, isBest: Bool) throws {
        let loss =
            endsEpoch
            ? try state.epochLoss.total(over: group) / Double(max(1, state.epochTargetCount)) : try pace.meanLoss(over: group)
        let progress = try pace.progress(of: self, loss: loss, endsEpoch: endsEpoch, validation: validation, isBest: isBest)
        try keeper.append(progress.metrics)
        reporter?.progressed(progress)
        report(try keeper.finishedSave())
        pace.beginLine()
    }

    private func report(_ checkpoint: CommittedCheckpoint?) {
        if let checkpoint { reporter?.saved(checkpoint) }
    }
}
