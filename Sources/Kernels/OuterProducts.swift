import CVector

/// A block of a weight matrix's gradient: Σ over rows r of left[r]ᵀ · right[r], for some of the left's columns and some of the right's panels.
///
/// Each element is, per shard, one chain of FMAs over that shard's rows, then the fixed tree over shards. What a shard's last tile holds is merged
/// into the tree before it leaves the core.
///
/// Blocked for the caches: rows are taken in stretches of `stepCount`. Of those, the right's panels stay in the second-level cache with the sums,
/// while the left's columns come by in blocks of 48, packed to lie in the first:
///
/// ```
///                 right: 96 rows × 256 columns, 96 KB
///               ┌────────┬────────┬────────┬────────┐
///  left, 48     │ panel  │ panel  │ panel  │ panel  │  panels of 24 KB
///  columns of   ├────────┼────────┼────────┼────────┤
///  96 rows,     │ sums of 48 × 256                  │  eight tiles of 6 × 64 a panel
///  18 KB        │ (4 such blocks: 192 KB)           │
/// ```
public struct OuterProducts {
    /// Columns of the left in one task at most: weight rows.
    public static let blockWidth = 192
    /// Panels of the right factors in one task at most.
    public static let blockPanelCount = 8
    /// Columns of the left that are packed at once: three cache lines of a row, eight tiles.
    private static let packedWidth = ColumnsOperand.columnCount
    /// Rows that are packed at once.
    static let stepCount = 128

    private let rows: ShardedRows
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

    /// Copies 48 of the left's columns, of a stretch's rows, to `[step, 48]`, and goes on with the chains of their sums.
    private func pack(_ left: Left, from column: Int, into packed: FloatView, biases: FloatView, _ stretch: Stretch) {
        let own = biases.slice(from: stretch.ownLevel * Self.blockWidth + column, count: Self.packedWidth)
        let zero = SIMD16<Float>(repeating: 0)
        var sums = stretch.begins ? (zero, zero, zero) : (own.sixteen(at: 0), own.sixteen(at: 16), own.sixteen(at: 32))
        let groupCount = min(3, (left.columnCount - column + 15) / 16)
        let offset = left.start + column / 16 * left.groupStride
        let floats = left.floats
        // Rows lie far apart, out of the hardware's sight: the next stretch's are asked for now, and come while this one's are multiplied.
        let ahead = rows.rowsBetweenTimes(Self.stepCount, ofShard: stretch.shard) * left.rowStride
        if stretch.ends { prefetchNextShard(left, offset: offset, groupCount: groupCount, stretch.shard) }
        var target = 0
        if let softmax = left.softmax {
            packSoftmax(softmax, left, from: column, into: packed, stretch)
            for step in 0..<stretch.steps.count {
                sums.0 += packed.sixteen(at: step * Self.packedWidth)
                sums.1 += packed.sixteen(at: step * Self.packedWidth + 16)
                sums.2 += packed.sixteen(at: step * Self.packedWidth + 32)
            }
            keep(sums, in: biases, at: column, stretch)
            return
        }
        rows.forEachRow(at: stretch.steps, ofShard: stretch.shard) { row in
            let first = row * left.rowStride + offset
            floats.prefetch(at: first - ahead)
            let a = floats.sixteen(at: first)
            packed.setSixteen(a, at: target)
            sums.0 += a
            if groupCount > 1 {
                floats.prefetch(at: first + left.groupStride - ahead)
                let b = floats.sixteen(at: first + left.groupStride)
                packed.setSixteen(b, at: target + 16)
                sums.1 += b
            }
            if groupCount > 2 {
                floats.prefetch(at: first + 2 * left.groupStride - ahead)
                let c = floats.sixteen(at: first + 2 * left.groupStride)
                packed.setSixteen(c, at: target + 32)
                sums.2 += c
            }
            target += Self.packedWidth
        }
        keep(sums, in: biases, at: column, stretch)
    }

    private func keep(
        _ sums: (SIMD16<Float>, SIMD16<Float>, SIMD16<Float>), in biases: FloatView, at column: Int, _ stretch: Stretch
    ) {
        stretch.keep(sums.0, in: biases, at: column, levelSize: Self.blockWidth)
        stretch.keep(sums.1, in: biases, at: column + 16, levelSize: Self.blockWidth)
        stretch.keep(sums.2, in: biases, at: column + 32, levelSize: Self.blockWidth)
    }

