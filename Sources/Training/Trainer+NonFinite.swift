import Batches
import Checkpoints
import Communication
import Configuration
import Kernels
import Layers
import Models
import Optimization
import Runs
import StrictJSON

extension Trainer {
    /// Skips the batch: weights, the optimizer's state, streams and losses stay unchanged. Collective.
    /// - Throws: ``TrainingError/notFinite(_:)`` if the configuration requests it, or the limit is reached.
    func skipStep(_ batch: Batch, losses: SequenceLosses, divisor: Int, gradientNorm: Double, learningRate: Double) throws {
        // If the gradient is finite but its update isn't, no sequence is the cause.
        let sequences = gradientNorm.isFinite ? [] : try offenders(in: batch, losses: losses, divisor: divisor)
        let sequenceCount = try group.gatherEverywhere([batch.sequenceCount]).reduce(0) { $0 + $1[0] }
        let isWholeBatch = sequenceCount > 1 && sequences.count == sequenceCount
        let skipped = SkippedStep(
            step: state.step + 1, learningRate: learningRate, gradientNorm: gradientNorm, largestWeight: isWholeBatch ? state.largestWeight : nil,
            sequences: sequences, skippedCount: state.skippedStepCount + 1)
        guard configuration.integrity.nonFinite == .skip, state.skippedStepCount < configuration.integrity.skipLimit else {
            throw TrainingError.notFinite(skipped)
        }
        state.lastStepWasSkipped = true
        state.skippedStepCount += 1
        try runWriter.append { (logs) throws(CheckpointError) in try logs.append(skipped) }
        reporter?.skipped(skipped)
    }

    /// Indices of sequences of all ranks whose loss isn't finite; if there are none, of those whose gradient isn't. Collective.
    private func offenders(in batch: Batch, losses: SequenceLosses, divisor: Int) throws -> [Int] {
        let byLoss = batch.globalIndices.indices.filter { !losses.sums[$0].isFinite }
        let found = try group.gatherEverywhere(byLoss.map { batch.globalIndices[$0] }).flatMap { $0 }
        if !found.isEmpty { return found }
        let byGradient = batch.globalIndices.indices.filter { !gradientIsFinite(ofSequence: $0, in: batch, divisor: divisor) }
        return try group.gatherEverywhere(byGradient.map { batch.globalIndices[$0] }).flatMap { $0 }
    }

    /// Whether the gradient of one sequence is finite. Overwrites the gradient.
    private func gradientIsFinite(ofSequence sequence: Int, in batch: Batch, divisor: Int) -> Bool {
        let alone = batch.sequences(sequence..<sequence + 1)
        let streams = state.streams?.sequences(sequence..<sequence + 1)
        network.forward(alone, state: streams, for: purpose)
        _ = network.loss(alone, divisor: divisor)
        network.backward(alone, shards: [0..<1], gradient: gradient)
        group.recorder.advance()
        return gradientNorm.norm(of: gradient).isFinite
    }
}

extension SequenceLosses {
    var areFinite: Bool { sums.allSatisfy(\.isFinite) }
}
