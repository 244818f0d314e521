/// A batch's losses by sequence, independent of the other sequences in the batch.
public struct SequenceLosses: Sendable, Equatable {
    /// Σ of a sequence's losses: nats for cross-entropy, squares for squared error. `[batch]`.
    public var sums: [Double]
    /// Targets of the sequence whose class was right, or labels that were on and named. 0 for regression.
    public var rightCounts: [Int]
    /// Σ |output - target|; of labels the number of those that were on and not named, or named and not on. 0 for cross-entropy.
    public var absoluteErrors: [Double]
    /// Where the model keeps scores (``Model/keepsScores``), those of each sequence. `[batch]`; empty otherwise.
    public var scores: [TargetScores] = []

    public init(sequenceCount: Int) {
        sums = Array(repeating: 0, count: sequenceCount)
        rightCounts = Array(repeating: 0, count: sequenceCount)
        absoluteErrors = Array(repeating: 0, count: sequenceCount)
    }

    /// All 0 again, in the same memory unless somebody else holds it.
    mutating func reset() {
        for sequence in sums.indices {
            sums[sequence] = 0
            rightCounts[sequence] = 0
            absoluteErrors[sequence] = 0
        }
        if !scores.isEmpty { scores = [] }
    }
}

/// The scores that a head of classes gave for each of a sequence's targets, in the order of time.
public struct TargetScores: Sendable, Equatable {
    /// True classes. `[targets]`.
    public internal(set) var targets: [Int32] = []
    /// Outputs before the softmax, or with a CRF logarithms of probabilities, `[targets, outputs]`; none with CTC.
    public internal(set) var scores: [Float] = []
    /// The classes as a CRF decodes them, `[targets]`; with CTC the symbols of the likeliest alignment, as many as there are. Nil for other heads.
    public internal(set) var decoded: [Int32]?
}
