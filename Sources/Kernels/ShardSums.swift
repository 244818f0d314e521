import CVector

/// A block of one shard's rows, and where its sums are stored and merged.
struct RowBlock {
    let shard: Int
    let steps: Range<Int>
    /// Rows of these steps, in the order of ``ShardedRows``.
    let places: Range<Int>
    /// Whether the shard's sums start here.
    let begins: Bool
    /// Whether the shard's sums are complete here; they are then merged with `mergeCount` levels below `level`.
    let ends: Bool
    /// Level that holds the shard's incomplete sums, and their level in the tree.
    let ownLevel: Int
    let level: Int
    let mergeCount: Int
    /// Whether the tree is complete too.
    let isLast: Bool

    @inline(__always)
    func keep(_ sum: SIMD16<Float>, in levels: FloatView, at index: Int, levelSize: Int) {
        var (sum, level) = (sum, ends ? level : ownLevel)
        if ends {
            // As in FloatView.makeZerosPositive.
            sum += SIMD16(repeating: 0)
            for _ in 0..<mergeCount {
                level -= 1
                sum = levels.sixteen(at: level * levelSize + index) + sum
            }
        }
        levels.setSixteen(sum, at: level * levelSize + index)
    }
}

/// Accumulates the sums of a block of one shard's rows; each level is `[column of the left, column of the right]`.
struct ShardSums: TileEpilogue {
    let levels: FloatView
    let levelSize: Int
    let width: Int
    /// Offset of row 0 and panel 0 in the gradient.
    let firstRow: Int
    let firstPanel: Int
    let rowBlock: RowBlock
    let gradient: FloatView
    let columnCount: Int
    /// First of the left operand's columns in this task.
    let firstColumn: Int
    let weightRows: WeightRows

    @inline(__always)
    private func index(_ row: Int, _ panel: Int, level: Int) -> Int {
        level &* levelSize &+ (firstRow &+ row) &* width &+ (panel &- firstPanel) &* PanelView.width
    }

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        if rowBlock.begins {
            let zero = Lane(repeating: 0)
            return FourLanes(zero, zero, zero, zero)
        }
        return levels.fourLanes(at: index(row, panel, level: rowBlock.ownLevel))
    }

    @inline(__always)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) {
        for place in sums.indices {
            var sum = sums[place]
            var index = index(row &+ place, panel, level: rowBlock.ends ? rowBlock.level : rowBlock.ownLevel)
            if rowBlock.ends {
                // As in FloatView.makeZerosPositive.
                let zero = Lane(repeating: 0)
                sum = FourLanes(sum.a + zero, sum.b + zero, sum.c + zero, sum.d + zero)
                for _ in 0..<rowBlock.mergeCount {
                    index &-= levelSize
                    let earlier = levels.fourLanes(at: index)
                    sum = FourLanes(earlier.a + sum.a, earlier.b + sum.b, earlier.c + sum.c, earlier.d + sum.d)
                }
                if rowBlock.isLast {
                    write(sum, leftColumn: firstColumn &+ firstRow &+ row &+ place, column: panel &* PanelView.width)
                    continue
                }
            }
            store(sum, in: levels, at: index)
        }
    }

    /// Writes four vectors to the gradient, whose rows have no padding.
    @inline(__always)
    private func write(_ sum: FourLanes, leftColumn: Int, column: Int) {
        guard let row = weightRows.row(ofColumn: leftColumn) else { return }
        let index = row &* columnCount &+ column
        if column + PanelView.width <= columnCount {
            store(sum, in: gradient, at: index)
        } else {
            writeTail(sum, at: index, count: columnCount - column)
        }
    }

    @inline(never)
    private func writeTail(_ sum: FourLanes, at index: Int, count: Int) {
        func write(_ lane: Lane, _ vector: Int) {
            for place in 0..<max(0, min(laneCount, count - vector * laneCount)) { gradient[index + vector * laneCount + place] = lane[place] }
        }
        write(sum.a, 0)
        write(sum.b, 1)
        write(sum.c, 2)
        write(sum.d, 3)
    }
}
