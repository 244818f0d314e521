import Batches
import Kernels
import Layers
import Threads

/// A linear layer on every time step, and above it a linear-chain CRF (``ChainLattice``): the loss is -ln P of a sequence's classes.
///
/// Transitions' gradients are kept by sequence, and summed shard by shard as a bias's.
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
final class CRFHead: Head, @unchecked Sendable {
    /// Names of the parameters behind the linear layer's, as in Python's pytorch-crf.
    static let parameterNames = ["crf.transitions", "crf.start_transitions", "crf.end_transitions"]

    private let linear: LinearHead
    private let team: ThreadTeam
    private let sums: WeightGradients
    private let slots: [Parameter]
    private let weights: ChainWeights
    private let viterbi: Viterbi
    private let classCount: Int
    private let rowLosses = RowLosses()
    private let carriedSums = CarriedSums()
    private var latticeMemory = FloatMemory(count: 0)
    private var latticeCount = 0
    /// ∂L/∂(transitions, starts, ends) of each sequence, `[batch, pairStride]`.
    private var pairMemory = FloatMemory(count: 0)
    private let pairCount: Int
    private let pairStride: Int
    /// The most likely classes of each sequence of the last `score`, or `loss` that asked for them.
    private(set) var decoded: [[Int32]]?

    init(shape: ModelDescription, _ plan: LayerPlan, _ context: LayerContext) {
        linear = LinearHead(shape: shape, plan, precision: .float32, context)
        (team, sums) = (context.team, context.gradientSums)
        slots = Array(plan.parameters[2...])
        classCount = shape.outputs
        weights = ChainWeights(classCount: classCount)
        viterbi = Viterbi(weights: weights, rules: shape.labelRules)
        pairCount = slots.reduce(0) { $0 + $1.count }
        pairStride = (pairCount + 15) / 16 * 16
    }

    func load(_ parameters: FloatView) {
        linear.load(parameters)
        weights.load(transitions: slots[0].view(in: parameters), starts: slots[1].view(in: parameters), ends: slots[2].view(in: parameters))
    }

    var outputs: FloatView { linear.outputs }
    var outputWidth: Int { linear.outputWidth }

    /// After this, outputs are logarithms of each class's probability.
    func score(_ input: Signal, batch: Batch) {
        prepare(input, batch)
        var decoded = Array(repeating: [Int32](), count: batch.sequenceCount)
        decoded.withUnsafeMutableBufferPointer { decoded in
            // Each task has its own elements.
            let results = SequenceResults(decoded)
            forEachSequence(batch) { sequence, timeCount, lattice in
                results[sequence] = viterbi.classes(outputs, timeCount: timeCount) { self.start($0, sequence, batch) }
                _ = lattice.replaceByProbabilities(outputs, timeCount: timeCount, start: { self.start($0, sequence, batch) }, pairs: nil)
                for time in 0..<timeCount {
                    let row = outputs.slice(from: start(time, sequence, batch), count: classCount)
                    for index in 0..<classCount { row[index] = Float(naturalLogarithm(Double(row[index]))) }
                }
            }
        }
        self.decoded = decoded
    }

    func loss(_ input: Signal?, batch: Batch, _ settings: LossSettings, continues: Bool) -> SequenceLosses {
        guard let input, case .tokenEveryStep(let targets)? = batch.target, !continues, settings.labelSmoothing == 0, settings.classWeights.isEmpty
        else {
            preconditionFailure("a CRF reads whole sequences with a class at each step")
        }
        prepare(input, batch)
        rowLosses.begin(count: batch.timeCount * batch.sequenceCount)
        let (scale, decodes) = (settings.scale, settings.decodes)
        var kept = Array(repeating: TargetScores(), count: settings.keepsScores ? batch.sequenceCount : 0)
        var decoded = Array(repeating: [Int32](), count: batch.sequenceCount)
        decoded.withUnsafeMutableBufferPointer { decoded in
            let results = SequenceResults(decoded)
            let logarithms = settings.keepsScores ? SequenceScores(batch.lengths.map { $0 * classCount }) : nil
            forEachSequence(batch) { sequence, timeCount, lattice in
                func start(_ time: Int) -> Int { self.start(time, sequence, batch) }
                func target(_ time: Int) -> Int { Int(targets[time * batch.sequenceCount + sequence]) }
                if decodes { results[sequence] = viterbi.classes(outputs, timeCount: timeCount, start: start) }
                let own = lattice.score(of: target, timeCount: timeCount, outputs, start: start)
                let pairs = pairMemory.view.slice(from: sequence * pairStride, count: pairStride)
                pairs.fill(0)
                let loss = lattice.replaceByProbabilities(outputs, timeCount: timeCount, start: start, pairs: pairs) - own
                if let logarithms {
                    let own = logarithms.view(ofSequence: sequence)
                    for time in 0..<timeCount {
                        for index in 0..<classCount { own[time * classCount + index] = Float(naturalLogarithm(Double(outputs[start(time) + index]))) }
                    }
                }
                for time in 0..<timeCount {
                    let isRight = decodes && Int(results[sequence][time]) == target(time)
                    rowLosses.set(time * batch.sequenceCount + sequence, loss: time == 0 ? loss : 0, isRight: isRight)
                }
                differentiate(target, timeCount: timeCount, start: start, pairs: pairs, scale: scale)
            }
            guard let logarithms else { return }
            for sequence in kept.indices {
                kept[sequence].targets = (0..<batch.lengths[sequence]).map { targets[$0 * batch.sequenceCount + sequence] }
                kept[sequence].scores = logarithms.view(ofSequence: sequence).array()
                kept[sequence].decoded = results[sequence]
            }
        }
        self.decoded = decodes ? decoded : nil
        var losses = rowLosses.bySequence(sequenceCount: batch.sequenceCount, continues: false)
        losses.scores = kept
        return losses
    }

