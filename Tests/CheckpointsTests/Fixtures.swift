import Checkpoints
import Foundation
import SeededRandomness
import StrictJSON
import Testing

/// A directory of a test's own, removed with all that is in it when the last reference goes.
final class TemporaryDirectory: Sendable {
    let path: String

    /// - Parameter inMemory: on a file system in memory, where the machine has one: for tests that synchronize thousands of times.
    init(inMemory: Bool = false) throws {
        let memory = "/dev/shm"
        let parent = inMemory && FileManager.default.isWritableFile(atPath: memory) ? memory : FileManager.default.temporaryDirectory.path
        path = parent + "/checkpoints-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        try write(bytes, to: path + "/" + name)
        return path + "/" + name
    }
}

func write(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
}

func bytes(of path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// A small model's parameters; one is empty and one has no dimension.
let modelLayout = [
    TensorShape(name: "rnn.weight_ih_l0", dimensions: [8, 3]), TensorShape(name: "rnn.weight_hh_l0", dimensions: [8, 2]),
    TensorShape(name: "empty", dimensions: [0, 5]), TensorShape(name: "scale", dimensions: []), TensorShape(name: "head.bias", dimensions: [3]),
]
let optimizerStateNames = ["m", "v"]
let streamLayout = [TensorShape(name: "hidden", dimensions: [1, 4, 2]), TensorShape(name: "cell", dimensions: [1, 4, 2])]

/// Figures that a text form or a computation would spoil: NaN payloads, zeros with sign, infinities, denormals, and any bits at all.
func awkwardFloats(_ count: Int, _ numbers: inout SeededGenerator) -> [Float] {
    let special: [UInt32] = [0x7FC0_0001, 0xFFC1_2345, 0x7F80_0001, 0x8000_0000, 0x7F80_0000, 0xFF80_0000, 0x0000_0001, 0x807F_FFFF]
    return (0..<count).map { index in Float(bitPattern: index < special.count ? special[index] : UInt32(truncatingIfNeeded: numbers.next())) }
}

func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

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
