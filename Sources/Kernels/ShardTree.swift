/// The fixed binary tree over shards, as a stack: neighbours are added in pairs, level by level; the last one of an odd level moves up unchanged.
///
/// Leaves are pushed in order. After leaf n (from 1) the two on top are merged once for each trailing zero bit of n; at the end the rest is merged
/// from the top down. This gives the same tree as merging level by level, with one partial sum per level.
@usableFromInline
struct ShardTree {
    @usableFromInline var depth = 0
    @usableFromInline var leafCount = 0

    @inlinable
    init() {}

    /// Maximum number of partial sums at a time for `shardCount` leaves.
    static func levelCount(shardCount: Int) -> Int {
        var levels = 1
        while 1 << (levels - 1) < shardCount { levels += 1 }
        return levels + 1
    }

    /// The level to store the next leaf in.
    @inlinable
    var nextLevel: Int { depth }

    /// Counts the leaf just written; `merge(a, b)` must set level a to a + b.
    @inlinable
    @inline(__always)
    mutating func pushed(merge: (_ into: Int, _ from: Int) -> Void) {
        depth += 1
        leafCount += 1
        for _ in 0..<leafCount.trailingZeroBitCount {
            merge(depth - 2, depth - 1)
            depth -= 1
        }
    }

    /// Merges the remaining sums into level 0.
    @inlinable
    @inline(__always)
    mutating func finish(merge: (_ into: Int, _ from: Int) -> Void) {
        while depth > 1 {
            merge(depth - 2, depth - 1)
            depth -= 1
        }
    }
}
