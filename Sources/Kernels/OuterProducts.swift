/// A block of a weight matrix's gradient: Σ over rows r of left[r]ᵀ · right[r], for a range of the left operand's columns and of the right's panels.
///
/// Each element is computed per shard as one chain of FMAs over that shard's rows; the shards' sums are then added in a fixed tree. The sums of a
/// shard's last tile are added to the tree while they are in registers.
///
/// Blocked for the caches: rows are processed in blocks of `stepCount` steps, where a step is one row or, with bfloat16, two. The right operand's panels
/// of a block stay in the second-level cache; the left's packed columns pass through in blocks of 48:
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
    /// Maximum number of the left operand's columns (weight rows) in one task.
    public static let blockWidth = 192
    /// Maximum number of the right operand's panels in one task.
    public static let blockPanelCount = 512 / PanelView.width
    /// Columns of the left operand that are multiplied together: three cache lines of a row, eight tiles.
    static let packedWidth = ColumnsOperand.columnCount
    /// Steps packed together: rows, or pairs of rows.
    static let stepCount = 256

    let rows: ShardedRows
    private let chains: AccumulationPhase

    /// - Parameter chains: which part of the sums `rows` contribute. If not the whole, `sums` carries them from one part to the next.
    public init(rows: ShardedRows, chains: AccumulationPhase = .whole) {
        self.rows = rows
        self.chains = chains
    }

    /// Floats for the left operand's packed columns of one block of rows: scratch memory per thread.
    public static var packedCount: Int { blockWidth * stepCount }

    /// Floats for a task's sums. If carried, the caller must not change them between the parts.
    public static func sumCount(shardCount: Int, panelCount: Int, isCarried: Bool = false) -> Int {
        levelCount(shardCount: shardCount, isCarried: isCarried) * blockWidth * (min(panelCount, blockPanelCount) * PanelView.width + 1)
    }

    /// Levels of the tree, plus one sum per shard if the sums are carried.
    private static func levelCount(shardCount: Int, isCarried: Bool) -> Int {
        ShardTree.levelCount(shardCount: shardCount) + (isCarried ? shardCount : 0)
    }

    /// A range of the left operand's columns.
    public struct Left {
        let numbers: OperandView
        let rowStride: Int
        let weightRows: WeightRows
        let columns: Range<Int>
        let softmax: SoftmaxRows?

        /// - Parameters:
        ///   - numbers: row r begins at `r * rowStride`.
        ///   - weightRows: maps columns to weight rows.
        ///   - columns: whole blocks of 16, at most `blockWidth`.
        ///   - softmax: converts rows of exponentials of scores to derivatives; nil if rows are derivatives already.
        public init(_ numbers: OperandView, rowStride: Int, weightRows: WeightRows, columns: Range<Int>, softmax: SoftmaxRows? = nil) {
            precondition(columns.count <= OuterProducts.blockWidth && columns.lowerBound % 16 == 0 && columns.upperBound % 16 == 0)
            self.softmax = softmax
            self.numbers = numbers
            self.rowStride = rowStride
            self.weightRows = weightRows
            self.columns = columns
        }
    }

    /// A range of the right operand's panels, and the gradient to write.
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

    /// Computes the gradient of the left's weight rows in the right's panels, and, if given, of `biasGradient` (the columns' sums). Overwrites both.
    /// - Parameters:
    ///   - other: panels of a second weight matrix with the same derivatives; the left operand is then packed once for both.
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

    /// Calls `body` for each block of rows, shard by shard. A shard without rows gets one empty block, so that its sums are set to 0.
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

    /// Multiplies the columns that are packed together, starting at `column`. If a block of 16 has fewer weight rows, each block is a separate call.
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
        // Only the last block can have fewer than 16 rows.
        let lastCount = left.weightRows.count(ofBlockAt: first + end - 16)
        if end == 16 || left.weightRows.count(ofBlockAt: first + end - 32) == 16 {
            multiply(0..<end - 16 + lastCount)
        } else {
            for block in stride(from: 0, to: end, by: 16) { multiply(block..<block + left.weightRows.count(ofBlockAt: first + block)) }
        }
    }
}

/// Maps each column of the left operand to its weight row: an LSTM's columns are sixteen units of one gate, the same units of the next gate, and so on.
public struct WeightRows: Sendable {
    /// Number of gates, or 1 if columns are weight rows in order.
    public let groupCount: Int
    /// Weight rows per group, consecutive in the weight.
    public let groupSize: Int

    public init(groupCount: Int, groupSize: Int) {
        self.groupCount = groupCount
        self.groupSize = groupSize
    }

    /// Number of columns: whole blocks of 16.
    public var columnCount: Int { (groupSize + 15) / 16 * 16 * groupCount }

    /// Number of weight rows in the block of 16 columns that begins at `column`.
    func count(ofBlockAt column: Int) -> Int { max(0, min(16, groupSize - column / 16 / groupCount * 16)) }

    /// The weight row of a column; nil for padding columns.
    func row(ofColumn column: Int) -> Int? {
        let (place, group) = (column / 16).quotientAndRemainder(dividingBy: groupCount)
        let row = place * 16 + column % 16
        return row < groupSize ? group * groupSize + row : nil
    }
}
