import Checkpoints
import FileFixtures
import Files
import Foundation
import SeededRandomness
import StrictJSON
import Testing

/// A small model's parameters; one is empty and one has no dimension.
let modelLayout = [
    TensorShape(name: "rnn.weight_ih_l0", dimensions: [8, 3]), TensorShape(name: "rnn.weight_hh_l0", dimensions: [8, 2]),
    TensorShape(name: "empty", dimensions: [0, 5]), TensorShape(name: "scale", dimensions: []), TensorShape(name: "head.bias", dimensions: [3]),
]
let optimizerStateNames = ["m", "v"]
let streamLayout = [TensorShape(name: "hidden", dimensions: [1, 4, 2]), TensorShape(name: "cell", dimensions: [1, 4, 2])]

func snapshot(
    of layout: [TensorShape] = modelLayout, step: Int, loss: Double? = nil, streams: Bool = true, _ numbers: inout SeededGenerator
) -> CheckpointSnapshot {
    let progress = CheckpointProgress(
        step: step, epoch: 1, positionInEpoch: step % 7, seed: .max, validationLoss: loss, other: .object(["examples": .integer(step * 50)]))
    var snapshot = CheckpointSnapshot(layout: layout, optimizerStateNames: optimizerStateNames, streamLayout: streams ? streamLayout : [], progress: progress)
    let count = layout.elementCount
    snapshot.copy(weights: awkwardFloats(count, &numbers).span)
    for index in optimizerStateNames.indices { snapshot.copy(optimizerState: awkwardFloats(count, &numbers).span, at: index) }
    if streams { snapshot.copy(streams: awkwardFloats(streamLayout.elementCount, &numbers).span) }
    return snapshot
}

/// Everything that a checkpoint gives back, as bits.
struct Restored: Equatable {
    var progress: CheckpointProgress
    var weights: [UInt32]
    var optimizerStates: [[UInt32]]
    var streams: [UInt32]

    init(_ snapshot: CheckpointSnapshot) {
        progress = snapshot.progress
        weights = bits(snapshot.weights)
        optimizerStates = snapshot.optimizerStates.map(bits)
        streams = bits(snapshot.streams)
    }

    init(_ checkpoint: StoredCheckpoint, of layout: [TensorShape] = modelLayout) throws {
        let count = layout.elementCount
        var weights = [Float](repeating: 7, count: count)
        var streams = [Float](repeating: 7, count: checkpoint.streams == nil ? 0 : streamLayout.elementCount)
        var weightsSpan = weights.mutableSpan
        try checkpoint.readWeights(layout, into: &weightsSpan)
        optimizerStates = []
        for index in optimizerStateNames.indices {
            var state = [Float](repeating: 7, count: count)
            var span = state.mutableSpan
            try checkpoint.readOptimizerState(at: index, of: optimizerStateNames, layout, into: &span)
            optimizerStates.append(bits(state))
        }
        var streamsSpan = streams.mutableSpan
        try checkpoint.readStreams(checkpoint.streams == nil ? [] : streamLayout, into: &streamsSpan)
        progress = checkpoint.manifest.progress
        self.weights = bits(weights)
        self.streams = bits(streams)
    }
}

/// What `body` throws; a failure of the test if it throws nothing.
func error<Failure>(of body: () throws(Failure) -> Void, _ location: SourceLocation = #_sourceLocation) -> Failure? {
    do {
        try body()
        Issue.record("nothing was thrown", sourceLocation: location)
        return nil
    } catch {
        return error
    }
}
