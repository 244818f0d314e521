import Kernels

/// The examples of a training epoch in their order, which is cut into batches.
enum EpochOrder: Sendable {
    case shuffled(ExampleOrder)
    case bucketed(BucketedOrder)

    /// The example at a position of the epoch.
    subscript(place: Int) -> Int {
        switch self {
        case .shuffled(let order): order[place]
        case .bucketed(let order): order[place]
        }
    }
}

/// An epoch's order in which the sequences of a batch have about the same length (bucketing, as in torchtext's `BucketIterator`).
///
/// The shuffled examples are cut into pools of ``poolBatchCount`` batches; each pool is sorted by length, those of the same length staying in the shuffled
/// order, and cut into batches; then the order of all whole batches is drawn. An incomplete batch stays the last one. So it depends on the seed, the epoch and
/// the lengths only. Cost: a sort of each pool, and 4 bytes an example.
struct BucketedOrder: Sendable, Equatable {
    /// Batches whose examples are sorted together.
    static let poolBatchCount = 100

    private let examples: [UInt32]

    /// - Parameters:
    ///   - order: the shuffled one.
    ///   - length: of an example.
    init(_ order: ExampleOrder, batchSize: Int, seed: UInt64, epoch: Int, length: (_ example: Int) -> Int) {
        var sorted: [UInt32] = []
        sorted.reserveCapacity(order.count)
        let poolSize = Self.poolBatchCount * batchSize
        for first in stride(from: 0, to: order.count, by: poolSize) {
            let pool = (first..<min(first + poolSize, order.count)).map { place in (length: length(order[place]), place: place) }
            sorted += pool.sorted { ($0.length, $0.place) < ($1.length, $1.place) }.map { UInt32(order[$0.place]) }
        }
        // The third counter is 0 in the shuffle and 1 to 4 in the keyed permutation.
        let random = Philox(seed: seed, purpose: .exampleOrder)
        var batches = Array(0..<order.count / batchSize)
        for place in stride(from: batches.count - 1, to: 0, by: -1) {
            batches.swapAt(place, random.integer(below: place + 1, epoch, place, 5))
        }
        let whole = batches.count * batchSize
        examples = batches.flatMap { sorted[$0 * batchSize..<($0 + 1) * batchSize] } + sorted[whole...]
    }

    /// The example at a position of the epoch.
    subscript(place: Int) -> Int { Int(examples[place]) }
}
