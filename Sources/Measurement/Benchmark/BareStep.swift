import Batches
import Communication
import Configuration
import Kernels
import Layers
import Models
import Optimization
import Runs
import Threads

/// A bare training step, for timing: the calls of ``Trainer``'s own step, without checkpoint, validation or log.
final class BareStep {
    let network: Model
    private let optimizer: any Optimizer
    private let seed: UInt64
    private let optimizerState: OptimizerState
    private let parameterMemory: FloatMemory
    private let gradientMemory: FloatMemory
    private let gradientNorm: GradientNorm
    private let clipping: GradientClipping
    private let team: ThreadTeam

    /// Initializes the parameters as a run with `seed` does.
    init(
        network: Model, optimizer settings: Configuration.OptimizerSettings = Configuration.OptimizerSettings(),
        clipping rule: GradientClipping.Rule = .norm(limit: 5), seed: UInt64 = 1, team: ThreadTeam
    ) {
        self.network = network
        self.seed = seed
        optimizer = settings.makeOptimizer()
        self.team = team
        let count = network.layout.count
        optimizerState = optimizer.initialState(of: settings.ranges(of: network.layout))
        parameterMemory = FloatMemory(count: count)
        gradientMemory = FloatMemory(count: count)
        gradientNorm = GradientNorm(count: count, team: team)
        clipping = GradientClipping(rule, team: team)
        network.shape.initialize(parameterMemory.view, seed: seed)
    }

    var parameters: FloatView { parameterMemory.view }

    /// Forward, loss and backward of this rank's part of a batch.
    /// - Parameters:
    ///   - divisor: number of targets of the whole batch.
    ///   - totals: of the whole batch; nil unless the network asks for them.
    ///   - classWeights: of the whole batch; empty for none.
    ///   - state: initial state of the sequences, replaced by their final state; nil for zeros.
    /// - Returns: the losses of its sequences.
    @discardableResult
    func computeGradient(
        of batch: Batch, shards: [Range<Int>], divisor: Int, totals: BatchTotals? = nil, classWeights: [Float] = [], state: RecurrentState? = nil
    ) -> SequenceLosses {
        let gradient = gradientMemory.view
        var losses = SequenceLosses(sequenceCount: 0)
        team.gathered {
            let purpose = Purpose.training(seed: seed, step: optimizerState.stepCount)
            network.load(parameterMemory.view, for: purpose)
            network.forward(batch, state: state, for: purpose, classWeights: classWeights)
            losses = network.loss(batch, divisor: divisor)
            network.backward(batch, shards: shards, totals: totals, gradient: gradient)
        }
        if let state { network.advance(state, lengths: batch.lengths) }
        return losses
    }

    /// Collective.
    func sumOverRanks(_ group: any Communicator, order: Configuration.ReductionOrder) throws {
        try group.sumOverRanks(gradientMemory.view, order: order)
    }

    /// Gradient norm, clipping and the optimizer's step.
    /// - Returns: whether it was taken: not where the gradient or the update isn't finite.
    @discardableResult
    func update(learningRate: Double) -> Bool {
        var isTaken = false
        team.gathered {
            network.finishGradient(gradientMemory.view)
            let norm = gradientNorm.norm(of: gradientMemory.view)
            guard norm.isFinite else { return }
            let clipped = clipping.clip(gradientMemory.view, norm: norm)
            isTaken = optimizer.update(
                parameterMemory.view, gradient: gradientMemory.view, gradientScale: clipped.scale, gradientBound: clipped.bound, learningRate: learningRate,
                state: optimizerState, team: team)
            if isTaken { network.layout.copyTied(in: parameterMemory.view) }
        }
        return isTaken
    }
}
