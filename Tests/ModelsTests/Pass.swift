import Batches
import Kernels
import Layers
import Models
import ReferenceModel
import Threads

/// What one training step over a batch gives.
struct Pass {
    var losses: SequenceLosses
    /// Of each row of the head: time · batch + sequence, or the sequence. Empty for padding.
    var outputs: [[Float]]
    var gradient: [Float]
    /// Where each sequence ended, `[batch, layers, 2, hidden]`.
    var states: [Float]

    /// Of outputs, gradient and states.
    var bits: Bits { Bits(Array(outputs.joined()) + gradient + states) }
    var loss: Double { losses.sums.reduce(0, +) }
}

extension Model {
    /// One step from `parameters`: load, forward, loss, backward, and what follows the sum over ranks.
    /// - Parameters:
    ///   - scores: whether outputs are wanted, which segments don't keep.
    ///   - isSummed: whether the gradient is that of the whole batch, so that ``finishGradient(_:)`` may follow.
    func pass(
        _ batch: Batch, parameters: FloatView, divisor: Int, shards: [Range<Int>], state: RecurrentState? = nil, scores: Bool = true,
        totals: BatchTotals? = nil, isSummed: Bool = true, for purpose: Purpose = .training(seed: 1, step: 0),
        classWeights: [Float] = []
    ) -> Pass {
        load(parameters, for: purpose)
        forward(batch, state: state, for: purpose, classWeights: classWeights)
        let rowCount = shape.head == .everyStep ? batch.timeCount * batch.sequenceCount : batch.sequenceCount
        if scores { score(batch) }
        let outputs = !scores ? [] : (0..<rowCount).map { row -> [Float] in
            let isPadding = shape.head == .everyStep && row / batch.sequenceCount >= outputStepCount(ofSequence: row % batch.sequenceCount)
            return isPadding ? [] : self.outputs(row: row).array()
        }
        let losses = loss(batch, divisor: divisor)
        let gradient = FloatMemory(count: layout.count)
        gradient.view.fill(.nan)  // so that what isn't overwritten shows
        backward(batch, shards: shards, totals: totals, gradient: gradient.view)
        if isSummed { finishGradient(gradient.view) }
        let end = RecurrentState(ModelPlan(shape).state, sequenceCount: batch.sequenceCount)
        if batch.sequenceCount > 0 { advance(end, lengths: batch.lengths) }
        return Pass(losses: losses, outputs: outputs, gradient: gradient.view.array(), states: end.values.array())
    }
}

/// How a pass is computed: nothing here may change a bit, save `shardCount`.
struct Setting: Sendable, CustomStringConvertible {
    var threads = 1
    var precision = Precision.float32
    var gates = GateMode.fused
    var shardCount = 1
    /// Like the number of shards, another order of summation.
    var embedding = EmbeddingGradient.byRow
    /// 0 for all time steps at once.
    var segmentLength = 0
    /// Changes loss and gradient.
    var labelSmoothing = 0.0
    /// As well; empty for none.
    var classWeights: [Float] = []

    var description: String {
        "\(precision), \(threads) threads, \(gates.rawValue), \(shardCount) shards, embedding \(embedding), segments of \(segmentLength), "
            + "label smoothing \(labelSmoothing), class weights \(classWeights)"
    }

    func network(_ shape: ModelDescription) -> Model {
        Model(
            shape: shape, gates: gates, precision: precision, team: ThreadTeam(threadCount: threads, spins: threads < 3), embeddingGradient: embedding,
            segmentLength: segmentLength, labelSmoothing: labelSmoothing)
    }

    /// Sequences of each shard of a batch, of one rank.
    func shards(sequenceCount: Int) throws -> [Range<Int>] {
        try ShardPlan(shardCount: shardCount, rankCount: 1).localShards(ofRank: 0, sequenceCount: sequenceCount)
    }
}

extension ReferenceModel {
    /// The parameters as a flat buffer.
    func flatParameters(_ layout: ParameterLayout) -> FloatMemory {
        let memory = FloatMemory(count: layout.count)
        for parameter in layout.parameters {
            memory.view.copy(parameters[parameter.name, default: []].map(Float.init), to: parameter.offset)
        }
        return memory
    }
}

extension Example {
    /// The pass over all sequences.
    func pass(_ setting: Setting) throws -> Pass {
        let sequences = sequences()
        let network = setting.network(shape)
        let parameters = try model().flatParameters(network.layout)
        return try network.pass(
            sequences.batch(), parameters: parameters.view, divisor: sequences.targetCount,
            shards: setting.shards(sequenceCount: lengths.count), state: sequences.state(shape: shape), scores: setting.segmentLength == 0, classWeights: setting.classWeights)
    }
}
