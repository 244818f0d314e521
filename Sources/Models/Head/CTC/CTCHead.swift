import Batches
import Kernels
import Layers
import Threads

/// A linear layer on every time step, and above it connectionist temporal classification (``CTCLattice``): the loss is -ln P of a sequence's symbols.
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes; each has a lattice of its own.
final class CTCHead: Head, @unchecked Sendable {
    private let linear: LinearHead
    private let team: ThreadTeam
    private let outputCount: Int
    private let lattices: [CTCLattice]
    /// The likeliest alignment of each sequence of the last `score`, or `loss` that asked for it.
    private(set) var decoded: [[Int32]]?

    init(shape: ModelDescription, _ plan: LayerPlan, _ context: LayerContext) {
        linear = LinearHead(shape: shape, plan, precision: .float32, context)
        team = context.team
        outputCount = shape.outputs
        lattices = (0..<team.threadCount).map { _ in CTCLattice() }
    }

    func load(_ parameters: FloatView) { linear.load(parameters) }
    var outputs: FloatView { linear.outputs }
    var outputWidth: Int { linear.outputWidth }

    /// After this, outputs are logarithms of each output's probability.
    func score(_ input: Signal, batch: Batch) {
        linear.score(input, batch: batch)
        decoded = forEachSequence(batch, result: [Int32]()) { _, rows, _ in
            let likeliest = rows.likeliest
            for time in 0..<rows.timeCount { rows.takeLogarithms(time) }
            return likeliest
        }
    }

    func loss(_ input: Signal?, batch: Batch, _ settings: LossSettings, continues: Bool) -> SequenceLosses {
        guard let input, case .transcripts(let targets)? = batch.target, !continues, settings.labelSmoothing == 0, settings.classWeights.isEmpty else {
            preconditionFailure("CTC reads whole sequences with a list of symbols each")
        }
        linear.score(input, batch: batch)
        let results = forEachSequence(batch, result: (loss: 0.0, likeliest: [Int32]())) { sequence, rows, lattice in
            let likeliest = settings.decodes ? rows.likeliest : []
            return (lattice.differentiate(targets[sequence], rows, scale: settings.scale), likeliest)
        }
        var losses = SequenceLosses(sequenceCount: batch.sequenceCount)
        losses.sums = results.map(\.loss)
        if settings.decodes {
            decoded = results.map(\.likeliest)
            let symbols = results.map { CTC.symbols(ofAlignment: $0.likeliest) }
            losses.rightCounts = zip(symbols, targets).map { $0 == $1 ? 1 : 0 }
            if settings.keepsScores {
                losses.scores = zip(symbols, targets).map { symbols, targets in
                    var kept = TargetScores()
                    (kept.targets, kept.decoded) = (targets, symbols)
                    return kept
                }
            }
        } else {
            decoded = nil
        }
        return losses
    }

    /// The result of `body` for each sequence, given its rows up to its end; sets the rows past that to 0.
    private func forEachSequence<Result: Sendable>(
        _ batch: Batch, result initial: Result, _ body: @Sendable (_ sequence: Int, _ rows: CTCRows, _ lattice: CTCLattice) -> Result
    ) -> [Result] {
        var all = Array(repeating: initial, count: batch.sequenceCount)
        all.withUnsafeMutableBufferPointer { buffer in
            // Each task has its own elements.
            let results = SequenceResults(buffer)
            team.run(taskCount: team.threadCount) { part in
                for sequence in team.tasks(ofShare: part, taskCount: batch.sequenceCount) {
                    let rows = CTCRows(
                        outputs: outputs, outputCount: outputCount, outputWidth: outputWidth, sequence: sequence, sequenceCount: batch.sequenceCount,
                        timeCount: batch.lengths[sequence])
                    results[sequence] = body(sequence, rows, lattices[part])
                    for time in batch.lengths[sequence]..<batch.timeCount { rows[time].fill(0) }
                }
            }
        }
        return all
    }

    func inputGradients(into target: GradientRows, batch: Batch) { linear.inputGradients(into: target, batch: batch) }

    func sumGradients(input: Signal, gradient: FloatView, rows: ShardedRows, sequences: ShardedRows, phase: AccumulationPhase) {
        linear.sumGradients(input: input, gradient: gradient, rows: rows, sequences: sequences, phase: phase)
    }

    // MARK: Segments, which CTC doesn't have

    func gatherLast(of input: Signal, batch: Batch, times: Range<Int>) { preconditionFailure("CTC reads whole sequences") }
    func multiplyLastDerivatives(rowStride: Int, batch: Batch) { preconditionFailure("CTC reads whole sequences") }
    func scatterLast(into rows: GradientRows, batch: Batch, times: Range<Int>) { preconditionFailure("CTC reads whole sequences") }
}
