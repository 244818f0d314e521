import Checkpoints
import Communication
import Configuration
import Kernels
import Layers
import Models
import Optimization
import Runs
import StrictJSON

/// The lowest validation loss of a run.
public struct BestValidation: Sendable, Equatable {
    public let loss: Double
    /// Optimizer steps that it came after; nil where an earlier version of the program didn't note it.
    public let step: Int?
}

/// All that training changes: what a checkpoint keeps.
final class TrainingState {
    private let parameterMemory: FloatMemory
    let optimizer: OptimizerState
    /// Where each of this rank's streams stands; nil if sequences are independent.
    let streams: RecurrentState?
    /// Optimizer steps done.
    var step = 0
    /// The epoch under way, from 0, and its batches done.
    var epoch = 0
    var batch = 0
    /// The epoch's losses so far, by this rank's shards, and the targets of all ranks that they are summed over.
    var epochLoss: ShardSums
    var epochTargetCount = 0
    /// Whether the last step was skipped: the gradient then belongs to no step.
    var lastStepWasSkipped = false
    /// Steps skipped, since their loss, gradient or update wasn't finite.
    var skippedStepCount = 0
    /// The lowest validation loss so far; nil before the first.
    var best: BestValidation?
    var stopping: EarlyStopping
    /// Nil where the weights aren't averaged.
    let averaging: Averaging?
    /// Of a schedule that depends on the validation loss; nil with the others.
    var plateau: PlateauDecay?

    init(shape: ModelDescription, parameterCount: Int, optimizer: OptimizerState, streamCount: Int?, shardCount: Int, configuration: Configuration) {
        parameterMemory = FloatMemory(count: parameterCount)
        self.optimizer = optimizer
        streams = streamCount.map { RecurrentState(ModelPlan(shape).state, sequenceCount: $0) }
        epochLoss = ShardSums(shardCount: shardCount)
        averaging = Averaging(configuration.training, parameterCount: parameterCount)
        stopping = EarlyStopping(configuration.training)
        plateau = configuration.optimizer.plateauDecay
        shape.initialize(parameterMemory.view, seed: configuration.seed)
    }

    /// The weights that steps change.
    var parameters: FloatView { parameterMemory.view }
    /// The weights that are validated, saved and used: the average, if there is one.
    var usedParameters: FloatView {
        guard let averaging, averaging.hasBegun else { return parameters }
        return averaging.values
    }

    /// What a checkpoint has beside the used weights: the optimizer's buffers, and with averaging the weights that steps change.
    var buffersBesideWeights: [FloatView] { optimizer.buffers + (averaging == nil ? [] : [parameters]) }

    /// Whether `loss`, of the weights as they are, is the lowest validation loss so far, which it then becomes.
    func improves(_ loss: Double) -> Bool {
        guard loss < best?.loss ?? .infinity else { return false }
        best = BestValidation(loss: loss, step: step)
        return true
    }

    /// Takes in the loss of a validation that was due.
    func judge(_ loss: Double) {
        stopping.add(loss)
        plateau?.add(loss)
        averaging?.judge(loss, parameters)
    }

    /// What follows from validations, for a manifest's `progress`.
    var judgementMembers: [JSONMember] { stopping.members + (plateau?.members ?? []) + (averaging?.members ?? []) }

    /// Takes what ``judgementMembers`` gave from a manifest's `progress`.
    /// - Parameter knowsLosses: whether its losses are comparable with those to come.
    func restoreJudgements(from progress: CheckpointProgress, knowsLosses: Bool = true) {
        if knowsLosses { stopping.restore(from: progress) }
        plateau?.restore(from: progress, knowsLosses: knowsLosses)
        averaging?.restore(from: progress, knowsLosses: knowsLosses)
    }

    /// Adds a batch's losses to the epoch's.
    func count(_ losses: SequenceLosses, shards: [Range<Int>], targetCount: Int) {
        lastStepWasSkipped = false
        epochLoss.add(losses.sums, shards: shards)
        epochTargetCount += targetCount
    }

    /// Begins to count for the next epoch.
    func endEpoch() {
        epochLoss = ShardSums(shardCount: epochLoss.sums.count)
        epochTargetCount = 0
    }

    /// SHA-256 of the used weights, as the bytes of the flat buffer in its documented order.
    func weightsSHA256() throws -> String { try usedParameters.sha256() }

    /// Collective.
    /// - Throws: ``TrainingError/weightsDiffer(step:values:)`` on all ranks, with those that have other weights than most.
    func requireSameWeights(over group: any Communicator) throws {
        let hashes = try group.gatherEverywhere(try parameters.sha256() + (averaging == nil ? "" : " and \(weightsSHA256())"))
        guard Set(hashes).count > 1 else { return }
        throw TrainingError.weightsDiffer(step: step, values: RankAgreement.groups(of: hashes))
    }

    /// Whether no weight is infinite or NaN.
    var weightsAreFinite: Bool {
        [parameters, usedParameters].allSatisfy { $0.withSpan { weights in weights.indices.allSatisfy { weights[$0].isFinite } } }
    }

    /// The size of the largest weight; NaN if one is.
    var largestWeight: Double {
        parameters.withSpan { weights in
            weights.indices.reduce(0) { largest, index in weights[index].isNaN || largest.isNaN ? .nan : max(largest, Double(abs(weights[index]))) }
        }
    }

    /// Goes on to the next batch.
    func advance(batchCount: Int) {
        step += 1
        batch += 1
        if batch == batchCount {
            batch = 0
            epoch += 1
        }
    }
}
