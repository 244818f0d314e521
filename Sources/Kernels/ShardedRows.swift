import CVector

/// The rows of activations `[time, batch, …]` in the order in which weight gradients sum them: shard by shard; within a shard by time from
/// the last step to the first, as in backpropagation; at one time step sequence by sequence.
///
/// Rows past a sequence's end may be left out: they are 0, and adding a zero changes no bit, except the sign of a zero (see
/// ``FloatView/makeZerosPositive()``).
public struct ShardedRows: Sendable {
    public let timeCount: Int
    public let sequenceCount: Int
    /// The sequences of each shard: consecutive, complete, possibly none.
    public let shards: [Range<Int>]
    /// Where each sequence, counted in the order of the shards, stands at a time step; nil if all stand in that order.
    private let columns: [Int]?
    /// The rows in order, unless they are all rows of sequences that stand in the order of the shards.
    private let listed: Listed?

    /// - Parameters:
    ///   - columns: where each sequence, counted in the order of the shards, stands at a time step: `[batch]`; nil if they stand in that order.
    ///   - lengths: valid time steps of the sequences as they stand: `[batch]`; rows past them are left out. Nil for all rows.
    public init(timeCount: Int, shards: [Range<Int>], columns: [Int]? = nil, lengths: [Int]? = nil) {
        self.timeCount = timeCount
        self.shards = shards
        self.columns = columns
        sequenceCount = shards.last?.upperBound ?? 0
        let isRagged = lengths?.contains { $0 < timeCount } == true
        listed = columns != nil || isRagged ? Listed(timeCount: timeCount, shards: shards, columns: columns, lengths: isRagged ? lengths : nil) : nil
    }

    /// Where a sequence, counted in the order of the shards, stands at a time step.
    public func column(ofSequence sequence: Int) -> Int { columns?[sequence] ?? sequence }

    /// All rows of the same sequences, with another number of time steps.
    public func allRows(timeCount: Int) -> ShardedRows { ShardedRows(timeCount: timeCount, shards: shards, columns: columns) }

    /// Rows of the batch, also those that are left out.
    public var count: Int { timeCount * sequenceCount }

    /// Rows that are summed.
    public var placeCount: Int { listed?.rows.count ?? count }

    /// Positions in the order that belong to `shard`.
    public func places(ofShard shard: Int) -> Range<Int> {
        if let listed { return listed.starts[shard]..<listed.starts[shard + 1] }
        return timeCount * shards[shard].lowerBound..<timeCount * shards[shard].upperBound
    }

    /// Calls `body` with the row, time · sequences + sequence, at each of `places`, which must lie in `shard`.
    @inline(__always)
    func forEachRow(at places: Range<Int>, ofShard shard: Int, _ body: (_ row: Int) -> Void) {
        guard !places.isEmpty else { return }
        var walk = RowIterator(self, from: places.lowerBound, ofShard: shard)
        for _ in places { body(walk.next()) }
    }

    /// Prefetch distance in rows, since the hardware prefetcher doesn't follow this order: about 24 places ahead. Measured with packing from 0 to 256 places:
    /// 8 % of the weight gradients' time.
    func prefetchedRows(ofShard shard: Int) -> Int { min(timeCount - 1, max(1, 24 / max(1, shards[shard].count))) * sequenceCount }

    /// Iterates over a shard's rows in order.
    struct RowIterator {
        private var first: Int
        private var sequence: Int
        private let shardCount: Int
        private let sequenceCount: Int
        private let listed: Listed?

        init(_ rows: ShardedRows, from place: Int, ofShard shard: Int) {
            let sequences = rows.shards[shard]
            sequenceCount = rows.sequenceCount
            listed = rows.listed
            if listed != nil {
                (first, sequence, shardCount) = (0, place, 0)
                return
            }
            let (timesDone, sequence) = (place - rows.timeCount * sequences.lowerBound).quotientAndRemainder(dividingBy: max(1, sequences.count))
            first = (rows.timeCount - 1 - timesDone) * rows.sequenceCount + sequences.lowerBound
            self.sequence = sequence
            shardCount = sequences.count
        }

        @inline(__always)
        mutating func next() -> Int {
            if let listed {
                sequence += 1
                return Int(listed.rows[sequence - 1])
            }
            let row = first + sequence
            sequence += 1
            if sequence == shardCount {
                sequence = 0
                first -= sequenceCount
            }
            return row
        }
    }

