public import Files
public import StrictJSON

/// Training progress at the time of the snapshot.
public struct CheckpointProgress: Equatable, Sendable {
    /// Optimizer steps done.
    public var step: Int
    public var epoch: Int
    /// Batches of the epoch done.
    public var positionInEpoch: Int
    public var seed: UInt64
    /// The validation loss of these weights, if it was measured. The best checkpoint is the one with the lowest.
    public var validationLoss: Double?
    /// Whatever else the trainer wants back; an object.
    public var other: JSONValue

    public init(step: Int, epoch: Int, positionInEpoch: Int, seed: UInt64, validationLoss: Double? = nil, other: JSONValue = .object([:])) {
        precondition(step >= 0 && epoch >= 0 && positionInEpoch >= 0 && other.objectValue != nil, "progress counts from 0, and 'other' is an object")
        self.step = step
        self.epoch = epoch
        self.positionInEpoch = positionInEpoch
        self.seed = seed
        self.validationLoss = validationLoss
        self.other = other
    }
}

/// A copy of all that training needs to go on, made to be written while training goes on.
/// Each array holds its tensors one after another. Allocate one and fill it anew for each save.
public struct CheckpointSnapshot: Sendable {
    public var progress: CheckpointProgress
    /// The parameters in the order of the flat buffers.
    public let layout: [TensorShape]
    public private(set) var weights: [Float]
    /// The names of the optimizer's buffers; none where it remembers nothing.
    public let optimizerStateNames: [String]
    /// The buffer of each name, laid out like the weights.
    public private(set) var optimizerStates: [[Float]]
    /// The states of truncated BPTT's streams; none when there are no streams.
    public let streamLayout: [TensorShape]
    public private(set) var streams: [Float]

    /// Room for the tensors, with `progress`; the figures are to be copied in.
    public init(layout: [TensorShape], optimizerStateNames: [String], streamLayout: [TensorShape] = [], progress: CheckpointProgress) {
        let count = layout.elementCount
        self.progress = progress
        self.layout = layout
        weights = [Float](repeating: 0, count: count)
        self.optimizerStateNames = optimizerStateNames
        optimizerStates = Array(repeating: weights, count: optimizerStateNames.count)
        self.streamLayout = streamLayout
        streams = [Float](repeating: 0, count: streamLayout.elementCount)
    }

    /// Copies the flat buffer of the weights in.
    /// - Precondition: as many elements as the layout.
    public mutating func copy(weights: Span<Float>) {
        Self.copy(weights, into: &self.weights)
    }

    /// Copies the optimizer's buffer at `index` of the names in.
    /// - Precondition: as many elements as the layout.
    public mutating func copy(optimizerState: Span<Float>, at index: Int) {
        Self.copy(optimizerState, into: &optimizerStates[index])
    }

    /// Copies the streams' states in.
    /// - Precondition: as many elements as the streams' layout.
    public mutating func copy(streams: Span<Float>) {
        Self.copy(streams, into: &self.streams)
    }

    private static func copy(_ source: Span<Float>, into target: inout [Float]) {
        precondition(source.count == target.count, "\(source.count) elements came for \(target.count)")
        var span = target.mutableSpan
        for index in source.indices { span[index] = source[index] }
    }
}

extension [TensorShape] {
    /// The tensors of the optimizer's buffer `name`, which has this layout: "m" of `head.bias` is `m.head.bias`.
    func ofOptimizerState(_ name: String) -> [TensorShape] {
        map { TensorShape(name: name + "." + $0.name, dimensions: $0.dimensions) }
    }
}
