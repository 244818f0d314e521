import Batches
import Kernels
import Layers
import Models
import Runs
import Threads

extension Trainer {
    /// What the passes of this step are for.
    var purpose: Purpose { .training(seed: configuration.seed, step: state.step) }

    /// Forward, loss and backward over this rank's share of a batch: overwrites the gradient.
    /// - Parameters:
    ///   - divisor: targets of the whole batch.
    ///   - totals: of the whole batch.
    ///   - classWeights: of the whole batch.
    func computeGradient(
        of batch: Batch, shards: [Range<Int>], divisor: Int, sequenceCount: Int, totals: BatchTotals?, classWeights: [Float]
    ) -> SequenceLosses {
        var losses = SequenceLosses(sequenceCount: 0)
        team.gathered {
            network.load(state.parameters, for: purpose)
            guard let groupGradients else {
                network.forward(batch, state: state.streams, for: purpose, classWeights: classWeights)
                losses = network.loss(batch, divisor: divisor)
                enter(.backward)
                return network.backward(batch, shards: shards, totals: totals, gradient: gradient)
            }
            for index in 0..<groups.count {
                let group = groups.group(index, sequenceCount: sequenceCount)
                let part = batch.sequences(group.sequences)
                let streams = state.streams?.sequences(group.sequences)
                enter(.forward)
                network.forward(part, state: streams, for: purpose, classWeights: classWeights)
                losses.append(network.loss(part, divisor: divisor))
                enter(.backward)
                network.backward(part, shards: group.shards, totals: totals, gradient: groupGradients.next(gradient))
                groupGradients.push(gradient)
                // The next group's forward pass overwrites where these sequences end.
                if let streams {
                    network.advance(streams, lengths: part.lengths)
                    finalStreams?.set(group.sequences, from: streams)
                }
            }
            groupGradients.finish(gradient)
        }
        return losses
    }

    /// Moves the streams to the end of a batch whose step was taken.
    func advanceStreams(_ batch: Batch) {
        guard let streams = state.streams else { return }
        if let finalStreams { streams.values.copy(finalStreams.values) } else { network.advance(streams, lengths: batch.lengths) }
    }
}
