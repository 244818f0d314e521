import Batches
public import Communication
public import Configuration
public import Datasets
public import Kernels
import Layers
import Models
import Optimization
import Runs
public import Threads
import Training

/// Times real training steps of a configuration, on its own data, with the batch size of one rank's part. Writes nothing.
public struct StepProbe {
    private let configuration: Configuration
    private let dataset: any Dataset
    private let group: any Communicator
    private static let leastStepCount = 3

    /// Rank 0's decision after a step.
    private enum Pace: Int { case warmingUp, timing, done }

    public init(_ configuration: Configuration, dataset: any Dataset, group: any Communicator) {
        self.configuration = configuration
        self.dataset = dataset
        self.group = group
    }

    /// Times steps in which each of this group's ranks computes the part of one of `rankCount` ranks, all concurrently, so that they share the
    /// machine's memory bandwidth as in training. The gradient is summed only if this group is the whole group. Collective.
    /// - Parameter seconds: duration of timing; at least 3 steps are timed, after one or two untimed ones.
    /// - Throws: ``TrainingError/shards(_:)`` if the shards can't be divided among the ranks; ``TrainingError/emptyPart(part:)`` without training data.
    public func measure(rankCount: Int, precision: Precision, team: ThreadTeam, seconds: Double) throws -> StepTiming {
        let plan = try configuration.shardPlan(rankCount: rankCount)
        let batches = dataset.batches(of: .training(epoch: 0))
        guard batches.batchCount > 0 else { throw TrainingError.emptyPart(part: "training") }
        let network = network(precision, team)
        let step = BareStep(
            network: network, optimizer: configuration.optimizer, clipping: configuration.training.clipping(of: network.plan), seed: configuration.seed, team: team)
        let places = plan.places(ofRank: group.rank, sequenceCount: configuration.training.batch)
        let state = dataset.carriesState ? RecurrentState(step.network.plan.state, sequenceCount: places.count) : nil
        let clock = ContinuousClock()
        var began = clock.now
        var times: [Double] = []
        var stepCount = 0
        var pace = Pace.warmingUp
        while pace != .done {
            times += try take(step, batches, stepCount % batches.batchCount, plan: plan, state: state)
            stepCount += 1
            let elapsed = (clock.now - began) / .seconds(1)
            // The first step allocates memory; a second untimed one follows, unless steps are so long that this doesn't matter.
            let isWarm = pace == .timing || stepCount == 2 || elapsed > 0.5
            let isDone = pace == .timing && times.count >= 3 * Self.leastStepCount && elapsed >= seconds
            let next = Pace(rawValue: try group.broadcast((isDone ? Pace.done : isWarm ? .timing : .warmingUp).rawValue, from: 0)) ?? .done
            if pace == .warmingUp && next == .timing { (began, times) = (clock.now, []) }
            pace = next
        }
        return try StepTiming(
            timesOfRanks: group.gatherEverywhere(times), rankCount: rankCount, threadCount: team.threadCount, precision: precision,
            parameterCount: step.network.layout.count)
    }

    /// - Returns: seconds of this rank's forward and backward passes, including the batch; of the sum, or of waiting for the others; of the optimizer.
    private func take(
        _ step: BareStep, _ batches: any BatchSequence, _ index: Int, plan: ShardPlan, state: RecurrentState?
    ) throws -> [Double] {
        let clock = ContinuousClock()
        let began = clock.now
        let sequenceCount = batches.sequenceCount(ofBatch: index)
        let batch = batches.sequences(at: plan.places(ofRank: group.rank, sequenceCount: sequenceCount), ofBatch: index)
        if dataset.startsFromZeroState(batch: index) { state?.reset() }
        step.computeGradient(
            of: batch, shards: plan.localShards(ofRank: group.rank, sequenceCount: sequenceCount), divisor: batches.targetCount(ofBatch: index),
            totals: step.network.needsTotals ? BatchTotals(batches, ofBatch: index) : nil, state: state)
        let computed = clock.now
        if plan.rankCount == group.rankCount {
            try step.sumOverRanks(group, order: configuration.parallelism.reduction)
        } else {
            try group.barrier()
        }
        let summed = clock.now
        step.update(learningRate: configuration.optimizer.learningRate)
        let updated = clock.now
        return [(computed - began) / .seconds(1), (summed - computed) / .seconds(1), (updated - summed) / .seconds(1)]
    }

    private func network(_ precision: Precision, _ team: ThreadTeam) -> Model {
        let shape = configuration.modelDescription(for: dataset)
        return Model(
            shape: shape, gates: configuration.parallelism.gates, precision: precision, team: team,
            embeddingGradient: .chosen(
                for: shape, rowCount: configuration.training.batch * dataset.longestTimeCount, shardCount: configuration.parallelism.shards),
            segmentLength: configuration.training.segmentLength)
    }
}
