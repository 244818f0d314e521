/// A block of a weight matrix's gradient: Σ over rows r of left[r]ᵀ · right[r], for some of the left's columns and some of the right's panels.
///
/// Each element is, per shard, one chain of FMAs over that shard's rows, then the fixed tree over shards. What a shard's last tile holds is merged
/// into the tree before it leaves the core.
///
/// Blocked for the caches: rows are taken in stretches of `stepCount`, a step being a row or, with bfloat16, two. Of those, the right's panels stay in
/// the second-level cache, while the left's columns, packed, come by in blocks of 48:
///
/// ```
///                 right: 256 steps × 512 columns, 512 KB
///               ┌────────┬────────┬────────┬────────┐
///  left, 48     │ panel  │ panel  │ panel  │ panel  │  panels of 64 KB
///  columns of   ├────────┼────────┼────────┼────────┤
///  256 steps,   │ sums of 48 × 512                  │  eight tiles of 6 × 64 a panel
///  48 KB        │ (4 such blocks: 384 KB)           │
/// ```
public struct OuterProducts {
    /// Columns of the left in one task at most: weight rows.
    public static let blockWidth = 192
    /// Panels of the right factors in one task at most.
    public static let blockPanelCount = 512 / PanelView.width
    /// Columns of the left that are packed at once: three cache lines of a row, eight tiles.
    static let packedWidth = ColumnsOperand.columnCount
    /// Rows that are packed at once, or pairs of rows.
    static let stepCount = 256

    let rows: ShardedRows
    private let chains: AccumulationPhase

    /// - Parameter chains: which part of the shards' chains `rows` are. If not the whole, `scratch` carries the sums from one part to the next.
    public init(rows: ShardedRows, chains: AccumulationPhase = .whole) {
        self.rows = rows
        self.chains = chains
    }

    /// Floats that the left's packed columns of one stretch take: a thread's own.
    public static var packedCount: Int { blockWidth * stepCount }

    /// Floats that a task's sums take. Carried ones must be left as they are between the parts of a chain.
    public static func sumCount(shardCount: Int, panelCount: Int, isCarried: Bool = false) -> Int {
        levelCount(shardCount: shardCount, isCarried: isCarried) * blockWidth * (min(panelCount, blockPanelCount) * PanelView.width + 1)
    }

    /// Levels of the tree, and behind them a sum for each shard if those are carried.
    private static func levelCount(shardCount: Int, isCarried: Bool) -> Int {
        ShardTree.levelCount(shardCount: shardCount) + (isCarried ? shardCount : 0)
    }

    /// Some columns of the left factor, neighbours.
    public struct Left {
        let numbers: OperandView
        let rowStride: Int
        let weightRows: WeightRows
        let columns: Range<Int>
        let softmax: SoftmaxRows?

        /// - Parameters:
        ///   - numbers: row r begins at `r * rowStride`.
        ///   - weightRows: what the columns of a row are.
        ///   - columns: whole blocks of 16, at most `blockWidth`.
        ///   - softmax: if rows are exponentials of scores, what makes derivatives of them.
        public init(_ numbers: OperandView, rowStride: Int, weightRows: WeightRows, columns: Range<Int>, softmax: SoftmaxRows? = nil) {
            precondition(columns.count <= OuterProducts.blockWidth && columns.lowerBound % 16 == 0 && columns.upperBound % 16 == 0)
            self.softmax = softmax
            self.numbers = numbers
            self.rowStride = rowStride
            self.weightRows = weightRows
            self.columns = columns
        }
    }

    /// Panels of the right factor, and where the gradient goes.
    public struct Right {
        /// Packed with ``ShardedRows/pack(_:rowStride:columnCount:into:panels:)``.
        let floats: PanelView
        let panels: Range<Int>
        let columnCount: Int
        /// The whole matrix, `[weight rows, columnCount]`.
        let gradient: FloatView

        public init(_ floats: PanelView, panels: Range<Int>, columnCount: Int, gradient: FloatView) {
            precondition(panels.count <= OuterProducts.blockPanelCount)
            self.floats = floats
            self.panels = panels
            self.columnCount = columnCount
            self.gradient = gradient
        }

        var width: Int { panels.count * PanelView.width }
    }

