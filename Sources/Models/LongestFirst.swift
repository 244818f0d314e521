import Batches
import Kernels
import Layers

/// The order in which a model has the sequences of a batch: the longest first. Then those that still have data at a time step are the first ones, and layers
/// leave out the others. The model's callers don't see the order, and no bit depends on it: a sequence's numbers don't depend on the others, and gradients are
/// summed in the order of the shards (``ShardedRows``).
struct LongestFirst {
    /// The batch's sequence at each place.
    let sequences: [Int]
    /// The place of each of the batch's sequences.
    let places: [Int]
    /// The batch in this order.
    let batch: Batch

    /// Nil if the sequences stand so already, as those of equal length do.
    init?(_ given: Batch) {
        let lengths = given.lengths
        guard zip(lengths, lengths.dropFirst()).contains(where: { $0 < $1 }) else { return nil }
        let sequences = lengths.indices.sorted { lengths[$0] == lengths[$1] ? $0 < $1 : lengths[$0] > lengths[$1] }
        var places = sequences
        for (place, sequence) in sequences.enumerated() { places[sequence] = place }
        (self.sequences, self.places) = (sequences, places)
        batch = given.sequences(sequences, timeCount: given.timeCount)
    }

    /// The losses in the batch's own order.
    func restored(_ losses: SequenceLosses) -> SequenceLosses {
        var restored = losses
        for (place, sequence) in sequences.enumerated() {
            restored.sums[sequence] = losses.sums[place]
            restored.rightCounts[sequence] = losses.rightCounts[place]
            restored.absoluteErrors[sequence] = losses.absoluteErrors[place]
            if !losses.scores.isEmpty { restored.scores[sequence] = losses.scores[place] }
        }
        return restored
    }

    /// Row `row` of outputs `[time, batch]` or `[batch]` in the batch's own order, as it stands in this one.
    func row(_ row: Int) -> Int {
        let (time, sequence) = row.quotientAndRemainder(dividingBy: places.count)
        return time * places.count + places[sequence]
    }
}
