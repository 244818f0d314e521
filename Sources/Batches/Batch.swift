/// A rank's part of one global mini-batch: sequences padded at the end to a common number of time steps.
///
/// Everything is time-major: element (t, b) of an array `[time, batch]` is at `t * sequenceCount + b`, and its features are contiguous.
/// Sequences are in the order of the global batch, so those of a shard are adjacent.
public struct Batch: Sendable, Equatable {
    /// Time steps of the longest sequence of this part; 0 only if it has no sequence.
    public var timeCount: Int
    /// Valid time steps of each sequence, at least 1, at most `timeCount`: `[batch]`.
    public var lengths: [Int]
    /// Inputs side by side, at least one: each of the same sequences and time steps. Words, and the characters of each, are two.
    public var inputs: [Input]
    /// Targets; nil where a model is only asked for its outputs.
    public var target: Target?
    /// Index of each sequence in the dataset (an example's, or a stream's): `[batch]`. Used for messages and randomness.
    public var globalIndices: [Int]

    public enum Input: Sendable, Equatable {
        /// Indices into the vocabulary, `[time, batch]`; `padding` past a sequence's end.
        case tokens([Int32])
        /// Real numbers, `[time, batch, features]`; 0 past a sequence's end.
        case vectors([Float], featureCount: Int)
        /// The characters of each time step's word.
        case characters(WordCharacters)
    }

    public enum Target: Sendable, Equatable {
        /// A token at each time step, `[time, batch]`; `padding` where there is no target.
        case tokenEveryStep([Int32])
        /// A class at each sequence's last valid time step, `[batch]`.
        case classAtEnd([Int32])
        /// Numbers at each sequence's last valid time step, `[batch, outputs]`.
        case vectorAtEnd([Float], outputCount: Int)
        /// Numbers at each time step, `[time, batch, outputs]`; undefined past a sequence's end.
        case vectorEveryStep([Float], outputCount: Int)
        /// The symbols of each sequence in order, which aren't aligned with its time steps: indices of outputs from 1, since output 0 is the blank. `[batch]`.
        case transcripts([[Int32]])
    }

    /// Marks a missing token: past a sequence's end, and where there is no target.
    public static let padding: Int32 = -1

    public var sequenceCount: Int { lengths.count }

    /// The first input, which is the only one for models of one input.
    public var input: Input {
        get { inputs[0] }
        set { inputs[0] = newValue }
    }

    public init(timeCount: Int, lengths: [Int], input: Input, target: Target? = nil, globalIndices: [Int]) {
        self.init(timeCount: timeCount, lengths: lengths, inputs: [input], target: target, globalIndices: globalIndices)
    }

    public init(timeCount: Int, lengths: [Int], inputs: [Input], target: Target? = nil, globalIndices: [Int]) {
        precondition(!inputs.isEmpty, "a batch has at least one input")
        self.timeCount = timeCount
        self.lengths = lengths
        self.inputs = inputs
        self.target = target
        self.globalIndices = globalIndices
    }
}
