package import Kernels

/// Which time steps of its sequences a pass is over: all of them, or a segment. The backward pass takes segments from the last to the first.
package struct SegmentPosition: Sendable {
    /// The segment's first time step, counted from the sequences' begin.
    package let firstTime: Int
    package let isFirst: Bool
    package let isLast: Bool

    package init(firstTime: Int, isFirst: Bool, isLast: Bool) {
        (self.firstTime, self.isFirst, self.isLast) = (firstTime, isFirst, isLast)
    }

    package static let whole = SegmentPosition(firstTime: 0, isFirst: true, isLast: true)

    /// Which part of each shard's chain of sums the backward pass over this segment adds.
    package var phase: AccumulationPhase { AccumulationPhase(begin: isLast, end: isFirst) }
}