    /// Rows in order, shard by shard.
    private struct Listed: Sendable {
        var rows: [Int32] = []
        /// Where each shard's begin, and at last their number.
        var starts = [0]

        init(timeCount: Int, shards: [Range<Int>], columns: [Int]?, lengths: [Int]?) {
            let sequenceCount = shards.last?.upperBound ?? 0
            rows.reserveCapacity(lengths?.reduce(0, +) ?? timeCount * sequenceCount)
            for shard in shards {
                for time in (0..<timeCount).reversed() {
                    for sequence in shard {
                        let column = columns?[sequence] ?? sequence
                        if let lengths, lengths[column] <= time { continue }
                        rows.append(Int32(time * sequenceCount + column))
                    }
                }
                starts.append(rows.count)
            }
        }
    }
}

// With bfloat16 a step is two rows of a shard; if their number is odd, the last step's second row is 0.
extension ShardedRows {
    /// Number of steps of an outer product over all rows.
    public func stepCount(_ precision: Precision) -> Int { shards.indices.reduce(0) { $0 + precision.wordCount(places(ofShard: $1).count) } }

    /// Steps of `shard`; they follow those of the previous shards.
    func steps(ofShard shard: Int, _ precision: Precision) -> Range<Int> {
        let first = shards.indices.prefix(shard).reduce(0) { $0 + precision.wordCount(places(ofShard: $1).count) }
        return first..<first + precision.wordCount(places(ofShard: shard).count)
    }

    /// Packs `panels` of rows of activations, so that an outer product's steps are the rows in this order.
    /// - Parameter source: row r begins at `r * rowStride`.
    public func pack(_ source: OperandView, rowStride: Int, columnCount: Int, into target: PanelView, panels: Range<Int>) {
        precondition(source.precision == target.precision && target.stepCount == stepCount(target.precision))
        for panel in panels {
            let first = panel * PanelView.width
            let valid = min(PanelView.width, columnCount - first)
            var step = target.floats.base + panel * target.stepCount * PanelView.width
            for shard in shards.indices {
                let placeCount = places(ofShard: shard).count
                var walk = RowIterator(self, from: places(ofShard: shard).lowerBound, ofShard: shard)
                let ahead = prefetchedRows(ofShard: shard) * rowStride
                func next() -> Int {
                    let index = walk.next() * rowStride + first
                    for column in stride(from: 0, to: valid, by: 16) { source.prefetch(at: index - ahead + column) }
                    return index
                }
                for place in stride(from: 0, to: placeCount, by: source.precision == .float32 ? 1 : 2) {
                    switch source.precision {
                    case .float32: source.packRow(next(), count: valid, to: step)
                    case .bfloat16: source.packPairs(earlier: next(), later: place + 1 < placeCount ? next() : nil, count: valid, to: step)
                    }
                    step += PanelView.width
                }
            }
        }
    }
}

extension OperandView {
    /// Packs one step of a float32 panel: `count` columns, then 0.
    @inline(__always)
    fileprivate func packRow(_ index: Int, count: Int, to step: UnsafeMutablePointer<Float>) {
        step.update(from: words.base + index, count: count)
        (step + count).update(repeating: 0, count: PanelView.width - count)
    }

    /// Packs one step of a bfloat16 panel: pairs of `count` columns, up to a multiple of 16, then 0.
    @inline(__always)
    fileprivate func packPairs(earlier: Int, later: Int?, count: Int, to step: UnsafeMutablePointer<Float>) {
        let filled = (count + 15) / 16 * 16
        for column in stride(from: 0, to: filled, by: 16) {
            let pairs = pairs(earlier: earlier + column, later: later.map { $0 + column })
            UnsafeMutableRawPointer(step + column).storeBytes(of: pairs, as: SIMD16<UInt32>.self)
        }
        (step + filled).update(repeating: 0, count: PanelView.width - filled)
    }

    /// Pairs of bfloat16 of two rows: the 16 columns starting at `earlier`, and those starting at `later`, or 0 if it is nil.
    @inline(__always)
    func pairs(earlier: Int, later: Int?) -> SIMD16<UInt32> {
        let first = words.base + earlier / 2
        guard let later else { return pairsOfRows(first, first) & SIMD16(repeating: 0xffff_0000) }
        return pairsOfRows(first, words.base + later / 2)
    }
}
