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
        let alone = batch.sequence(sequence)
        let streams = state.streams.map { $0.sequence(sequence) }
        network.forward(alone, state: streams, purpose: .training)
        _ = network.loss(alone, divisor: divisor)
        network.backward(alone, shards: [0..<1], gradient: gradient)
        group.recorder.advance()
        return gradientNorm.norm(of: gradient).isFinite
    }
}

extension Batch {
    /// One of its sequences, as a batch.
    func sequence(_ sequence: Int) -> Batch {
        let times = 0..<lengths[sequence]
        func column<Element>(_ values: [Element], width: Int = 1) -> [Element] {
            times.flatMap { time in values[((time * sequenceCount + sequence) * width)..<((time * sequenceCount + sequence + 1) * width)] }
        }
        let ownInputs = inputs.map { input -> Input in
            switch input {
            case .tokens(let tokens): .tokens(column(tokens))
            case .vectors(let values, let featureCount): .vectors(column(values, width: featureCount), featureCount: featureCount)
            }
        }
        let ownTarget: Target?
        switch target {
        case nil: ownTarget = nil
        case .tokenEveryStep(let tokens): ownTarget = .tokenEveryStep(column(tokens))
        case .classAtEnd(let classes): ownTarget = .classAtEnd([classes[sequence]])
        case .vectorAtEnd(let values, let outputCount):
            ownTarget = .vectorAtEnd(Array(values[sequence * outputCount..<(sequence + 1) * outputCount]), outputCount: outputCount)
        }
        return Batch(
            timeCount: times.count, lengths: [times.count], inputs: ownInputs, target: ownTarget, globalIndices: [globalIndices[sequence]])
    }
}

extension RecurrentState {
    /// A copy of one sequence's state.
    func sequence(_ sequence: Int) -> RecurrentState {
        let copy = RecurrentState(layout, sequenceCount: 1)
        copy.values.copy(values.slice(from: sequence * copy.values.count, count: copy.values.count))
        return copy
    }
}

extension SequenceLosses {
    var areFinite: Bool { sums.allSatisfy(\.isFinite) }
}
