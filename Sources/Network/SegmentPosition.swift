import Kernels

/// Which time steps of its sequences a pass is over: all of them, or a segment. The backward pass takes segments from the last to the first.
struct SegmentPosition {
    /// The segment's first time step, counted from the sequences' begin.
    let firstTime: Int
    let isFirst: Bool
    let isLast: Bool

    static let whole = SegmentPosition(firstTime: 0, isFirst: true, isLast: true)

    /// Which part of each shard's chain of sums the backward pass over this segment adds.
    var phase: AccumulationPhase { AccumulationPhase(begin: isLast, end: isFirst) }
}
