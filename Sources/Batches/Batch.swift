/// A rank's share of one global mini-batch: sequences side by side, padded behind to a common number of time steps.
///
/// Everything is time-major: element (t, b) of an array `[time, batch]` is at `t * sequenceCount + b`,
/// and its features follow each other. Sequences stand in the order of their place in the global batch, so those of a shard are neighbours.
public struct Batch: Sendable, Equatable {
    /// Time steps that the longest sequence of this share has; 0 only if the share has no sequence.
    public var timeCount: Int
    /// Valid time steps of each sequence, at least 1, at most `timeCount`: `[batch]`.
    public var lengths: [Int]
    /// What the network reads.
    public var input: Input
    /// What it should say.
    public var target: Target
    /// The place of each sequence in the data set: an example's index, or a stream's: `[batch]`. For messages, and for randomness.
    public var globalIndices: [Int]

    public enum Input: Sendable, Equatable {
        /// Indices into the vocabulary, `[time, batch]`; `padding` behind a sequence's end.
        case tokens([Int32])
        /// Real numbers, `[time, batch, features]`; 0 behind a sequence's end.
        case vectors([Float], featureCount: Int)
    }

    public enum Target: Sendable, Equatable {
        /// A token at each time step, `[time, batch]`; `padding` where nothing is asked.
        case tokenEveryStep([Int32])
        /// A class at each sequence's last valid time step, `[batch]`.
        case classAtEnd([Int32])
        /// Numbers at each sequence's last valid time step, `[batch, outputs]`.
        case vectorAtEnd([Float], outputCount: Int)
    }

    /// Stands where there is no token: behind a sequence's end, and for a target that isn't asked.
    public static let padding: Int32 = -1

    public var sequenceCount: Int { lengths.count }

    public init(timeCount: Int, lengths: [Int], input: Input, target: Target, globalIndices: [Int]) {
        self.timeCount = timeCount
        self.lengths = lengths
        self.input = input
        self.target = target
        self.globalIndices = globalIndices
    }
}
