import Batches
public import Communication
public import Configuration
import Datasets
import Foundation
import Kernels
import Layers
import Models
public import Runs
public import StrictJSON
public import Threads
import Training

/// The learning rate range test (Smith, "Cyclical learning rates for training neural networks", WACV 2017): training steps whose rate rises exponentially,
/// and the loss over the rate. Nothing is kept of the training.
public struct RateTest: Sendable, Equatable {
    public struct Point: Sendable, Equatable {
        public let rate: Double
        /// Of the step's batch, before the step.
        public let loss: Double
        /// Mean of this loss and those of up to 4 steps before and behind it.
        public let smoothedLoss: Double
    }

    /// One for each step taken, with rising rates.
    public let points: [Point]
    /// Whether the test ended before its last rate, since the mean of 5 losses rose above its lowest by 3 times that and above the first step's loss, or a
    /// step wasn't finite.
    /// A loss near 0 that quadruples is still near 0.
    public let isDiverged: Bool

    private static let reach = 4
    /// Of the rise above the lowest loss to that, whose sign doesn't count: the loss of a distribution may be below 0.
    private static let greatestRise = 3.0

    /// - Parameter steps: rates and losses.
    package init(steps: [(rate: Double, loss: Double)], isDiverged: Bool) {
        points = steps.enumerated().map { index, step in
            let near = steps[max(0, index - Self.reach)...min(steps.count - 1, index + Self.reach)]
            return Point(rate: step.rate, loss: step.loss, smoothedLoss: near.reduce(0) { $0 + $1.loss } / Double(near.count))
        }
        self.isDiverged = isDiverged
    }

    /// Takes the steps. Collective: every rank has its share of each batch, as in training, and the points are the same on any number of them.
    /// - Parameters:
    ///   - rates: the first step's rate, and the last one's.
    ///   - stepCount: at least 2.
    /// - Throws: what a training run throws before it begins, and ``TrainingError/emptyPart(part:)`` without training data.
    public init(
        _ configuration: Configuration, data: RunData, rates: ClosedRange<Double>, stepCount: Int, group: any Communicator, team: ThreadTeam
    ) throws {
        // Checks memory, shards and ranks.
        _ = try TrainingPlan(configuration, data: data, group: group)
        let training = try RateTestSteps(configuration, data: data, group: group, team: team)
        var steps: [(rate: Double, loss: Double)] = []
        var lowestMean = Double.infinity
        var isDiverged = false
        for index in 0..<stepCount where !isDiverged {
            let rate = rates.lowerBound * pow(rates.upperBound / rates.lowerBound, Double(index) / Double(stepCount - 1))
            // Every rank takes rank 0's, since machines may round powers differently.
            let (loss, isTaken) = try training.take(learningRate: group.gatherEverywhere([rate])[0][0])
            if loss.isFinite { steps.append((rate, loss)) }
            let last = steps.suffix(5)
            let mean = last.reduce(0) { $0 + $1.loss } / Double(last.count)
            lowestMean = min(lowestMean, mean)
            isDiverged = !isTaken || Self.isDiverged(mean: mean, lowestMean: lowestMean, firstLoss: steps.first?.loss ?? loss)
        }
        self.init(steps: steps, isDiverged: isDiverged)
    }

    /// Whether a mean of 5 losses is that of a diverging training.
    package static func isDiverged(mean: Double, lowestMean: Double, firstLoss: Double) -> Bool {
        mean - lowestMean > greatestRise * abs(lowestMean) && mean > firstLoss
    }

    /// The point with the lowest mean loss; nil without points.
    public var lowest: Point? { points.min { $0.smoothedLoss < $1.smoothedLoss } }

    /// A tenth of the rate of the lowest mean loss, a usual choice; nil if it isn't a twentieth below the first one, so that there is nothing to choose by.
    public var proposal: Double? {
        guard let first = points.first, let lowest, first.smoothedLoss - lowest.smoothedLoss > 0.05 * abs(first.smoothedLoss) else { return nil }
        return max(first.rate, lowest.rate / 10)
    }

