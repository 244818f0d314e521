public import Batches

/// A dataset of independent examples: no state is carried, and each epoch has its own order of the training part.
public protocol ExampleSet: Dataset {
    /// Number of examples of a full global batch.
    var batchSize: Int { get }
    /// Seed of the epochs' orders.
    var seed: UInt64 { get }
    func exampleCount(of part: DataPart) -> Int
    /// Whether an epoch's batches have sequences of about the same length (``BucketedOrder``).
    var isBucketed: Bool { get }
    /// Time steps of one example; 0 unless ``isBucketed``.
    func timeCount(ofExample example: Int, in part: DataPart) -> Int
    /// Number of targets of one example: tokens or numbers.
    func targetCount(ofExample example: Int, in part: DataPart) -> Int
    /// A batch of the given examples of a part, in the given order.
    func batch(ofExamples examples: [Int], in part: DataPart) -> Batch
}

extension ExampleSet {
    public var carriesState: Bool { false }
    public var isBucketed: Bool { false }
    public func timeCount(ofExample example: Int, in part: DataPart) -> Int { 0 }

    public func batchCount(of pass: DataPass) -> Int {
        let count = exampleCount(of: pass.part)
        return count / batchSize + (count % batchSize == 0 ? 0 : 1)
    }

    public func coverage(of part: DataPart) -> DataCoverage {
        DataCoverage(evaluatedCount: exampleCount(of: part), totalCount: exampleCount(of: part), unit: .sequence)
    }

    public func batches(of pass: DataPass) -> any BatchSequence {
        let order: EpochOrder? =
            switch pass {
            case .training(let epoch): epochOrder(epoch)
            case .evaluation: nil
            }
        return ExampleBatches(examples: self, part: pass.part, order: order, batchCount: batchCount(of: pass))
    }
}

extension ExampleSet {
    private func epochOrder(_ epoch: Int) -> EpochOrder {
        let shuffled = ExampleOrder(exampleCount: exampleCount(of: .training), seed: seed, epoch: epoch)
        guard isBucketed else { return .shuffled(shuffled) }
        return .bucketed(BucketedOrder(shuffled, batchSize: batchSize, seed: seed, epoch: epoch) { timeCount(ofExample: $0, in: .training) })
    }

    /// The share of padding among the time steps of the first epoch's batches; nil if all examples have the same length.
    func paddingShare(timeCount: (_ example: Int) -> Int) -> Double? {
        let count = exampleCount(of: .training)
        guard count > 1, (1..<count).contains(where: { timeCount($0) != timeCount(0) }) else { return nil }
        let order = epochOrder(0)
        var (steps, padded) = (0, 0)
        for first in stride(from: 0, to: count, by: batchSize) {
            let lengths = (first..<min(first + batchSize, count)).map { timeCount(order[$0]) }
            steps += lengths.reduce(0, +)
            padded += (lengths.max() ?? 0) * lengths.count
        }
        return 1 - Double(steps) / Double(max(1, padded))
    }
}

extension DataPass {
    /// The part that the pass reads.
    public var part: DataPart {
        switch self {
        case .training: .training
        case .evaluation(let part): part
        }
    }
}

/// Examples of a part in a given order, divided into batches: every example once, an incomplete batch last.
struct ExampleBatches<Examples: ExampleSet>: BatchSequence {
    let examples: Examples
    let part: DataPart
    /// Nil for the part's natural order.
    let order: EpochOrder?
    let batchCount: Int

    func sequenceCount(ofBatch batch: Int) -> Int {
        precondition(batch >= 0 && batch < batchCount, "batch \(batch) of \(batchCount)")
        return min(examples.batchSize, examples.exampleCount(of: part) - batch * examples.batchSize)
    }

    func targetCount(ofBatch batch: Int) -> Int {
        indices(at: 0..<sequenceCount(ofBatch: batch), ofBatch: batch)
            .reduce(0) { $0 + examples.targetCount(ofExample: $1, in: part) }
    }

    func sequences(at places: Range<Int>, ofBatch batch: Int) -> Batch {
        let count = sequenceCount(ofBatch: batch)
        precondition(places.lowerBound >= 0 && places.upperBound <= count, "places \(places) of \(count) sequences")
        return examples.batch(ofExamples: indices(at: places, ofBatch: batch), in: part)
    }

    private func indices(at places: Range<Int>, ofBatch batch: Int) -> [Int] {
        let first = batch * examples.batchSize
        return places.map { order?[first + $0] ?? first + $0 }
    }
}