    /// The same copy, of exponentials that become derivatives on the way.
    private func packSoftmax(_ softmax: SoftmaxRows, _ left: Left, from column: Int, into packed: FloatView, _ stretch: Stretch) {
        let first = left.start + column
        let groupCount = min(3, (left.columnCount - column + 15) / 16)
        var target = 0
        rows.forEachRow(at: stretch.steps, ofShard: stretch.shard) { row in
            let factor = SIMD16(repeating: softmax.factor(row: row, column: first))
            for group in 0..<groupCount {
                packed.setSixteen(left.floats.sixteen(at: row * left.rowStride + first + 16 * group) * factor, at: target + 16 * group)
            }
            let place = Int(softmax.targets[row]) - first
            if 0..<Self.packedWidth ~= place { packed[target + place] -= softmax.scale }
            target += Self.packedWidth
        }
    }

    private func prefetchNextShard(_ left: Left, offset: Int, groupCount: Int, _ shard: Int) {
        guard shard + 1 < rows.shards.count else { return }
        let places = rows.places(ofShard: shard + 1)
        rows.forEachRow(at: places.prefix(Self.stepCount), ofShard: shard + 1) { row in
            for group in 0..<groupCount { left.floats.prefetch(at: row * left.rowStride + offset + group * left.groupStride) }
        }
    }
}

/// Which part of the shards' chains some rows are, where not all of them are at hand at once.
public struct ChainPart: Sendable, Equatable {
    /// Whether the chains begin here, and whether they end.
    public let begin: Bool
    public let end: Bool

    public init(begin: Bool, end: Bool) {
        self.begin = begin
        self.end = end
    }

    public static let whole = ChainPart(begin: true, end: true)
    public var areCarried: Bool { !(begin && end) }
}

/// A part of a shard's rows, and what is to become of its sums.
private struct Stretch {
    let shard: Int
    let steps: Range<Int>
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
private struct ShardSums: TileEnds {
    let levels: FloatView
    let levelSize: Int
    let width: Int
    /// What row 0 and panel 0 of `levels` are in the gradient.
    let firstRow: Int
    let firstPanel: Int
    let stretch: Stretch
    let gradient: FloatView
    let columnCount: Int

    @inline(__always)
    private func index(_ row: Int, _ panel: Int, level: Int) -> Int {
        level &* levelSize &+ (firstRow &+ row) &* width &+ (panel &- firstPanel) &* PanelView.width
    }

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        if stretch.begins {
            let zero = Lane(repeating: 0)
            return FourLanes(zero, zero, zero, zero)
        }
        return load(at: index(row, panel, level: stretch.ownLevel))
    }

    @inline(__always)
    private func load(at index: Int) -> FourLanes {
        FourLanes(
            levels.lane(at: index), levels.lane(at: index &+ laneCount), levels.lane(at: index &+ 2 &* laneCount),
            levels.lane(at: index &+ 3 &* laneCount))
    }

    @inline(__always)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) {
        for place in sums.indices {
            var sum = sums[place]
            var index = index(row &+ place, panel, level: stretch.ends ? stretch.level : stretch.ownLevel)
            if stretch.ends {
                // As FloatView.makeZerosPositive.
                let zero = Lane(repeating: 0)
                sum = FourLanes(sum.a + zero, sum.b + zero, sum.c + zero, sum.d + zero)
                for _ in 0..<stretch.mergeCount {
                    index &-= levelSize
                    let earlier = load(at: index)
                    sum = FourLanes(earlier.a + sum.a, earlier.b + sum.b, earlier.c + sum.c, earlier.d + sum.d)
                }
                if stretch.isLast {
                    write(sum, row: firstRow &+ row &+ place, column: panel &* PanelView.width)
                    continue
                }
            }
            store(sum, in: levels, at: index)
        }
    }

    /// Into the gradient, whose rows are as long as they are.
    @inline(__always)
    private func write(_ sum: FourLanes, row: Int, column: Int) {
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
