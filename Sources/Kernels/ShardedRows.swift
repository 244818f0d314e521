/// The rows of activations `[time, batch, …]` in the order in which weight gradients sum them: shard by shard, in a shard by time from
/// the last step to the first, as backpropagation comes by, at one time step sequence by sequence.
///
/// A row that a shorter sequence doesn't reach holds zeros, and a zero added changes no bit, save the sign of a zero (see ``FloatView/makeZerosPositive()``).
public struct ShardedRows: Sendable {
    public let timeCount: Int
    public let sequenceCount: Int
    /// The sequences of each shard: neighbours, complete, possibly none.
    public let shards: [Range<Int>]

    public init(timeCount: Int, shards: [Range<Int>]) {
        self.timeCount = timeCount
        self.shards = shards
        sequenceCount = shards.last?.upperBound ?? 0
    }

    public var count: Int { timeCount * sequenceCount }

    /// Places in the order that belong to `shard`.
    public func places(ofShard shard: Int) -> Range<Int> {
        timeCount * shards[shard].lowerBound..<timeCount * shards[shard].upperBound
    }

    /// The row, time · sequences + sequence, at each of `places`, which must lie in `shard`.
    @inline(__always)
    func forEachRow(at places: Range<Int>, ofShard shard: Int, _ body: (_ row: Int) -> Void) {
        let sequences = shards[shard]
        guard !places.isEmpty else { return }
        let offset = places.lowerBound - timeCount * sequences.lowerBound
        let (timesDone, inner) = offset.quotientAndRemainder(dividingBy: sequences.count)
        var first = (timeCount - 1 - timesDone) * sequenceCount + sequences.lowerBound
        var place = inner
        for _ in places {
            body(first + place)
            place += 1
            if place == sequences.count {
                place = 0
                first -= sequenceCount
            }
        }
    }

    /// How far back the row lies that comes about `places` later in the order.
    func rowsBetweenTimes(_ places: Int, ofShard shard: Int) -> Int {
        max(1, places / max(1, shards[shard].count)) * sequenceCount
    }

    /// Packs `panels` of rows of activations, so that an outer product's steps are the rows in this order.
    /// - Parameter source: row r begins at `r * rowStride`.
    public func pack(_ source: FloatView, rowStride: Int, columnCount: Int, into target: PanelView, panels: Range<Int>) {
        for panel in panels {
            let first = panel * PanelView.width
            let valid = min(PanelView.width, columnCount - first)
            var step = target.floats.base + panel * target.depth * PanelView.width
            for shard in shards.indices {
                forEachRow(at: places(ofShard: shard), ofShard: shard) { row in
                    step.update(from: source.base + row * rowStride + first, count: valid)
                    (step + valid).update(repeating: 0, count: PanelView.width - valid)
                    step += PanelView.width
                }
            }
        }
    }
}
