import Kernels
import Threads

/// The norms of ranges of a flat buffer, in an order that depends on the ranges alone: blocks of 4096 elements from a range's begin, whose squares are summed
/// as floats in 16 chains (`sumOfSquares`); the sums of a range's blocks are added as doubles in a binary tree.
final class RangeNorms {
    static let blockSize = 4096

    /// One for each range, of the last measurement.
    private(set) var norms: [Double]
    private let blocks: [(elements: Range<Int>, range: Int)]
    /// Of each range, its blocks.
    private let blocksOfRanges: [Range<Int>]
    private var blockSums: [Double]

    init(_ ranges: [Range<Int>]) {
        var (blocks, places): ([(elements: Range<Int>, range: Int)], [Range<Int>]) = ([], [])
        for (index, range) in ranges.enumerated() {
            let first = blocks.count
            for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.blockSize) {
                blocks.append((start..<min(start + Self.blockSize, range.upperBound), index))
            }
            places.append(first..<blocks.count)
        }
        (self.blocks, blocksOfRanges) = (blocks, places)
        blockSums = Array(repeating: 0, count: blocks.count)
        norms = Array(repeating: 0, count: ranges.count)
    }

    /// Sets ``norms`` to the roots of the sums. Allocates nothing.
    /// - Parameter sumOfSquares: of a block's elements, all of one range, called on the thread that has this share.
    func measure(_ team: ThreadTeam, _ sumOfSquares: @Sendable (_ block: Range<Int>, _ range: Int, _ share: Int) -> Float) {
        let blocks = blocks
        blockSums.withUnsafeMutableBufferPointer { sums in
            // Holds because each task writes its own elements, and all end before the closure does.
            nonisolated(unsafe) let sums = sums
            team.run(phaseCount: 1) { _, share in
                for index in team.tasks(ofShare: share, taskCount: blocks.count) {
                    sums[index] = Double(sumOfSquares(blocks[index].elements, blocks[index].range, share))
                }
            }
            for (range, places) in blocksOfRanges.enumerated() {
                norms[range] = treeSum(overwriting: UnsafeMutableBufferPointer(rebasing: sums[places])).squareRoot()
            }
        }
    }

    /// The same, of `floats`' own elements.
    func measure(_ floats: FloatView, team: ThreadTeam) {
        measure(team) { block, _, _ in floats.slice(from: block.lowerBound, count: block.count).sumOfSquares() }
    }

    /// Calls `body` for each block with the norm of its range, as last measured; blocks are shared out over the team.
    func forEachBlock(_ team: ThreadTeam, _ body: @Sendable (_ block: Range<Int>, _ norm: Double) -> Void) {
        let (blocks, norms) = (blocks, norms)
        team.run(taskCount: blocks.count) { index in body(blocks[index].elements, norms[blocks[index].range]) }
    }
}
