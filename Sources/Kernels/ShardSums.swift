import CVector

/// A part of a shard's rows, and what is to become of its sums.
struct RowBlock {
    let shard: Int
    let steps: Range<Int>
    /// The steps' rows.
    let places: Range<Int>
    /// Whether chains begin here.
    let begins: Bool
    /// Whether they end here: then they are merged with `mergeCount` levels below `level`.
    let ends: Bool
    /// Where the shard's sums stand while its chains go on, and where in the tree they belong.
    let ownLevel: Int
    let level: Int
    let mergeCount: Int
    /// Whether the tree ends here too.
    let isLast: Bool

    @inline(__always)
    func keep(_ sum: SIMD16<Float>, in levels: FloatView, at index: Int, levelSize: Int) {
        var (sum, level) = (sum, ends ? level : ownLevel)
        if ends {
            // As FloatView.makeZerosPositive.
            sum += SIMD16(repeating: 0)
            for _ in 0..<mergeCount {
                level -= 1
                sum = levels.sixteen(at: level * levelSize + index) + sum
            }
        }
        levels.setSixteen(sum, at: level * levelSize + index)
    }
}

/// Sums of a stretch of one shard's rows, `[column of the left, column of the right]` a level.
struct ShardSums: TileEpilogue {
    let levels: FloatView
    let levelSize: Int
    let width: Int
    /// What row 0 and panel 0 of `levels` are in the gradient.
    let firstRow: Int
    let firstPanel: Int
    let rowBlock: RowBlock
    let gradient: FloatView
    let columnCount: Int
    /// The left's column that packed column 0 is.
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
                // As FloatView.makeZerosPositive.
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

    /// Into the gradient, whose rows are as long as they are.
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
