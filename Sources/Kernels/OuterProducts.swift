/// A block of a weight matrix's gradient: Σ over rows r of left[r]ᵀ · right[r], for some of the left's columns and some of the right's panels.
///
/// Each element is, per shard, one chain of FMAs over that shard's rows, then the fixed tree over shards. What a shard's last tile holds is merged
/// into the tree before it leaves the core.
///
/// Blocked for the caches: rows are taken in stretches of `stepCount`. Of those, the right's panels stay in the second-level cache with the sums,
/// while the left's columns come by in blocks of 48, packed to lie in the first:
///
/// ```
///                 right: 128 rows × 512 columns, 256 KB
///               ┌────────┬────────┬────────┬────────┐
///  left, 48     │ panel  │ panel  │ panel  │ panel  │  panels of 32 KB
///  columns of   ├────────┼────────┼────────┼────────┤
///  128 rows,    │ sums of 48 × 512                  │  eight tiles of 6 × 64 a panel
///  24 KB        │ (4 such blocks: 384 KB)           │
/// ```
public struct OuterProducts {
    /// Columns of the left in one task at most: weight rows.
    public static let blockWidth = 192
    /// Panels of the right factors in one task at most.
    public static let blockPanelCount = 512 / PanelView.width
    /// Columns of the left that are packed at once: three cache lines of a row, eight tiles.
    static let packedWidth = ColumnsOperand.columnCount
    /// Rows that are packed at once.
    static let stepCount = 128

    let rows: ShardedRows
    private let chains: ChainPart

    /// - Parameter chains: which part of the shards' chains `rows` are. If not the whole, `scratch` carries the sums from one part to the next.
    public init(rows: ShardedRows, chains: ChainPart = .whole) {
        self.rows = rows
        self.chains = chains
    }

    /// Floats of scratch that one task needs. A carried one must be left as it is between the parts of a chain.
    public static func scratchCount(shardCount: Int, panelCount: Int, isCarried: Bool = false) -> Int {
        packedWidth * stepCount
            + levelCount(shardCount: shardCount, isCarried: isCarried) * blockWidth * (min(panelCount, blockPanelCount) * PanelView.width + 1)
    }

    /// Levels of the tree, and behind them a sum for each shard if those are carried.
    private static func levelCount(shardCount: Int, isCarried: Bool) -> Int {
        ShardTree.levelCount(shardCount: shardCount) + (isCarried ? shardCount : 0)
    }

    /// Columns of the left factor, in groups of 16 neighbours: column m stands at `start + m / 16 * groupStride + m % 16` of a row.
    public struct Left {
        let floats: FloatView
        let rowStride: Int
        let start: Int
        let groupStride: Int
        public let columnCount: Int
        let softmax: SoftmaxRows?

        /// - Parameters:
        ///   - floats: row r begins at `r * rowStride`. The last group's 16 floats can be read whatever `columnCount` is.
        ///   - columnCount: at most `blockWidth`.
        ///   - softmax: if rows are exponentials of scores, what makes derivatives of them; columns are then neighbours.
        public init(floats: FloatView, rowStride: Int, start: Int, groupStride: Int, columnCount: Int, softmax: SoftmaxRows? = nil) {
            precondition(columnCount <= OuterProducts.blockWidth && (softmax == nil || groupStride == 16))
            self.softmax = softmax
            self.floats = floats
            self.rowStride = rowStride
            self.start = start
            self.groupStride = groupStride
            self.columnCount = columnCount
        }
    }

    /// Panels of the right factor, and where the gradient goes.
    public struct Right {
        /// Packed with ``ShardedRows/pack(_:rowStride:columnCount:into:panels:)``.
        let floats: PanelView
        let panels: Range<Int>
        let columnCount: Int
        /// `[left columns, columnCount]`.
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

    /// Overwrites the gradient's columns of the right's panels, and `biasGradient`, if any, with the sums of the left's columns.
    /// - Parameter other: panels of a second weight matrix with the same derivatives, whose left columns then needn't be packed again.
    public func sum(_ left: Left, _ right: Right, and other: Right? = nil, biasGradient: FloatView?, scratch: FloatView) {
        let treeLevelCount = ShardTree.levelCount(shardCount: rows.shards.count)
        let levelCount = Self.levelCount(shardCount: rows.shards.count, isCarried: chains.areCarried)
        let packed = scratch.slice(from: 0, count: Self.packedWidth * Self.stepCount)
        let biases = scratch.slice(from: packed.count, count: levelCount * Self.blockWidth)
        let levelSize = left.columnCount * right.width
        let levels = scratch.slice(from: packed.count + biases.count, count: levelCount * levelSize)
        let otherSize = left.columnCount * (other?.width ?? 0)
        let otherLevels = scratch.slice(from: packed.count + biases.count + levels.count, count: levelCount * otherSize)
        var tree = ShardTree()
        for shard in rows.shards.indices {
            let isLast = shard == rows.shards.count - 1
            let level = tree.nextLevel
            let places = rows.places(ofShard: shard)
            var start = places.lowerBound
            repeat {
                let steps = start..<min(start + Self.stepCount, places.upperBound)
                let stretch = Stretch(
                    shard: shard, steps: steps, begins: chains.begin && start == places.lowerBound,
                    ends: chains.end && steps.upperBound == places.upperBound, ownLevel: chains.areCarried ? treeLevelCount + shard : level,
                    level: level, mergeCount: isLast ? level : (shard + 1).trailingZeroBitCount, isLast: isLast)
                for column in stride(from: 0, to: left.columnCount, by: Self.packedWidth) {
                    pack(left, from: column, into: packed, biases: biases, stretch)
                    multiply(packed, left, from: column, right, levels: levels, levelSize: levelSize, stretch)
                    if let other { multiply(packed, left, from: column, other, levels: otherLevels, levelSize: otherSize, stretch) }
                }
                start = steps.upperBound
            } while start < places.upperBound
            tree.pushed { _, _ in }
        }
        guard chains.end else { return }
        biasGradient?.copy(biases.slice(from: 0, count: left.columnCount))
    }

    private func multiply(
        _ packed: FloatView, _ left: Left, from column: Int, _ right: Right, levels: FloatView, levelSize: Int, _ stretch: Stretch
    ) {
        Kernels.multiply(
            rows: 0..<min(Self.packedWidth, left.columnCount - column), of: ColumnsOperand(packed), by: right.floats, panels: right.panels,
            steps: stretch.steps,
            ends: ShardSums(
                levels: levels, levelSize: levelSize, width: right.width, firstRow: column,
                firstPanel: right.panels.lowerBound, stretch: stretch, gradient: right.gradient, columnCount: right.columnCount))
    }
}