    /// Turns probabilities into derivatives: less 1 where the class is the target, times `scale`.
    private func differentiate(_ target: (Int) -> Int, timeCount: Int, start: (Int) -> Int, pairs: FloatView, scale: Float) {
        for time in 0..<timeCount {
            outputs[start(time) + target(time)] -= 1
            if time > 0 { pairs[target(time - 1) * classCount + target(time)] -= 1 }
        }
        pairs.copy(outputs.slice(from: start(0), count: classCount), to: classCount * classCount)
        pairs.copy(outputs.slice(from: start(timeCount - 1), count: classCount), to: classCount * classCount + classCount)
        pairs.scale(by: scale)
        for time in 0..<timeCount { outputs.slice(from: start(time), count: weights.width).scale(by: scale) }
    }

    /// Where the outputs of a time step begin.
    private func start(_ time: Int, _ sequence: Int, _ batch: Batch) -> Int { (time * batch.sequenceCount + sequence) * outputWidth }

    private func prepare(_ input: Signal, _ batch: Batch) {
        linear.score(input, batch: batch)
        latticeCount = ChainLattice.floatCount(timeCount: batch.timeCount, width: weights.width)
        if latticeMemory.count < team.threadCount * latticeCount { latticeMemory = FloatMemory(count: team.threadCount * latticeCount) }
        if pairMemory.count < batch.sequenceCount * pairStride { pairMemory = FloatMemory(count: batch.sequenceCount * pairStride) }
    }

    /// Calls `body` with each sequence and its valid time steps, and sets the rows past its end to 0.
    private func forEachSequence(_ batch: Batch, _ body: @Sendable (_ sequence: Int, _ timeCount: Int, _ lattice: ChainLattice) -> Void) {
        team.run(taskCount: team.threadCount) { part in
            let lattice = ChainLattice(weights: weights, alphas: latticeMemory.view.slice(from: part * latticeCount, count: latticeCount))
            for sequence in team.tasks(ofShare: part, taskCount: batch.sequenceCount) {
                body(sequence, batch.lengths[sequence], lattice)
                for time in batch.lengths[sequence]..<batch.timeCount { outputs.slice(from: start(time, sequence, batch), count: outputWidth).fill(0) }
            }
        }
    }

    func inputGradients(into target: GradientRows, batch: Batch) { linear.inputGradients(into: target, batch: batch) }

    func sumGradients(input: Signal, gradient: FloatView, rows: ShardedRows, sequences: ShardedRows, phase: AccumulationPhase) {
        linear.sumGradients(input: input, gradient: gradient, rows: rows, sequences: sequences, phase: phase)
        sums.sumRows(
            pairMemory.view, rowStride: pairStride, count: pairCount, rows: sequences, phase: phase,
            into: gradient.slice(from: slots[0].offset, count: pairCount), carried: carriedSums)
    }

    // MARK: Segments, which a CRF doesn't have

    func gatherLast(of input: Signal, batch: Batch, times: Range<Int>) { preconditionFailure("a CRF reads whole sequences") }
    func multiplyLastDerivatives(rowStride: Int, batch: Batch) { preconditionFailure("a CRF reads whole sequences") }
    func scatterLast(into rows: GradientRows, batch: Batch, times: Range<Int>) { preconditionFailure("a CRF reads whole sequences") }
}

/// Numbers of each sequence, written by several threads, each sequence's by one of them.
private final class SequenceScores: @unchecked Sendable {
    private let memory: FloatMemory
    private let starts: [Int]

    /// - Parameter counts: of each sequence.
    init(_ counts: [Int]) {
        starts = counts.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
        memory = FloatMemory(count: max(1, starts.last ?? 0))
    }

    func view(ofSequence sequence: Int) -> FloatView { memory.view.slice(from: starts[sequence], count: starts[sequence + 1] - starts[sequence]) }
}
