/// Gradients of a weight matrix: Σ over rows r of left[r]ᵀ · right[r], for a block of the left's columns.
///
/// Each element is, per shard, one chain of FMAs over that shard's rows, then the fixed tree over shards. A shard's rows are taken in steps of
/// `stepCount`, in which a panel of the right and the block of the left stay in the first cache; chains go on from the partial sums in `scratch`.
public struct OuterProducts {
    /// Columns of the left in one task at most: weight rows.
    public static let blockWidth = 24
    /// Rows that are packed at once.
    static let stepCount = 128

    let rows: ShardedRows
    /// Packed with ``ShardedRows/pack(_:rowStride:columnCount:into:panels:)``.
    let right: PanelView
    let columnCount: Int

    public init(rows: ShardedRows, right: PanelView, columnCount: Int) {
        self.rows = rows
        self.right = right
        self.columnCount = columnCount
    }

    /// Floats of scratch that one task needs.
    public static func scratchCount(shardCount: Int, panelCount: Int) -> Int {
        blockWidth * stepCount + ShardTree.levelCount(shardCount: shardCount) * blockWidth * (panelCount * PanelView.width + 1)
    }

    /// Writes rows `0..<columns.count` of `gradient` `[left columns, columnCount]`, and the sums of the left's columns to `biasGradient`.
    ///
    /// - Parameters:
    ///   - left: row r begins at `r * rowStride`.
    ///   - columns: at most `blockWidth`.
    ///   - offset: where in a row column m stands, for m a multiple of 8 counted from the block's first; eight follow each other.
    public func sum(
        left: FloatView, rowStride: Int, columns: Int, offset: (_ column: Int) -> Int,
        gradient: FloatView, biasGradient: FloatView?, scratch: FloatView
    ) {
        let block = scratch.slice(from: 0, count: Self.blockWidth * Self.stepCount)
        let width = right.panelCount * PanelView.width
        let levelSize = Self.blockWidth * (width + 1)
        let levels = scratch.slice(from: block.count, count: scratch.count - block.count)
        let offsets = (offset(0), columns > 8 ? offset(8) : 0, columns > 16 ? offset(16) : 0)
        let operand = LeftOperand(columnsOf: block, stepStride: Self.blockWidth)
        func merge(_ into: Int, _ from: Int) {
            levels.slice(from: into * levelSize, count: levelSize).add(levels.slice(from: from * levelSize, count: levelSize))
        }
        var tree = ShardTree()
        for shard in rows.shards.indices {
            let level = levels.slice(from: tree.nextLevel * levelSize, count: levelSize)
            level.fill(0)
            let bias = level.slice(from: Self.blockWidth * width, count: Self.blockWidth)
            let places = rows.places(ofShard: shard)
            var start = places.lowerBound
            while start < places.upperBound {
                let steps = start..<min(start + Self.stepCount, places.upperBound)
                pack(left, rowStride: rowStride, offsets: offsets, columns: columns, at: steps, ofShard: shard, into: block, bias: bias)
                multiply(
                    rows: 0..<columns, of: operand, by: right, panels: 0..<right.panelCount, steps: steps,
                    ends: AddedProduct(to: level, rowStride: width))
                start = steps.upperBound
            }
            level.makeZerosPositive()
            tree.pushed(merge: merge)
        }
        tree.finish(merge: merge)
        for row in 0..<columns {
            gradient.copy(levels.slice(from: row * width, count: columnCount), to: row * columnCount)
        }
        biasGradient?.copy(levels.slice(from: Self.blockWidth * width, count: columns))
    }

    /// Copies the block's columns of some rows to `[step, blockWidth]`, and goes on with the chains of their sums.
    private func pack(
        _ left: FloatView, rowStride: Int, offsets: (Int, Int, Int), columns: Int, at steps: Range<Int>, ofShard shard: Int,
        into block: FloatView, bias: FloatView
    ) {
        var sums = (bias.eight(at: 0), bias.eight(at: 8), bias.eight(at: 16))
        var target = 0
        rows.forEachRow(at: steps, ofShard: shard) { row in
            let start = row * rowStride
            let first = left.eight(at: start + offsets.0)
            block.setEight(first, at: target)
            sums.0 += first
            if columns > 8 {
                let second = left.eight(at: start + offsets.1)
                block.setEight(second, at: target + 8)
                sums.1 += second
            }
            if columns > 16 {
                let third = left.eight(at: start + offsets.2)
                block.setEight(third, at: target + 16)
                sums.2 += third
            }
            target += Self.blockWidth
        }
        bias.setEight(sums.0, at: 0)
        bias.setEight(sums.1, at: 8)
        bias.setEight(sums.2, at: 16)
    }
}

extension FloatView {
    @inline(__always)
    func eight(at index: Int) -> SIMD8<Float> {
        UnsafeRawPointer(base + index).loadUnaligned(as: SIMD8<Float>.self)
    }

    @inline(__always)
    func setEight(_ value: SIMD8<Float>, at index: Int) {
        UnsafeMutableRawPointer(base + index).storeBytes(of: value, as: SIMD8<Float>.self)
    }
}