    public var json: JSONValue {
        .object([
            "proposal": proposal.map(JSONValue.real) ?? JSONValue(.null), "diverged": .bool(isDiverged),
            "points": .list(points.map { .object(["rate": .real($0.rate), "loss": .real($0.loss), "smoothedLoss": .real($0.smoothedLoss)]) }),
        ])
    }
}

/// The steps of a test: batches in the order of training, from the configuration's first weights.
private final class RateTestSteps {
    private let configuration: Configuration
    private let dataset: any Dataset
    private let group: any Communicator
    private let plan: ShardPlan
    private let step: BareStep
    private let streams: RecurrentState?
    private let classWeights: [Double]
    private var batches: any BatchSequence
    private var (epoch, batch) = (0, 0)

    init(_ configuration: Configuration, data: RunData, group: any Communicator, team: ThreadTeam) throws {
        self.configuration = configuration
        self.group = group
        dataset = data.dataset
        plan = try configuration.shardPlan(rankCount: group.rankCount)
        batches = dataset.batches(of: .training(epoch: 0))
        guard batches.batchCount > 0 else { throw TrainingError.emptyPart(part: "training") }
        classWeights = try configuration.training.classWeights.values(for: dataset.task)
        let shape = configuration.modelDescription(for: dataset)
        let network = Model(
            shape: shape, gates: configuration.parallelism.gates, precision: configuration.training.precision, team: team,
            embeddingGradient: .chosen(
                for: shape, rowCount: configuration.training.batch * dataset.longestTimeCount, shardCount: configuration.parallelism.shards),
            segmentLength: configuration.training.segmentLength, labelSmoothing: configuration.training.labelSmoothing)
        step = BareStep(
            network: network, optimizer: configuration.optimizer, clipping: configuration.training.clipping(of: network.plan), seed: configuration.seed, team: team)
        _ = try InitialWeights.read(
            for: configuration, meaning: try configuration.meaning(of: data.storedText), shape: shape, into: step.parameters, group: group)
        let places = plan.places(ofRank: group.rank, sequenceCount: configuration.training.batch)
        streams = dataset.carriesState ? RecurrentState(network.plan.state, sequenceCount: places.count) : nil
    }

    /// One step of training.
    /// - Returns: the batch's loss, and whether the optimizer's step was finite.
    func take(learningRate: Double) throws -> (loss: Double, isTaken: Bool) {
        let sequenceCount = batches.sequenceCount(ofBatch: batch)
        let own = batches.sequences(at: plan.places(ofRank: group.rank, sequenceCount: sequenceCount), ofBatch: batch)
        try dataset.requireSound()
        let shards = plan.localShards(ofRank: group.rank, sequenceCount: sequenceCount)
        let targetCount = batches.targetCount(ofBatch: batch)
        if dataset.startsFromZeroState(batch: batch) { streams?.reset() }
        let totals = step.network.needsTotals ? BatchTotals(batches, ofBatch: batch) : nil
        let losses = step.computeGradient(
            of: own, shards: shards, divisor: targetCount, totals: totals,
            classWeights: BatchClassWeights.scaled(classWeights, for: batches, batch: batch), state: streams)
        let sums = shards.map { $0.reduce(0) { $0 + losses.sums[$1] } }
        let loss = treeSum(try group.gatherEverywhere(sums).flatMap { $0 }) / Double(targetCount)
        try step.sumOverRanks(group, order: configuration.parallelism.reduction)
        let isTaken = loss.isFinite && step.update(learningRate: learningRate)
        batch += 1
        if batch == batches.batchCount {
            (epoch, batch) = (epoch + 1, 0)
            batches = dataset.batches(of: .training(epoch: epoch))
        }
        group.recorder.advance()
        return (loss, isTaken)
    }
}
