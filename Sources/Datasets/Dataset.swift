public import Batches

/// A dataset: batches of sequences, the same for every rank, of which each rank reads its part.
///
/// A dataset is immutable: each of its batches is a function of its options, its files and the pass.
public protocol Dataset: Sendable {
    /// What a model of these data predicts, and how it is evaluated.
    var task: any LearningTask { get }
    /// The kind of input.
    var input: InputKind { get }
    /// The vocabulary of text data, to encode and decode tokens; nil for other data.
    var vocabulary: Vocabulary? { get }
    /// Whether a batch continues the previous one, so that (h, c) of each sequence is carried from batch to batch of a pass.
    var carriesState: Bool { get }
    /// Time steps of the longest training sequence, as far as it is known without generating them all: for memory estimates.
    var longestTimeCount: Int { get }
    /// A digest of everything that determines the batches. Ranks with different fingerprints don't read the same data.
    var fingerprint: UInt64 { get }
    /// Memory of the data in bytes, including an epoch's order; 0 if examples are generated on the fly.
    var byteCount: Int { get }
    /// A short description for the user: "input.txt: 1,115,394 characters, 65 different".
    var description: String { get }
    /// Notes for the user on unusual data, in sentences without a full stop; empty if there is nothing unusual.
    var notes: [String] { get }
    /// Meaning of inputs and outputs, which a run stores; nil for generated data, whose meaning is fixed.
    var meaning: (any DataMeaning)? { get }
    /// Names of a time step's numbers; empty if inputs are tokens.
    var featureNames: [String] { get }
    /// The share of padding among an epoch's time steps; nil if all sequences have the same length, or as far as that isn't known.
    var paddingShare: Double? { get }
    /// Damage that was found in a mapped file since it was opened. Of batches made since then some have zeros in place of numbers, so callers
    /// use ``requireSound()`` before a batch. Costs nothing.
    var fault: DatasetError? { get }

    /// The global batches of a pass, in order. Cost: computes an epoch's permutation of the training examples.
    func batches(of pass: DataPass) -> any BatchSequence
    /// Number of global batches of a pass; the same for every epoch. Costs nothing.
    func batchCount(of pass: DataPass) -> Int
    /// The share of the data that an evaluation of `part` covers. Costs nothing.
    func coverage(of part: DataPart) -> DataCoverage
}

/// The global batches of one pass over a dataset.
///
/// `batch` is in 0 ..< `batchCount`, and `places` within 0 ..< `sequenceCount(ofBatch:)`; anything else is a precondition failure.
public protocol BatchSequence: Sendable {
    var batchCount: Int { get }
    /// Number of sequences of the global batch, at least 1.
    func sequenceCount(ofBatch batch: Int) -> Int
    /// Number of targets of the global batch, the loss's divisor: target tokens, classes, or numbers (sequences × outputs).
    func targetCount(ofBatch batch: Int) -> Int
    /// The batch's time steps by the mean of all batches, which the learning rate is multiplied by; 1 unless lengths are drawn at random.
    func relativeLength(ofBatch batch: Int) -> Double
    /// The sequences at `places` of the global batch: a rank's part, which may be empty.
    func sequences(at places: Range<Int>, ofBatch batch: Int) -> Batch
}

extension BatchSequence {
    public func relativeLength(ofBatch batch: Int) -> Double { 1 }
}

extension Dataset {
    public var notes: [String] { [] }
    public var meaning: (any DataMeaning)? { nil }
    public var paddingShare: Double? { nil }
    public var fault: DatasetError? { nil }

    public var featureNames: [String] {
        guard case .vectors(let count) = input else { return [] }
        return (1...max(1, count)).map { "number \($0)" }
    }

    /// Whether sequences of this batch start from a zero state: always if no state is carried, otherwise in a pass's first batch.
    public func startsFromZeroState(batch: Int) -> Bool { !carriesState || batch == 0 }
}

/// One pass over a part of the data.
public enum DataPass: Sendable, Hashable {
    /// The training part in an epoch's order. Includes an incomplete last batch, except for streams, which drop their tail.
    case training(epoch: Int)
    /// A part in its natural order, with each example or symbol evaluated exactly once.
    case evaluation(DataPart)
}

/// The three parts of a dataset. They are disjoint.
public enum DataPart: Int, Sendable, Hashable, CaseIterable {
    case training = 0
    case validation = 1
    case test = 2
}

/// The kind of input at each time step.
public enum InputKind: Sendable, Hashable {
    case tokens(vocabularyCount: Int)
    /// Words, and the characters of each.
    case words(vocabularyCount: Int, characterCount: Int)
    case vectors(featureCount: Int)
}