    /// Overwrites the gradient's weight rows of the left's columns, in the right's panels, and those of `biasGradient`, if any, with the columns' sums.
    /// - Parameters:
    ///   - other: panels of a second weight matrix with the same derivatives, whose left columns then needn't be packed again.
    ///   - packed: scratch of ``packedCount``.
    ///   - sums: scratch of ``sumCount(shardCount:panelCount:isCarried:)``.
    public func sum(_ left: Left, _ right: Right, and other: Right? = nil, biasGradient: FloatView?, packed: FloatView, sums: FloatView) {
        let levelCount = Self.levelCount(shardCount: rows.shards.count, isCarried: chains.areCarried)
        let biases = sums.slice(from: 0, count: levelCount * Self.blockWidth)
        let levelSize = left.columns.count * right.width
        let levels = sums.slice(from: biases.count, count: levelCount * levelSize)
        let otherSize = left.columns.count * (other?.width ?? 0)
        let otherLevels = sums.slice(from: biases.count + levels.count, count: levelCount * otherSize)
        forEachRowBlock(left.numbers.precision) { rowBlock in
            pack(left, into: packed, rowBlock)
            for column in stride(from: 0, to: left.columns.count, by: Self.packedWidth) {
                let block = OperandView(
                    words: packed.slice(from: column * Self.stepCount, count: Self.packedWidth * Self.stepCount), precision: left.numbers.precision)
                if biasGradient != nil { sumBiases(block, from: column, biases: biases, rowBlock) }
                multiply(block, left, from: column, right, levels: levels, levelSize: levelSize, rowBlock)
                if let other { multiply(block, left, from: column, other, levels: otherLevels, levelSize: otherSize, rowBlock) }
            }
        }
        guard chains.end, let biasGradient else { return }
        for column in left.columns {
            if let row = left.weightRows.row(ofColumn: column) { biasGradient[row] = biases[column - left.columns.lowerBound] }
        }
    }

    /// Shard by shard, at least one of each, for what a shard without a row has is 0.
    private func forEachRowBlock(_ precision: Precision, _ body: (RowBlock) -> Void) {
        let stepSize = precision == .float32 ? 1 : 2
        let treeLevelCount = ShardTree.levelCount(shardCount: rows.shards.count)
        var tree = ShardTree()
        for shard in rows.shards.indices {
            let (steps, places) = (rows.steps(ofShard: shard, precision), rows.places(ofShard: shard))
            let isLast = shard == rows.shards.count - 1
            var start = steps.lowerBound
            repeat {
                let end = min(start + Self.stepCount, steps.upperBound)
                let firstPlace = places.lowerBound + (start - steps.lowerBound) * stepSize
                body(
                    RowBlock(
                        shard: shard, steps: start..<end, places: firstPlace..<min(firstPlace + (end - start) * stepSize, places.upperBound),
                        begins: chains.begin && start == steps.lowerBound, ends: chains.end && end == steps.upperBound,
                        ownLevel: chains.areCarried ? treeLevelCount + shard : tree.nextLevel, level: tree.nextLevel,
                        mergeCount: isLast ? tree.nextLevel : (shard + 1).trailingZeroBitCount, isLast: isLast))
                start = end
            } while start < steps.upperBound
            tree.pushed { _, _ in }
        }
    }

    /// Columns that are packed together, from `column` on. Where a block of 16 has fewer weight rows, block by block.
    private func multiply(
        _ packed: OperandView, _ left: Left, from column: Int, _ right: Right, levels: FloatView, levelSize: Int, _ rowBlock: RowBlock
    ) {
        let end = min(Self.packedWidth, left.columns.count - column)
        let first = left.columns.lowerBound + column
        let ends = ShardSums(
            levels: levels, levelSize: levelSize, width: right.width, firstRow: column, firstPanel: right.panels.lowerBound, rowBlock: rowBlock,
            gradient: right.gradient, columnCount: right.columnCount, firstColumn: left.columns.lowerBound, weightRows: left.weightRows)
        func multiply(_ rows: Range<Int>) {
            Kernels.multiply(rows: rows, of: ColumnsOperand(packed), by: right.floats, panels: right.panels, steps: rowBlock.steps, ends: ends)
        }
        // Only the last block may be short.
        let lastCount = left.weightRows.count(ofBlockAt: first + end - 16)
        if end == 16 || left.weightRows.count(ofBlockAt: first + end - 32) == 16 {
            multiply(0..<end - 16 + lastCount)
        } else {
            for block in stride(from: 0, to: end, by: 16) { multiply(block..<block + left.weightRows.count(ofBlockAt: first + block)) }
        }
    }
}

/// Which weight row each column of the left factor belongs to: an LSTM's columns are sixteen units of one gate, the same units of the next gate, and
/// so on.
public struct WeightRows: Sendable {
    /// Gates, or 1 where columns are weight rows in their order.
    public let groupCount: Int
    /// Weight rows of a group, which follow each other in the weight.
    public let groupSize: Int

    public init(groupCount: Int, groupSize: Int) {
        self.groupCount = groupCount
        self.groupSize = groupSize
    }

    /// Columns, whole blocks of 16.
    public var columnCount: Int { (groupSize + 15) / 16 * 16 * groupCount }

    /// Weight rows in the block of 16 columns that begins at `column`.
    func count(ofBlockAt column: Int) -> Int { max(0, min(16, groupSize - column / 16 / groupCount * 16)) }

    /// Nil for columns behind a group's last row.
    func row(ofColumn column: Int) -> Int? {
        let (place, group) = (column / 16).quotientAndRemainder(dividingBy: groupCount)
        let row = place * 16 + column % 16
        return row < groupSize ? group * groupSize + row : nil
    }
}
