public import Batches

/// What a model is trained on and judged by: batches of sequences, the same for every rank, of which each rank reads its places.
///
/// A data set never changes after it is made: each of its batches is a function of its options, its files and the pass.
public protocol Dataset: Sendable {
    /// What the model should say, hence which head and loss fit.
    var task: LearningTask { get }
    /// What the model reads.
    var input: InputKind { get }
    /// The symbols behind the tokens, where there are any to be written and read back.
    var vocabulary: Vocabulary? { get }
    /// Whether a batch continues the one before, so that (h, c) of each place is carried from batch to batch of a pass.
    var carriesState: Bool { get }
    /// Time steps of the longest sequence that is trained on, as far as that can be known without making them all: for estimates of memory.
    var longestTimeCount: Int { get }
    /// The mean that numbers to predict have in the training part: 0 where they are standardised, or differences from a window's last row.
    var meanTarget: Double { get }
    /// A digest of everything that decides the batches. Ranks whose fingerprints differ don't read the same data.
    var fingerprint: UInt64 { get }
    /// Bytes of memory that the data take, an epoch's order included; 0 where they are made as they are read.
    var byteCount: Int { get }

    /// The global batches of a pass, in order. Cost: an epoch's permutation of the training examples is made here.
    func batches(of pass: DataPass) -> any BatchSequence
    /// How many global batches a pass has; the same for every epoch. Costs nothing.
    func batchCount(of pass: DataPass) -> Int
    /// How much of the data is judged by a pass over `part`. Costs nothing.
    func coverage(of part: DataPart) -> DataCoverage
}

/// The global batches of one pass over a data set.
///
/// `batch` is in 0 ..< `batchCount`, and `places` within 0 ..< `sequenceCount(ofBatch:)`; anything else is a precondition failure.
public protocol BatchSequence: Sendable {
    var batchCount: Int { get }
    /// Sequences of the global batch, at least 1.
    func sequenceCount(ofBatch batch: Int) -> Int
    /// Targets of the global batch, by which a loss is divided: tokens that are asked, classes, or numbers (sequences × outputs).
    func targetCount(ofBatch batch: Int) -> Int
    /// The sequences at `places` of the global batch: a rank's share, which may be empty.
    func sequences(at places: Range<Int>, ofBatch batch: Int) -> Batch
}

extension Dataset {
    public var meanTarget: Double { 0 }

    /// Whether sequences of this batch of a pass begin from a zero state: all do where none is carried, else those of a pass's first batch.
    public func startsFromZeroState(batch: Int) -> Bool { !carriesState || batch == 0 }
}

/// One reading of a part of the data.
public enum DataPass: Sendable, Hashable {
    /// The training part in an epoch's order, an incomplete last batch included; streams drop their tail instead.
    case training(epoch: Int)
    /// A part in its natural order, each example or symbol judged exactly once.
    case evaluation(DataPart)
}

/// The three parts of a data set. No example of one is in another.
public enum DataPart: Int, Sendable, Hashable, CaseIterable {
    case training = 0
    case validation = 1
    case test = 2
}

/// What a model should say, hence which head and loss fit.
public enum LearningTask: Sendable, Hashable {
    /// The next token, at every time step or at the last one only: softmax and cross-entropy.
    case nextToken(vocabularyCount: Int, everyStep: Bool)
    /// The sequence's class, at its last time step: softmax and cross-entropy.
    case classification(classCount: Int)
    /// Numbers, at the sequence's last time step: a linear head and the mean squared error.
    case regression(outputCount: Int)

    /// Whether what the model predicts is its own next input, so that it can generate.
    public var isNextToken: Bool {
        if case .nextToken = self { true } else { false }
    }

    /// Outputs of the head.
    public var outputCount: Int {
        switch self {
        case .nextToken(let count, _), .classification(let count), .regression(let count): count
        }
    }
}

extension Dataset {
    /// The symbols that a model trained on this generates; nil where it generates none, though it may read symbols.
    public var generatedVocabulary: Vocabulary? { task.isNextToken ? vocabulary : nil }
}

/// What a model reads at each time step.
public enum InputKind: Sendable, Hashable {
    case tokens(vocabularyCount: Int)
    case vectors(featureCount: Int)
}
