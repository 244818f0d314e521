public import CVector

/// A matrix packed for tile products: panels of four vectors of columns, each panel laid out `[depth][4][lane]`.
///
/// ```
///   columns  0 … LANE-1 | LANE … | … | … 4·LANE-1   then the next panel
///   k = 0    vector 0     vector 1  2   3            four vectors side by side: one step of the inner loop
///   k = 1    vector 0     …
/// ```
///
/// A tile walks straight through a panel, so that each vector is loaded once, from the cache line behind the last one.
/// What a panel's four vectors are, the packing says: four gates of the same units, or four neighbours.
/// Columns behind the matrix's end are 0.
public struct PanelMatrix: ~Copyable, @unchecked Sendable {
    private let memory: FloatMemory
    /// Length of the inner dimension.
    public let depth: Int
    public let columnCount: Int

    /// - Parameter columnCount: columns of the product; the last panel's other columns are 0.
    public init(depth: Int, columnCount: Int) {
        self.depth = depth
        self.columnCount = columnCount
        memory = FloatMemory(count: depth * PanelView.panelCount(columns: columnCount) * PanelView.width)
    }

    public var view: PanelView { PanelView(floats: memory.view, depth: depth, columnCount: columnCount) }
}

/// A borrowed ``PanelMatrix``: must not outlive it. Tasks that pack at once keep to different panels.
@frozen
public struct PanelView: @unchecked Sendable {
    public let floats: FloatView
    public let depth: Int
    public let panelCount: Int
    /// Vectors of the last panel that have columns, 1 to 4: only those are multiplied.
    @usableFromInline let lastVectorCount: Int

    /// Columns of a panel.
    @inlinable
    public static var width: Int { 4 * laneCount }

    /// Panels that `columnCount` columns take.
    @inlinable
    public static func panelCount(columns columnCount: Int) -> Int { (columnCount + width - 1) / width }

    /// Panels in memory that the caller lends: `depth * panelCount * width` floats, where panels are as many as `columnCount` columns take.
    public init(floats: FloatView, depth: Int, columnCount: Int) {
        let panelCount = Self.panelCount(columns: columnCount)
        precondition(floats.count >= depth * panelCount * Self.width)
        self.floats = floats
        self.depth = depth
        self.panelCount = panelCount
        lastVectorCount = max(1, (columnCount - (panelCount - 1) * Self.width + laneCount - 1) / laneCount)
    }

    @inlinable
    @inline(__always)
    func vectorCount(ofPanel panel: Int) -> Int { panel == panelCount - 1 ? lastVectorCount : 4 }

    @inlinable
    @inline(__always)
    func panel(_ index: Int) -> UnsafePointer<Lane> {
        UnsafeRawPointer(floats.base + index * depth * Self.width).assumingMemoryBound(to: Lane.self)
    }

    /// `start` + Σ over k of `floats[index + k]` · panel[k]: one row's four vectors, for a row too short for a product of its own.
    @inlinable
    @inline(__always)
    public func sum(from start: FourLanes, of floats: FloatView, at index: Int, panel: Int) -> FourLanes {
        var sums = FourVectorSums(start)
        var weights = self.panel(panel)
        for k in 0..<depth {
            sums.addProduct(Lane(repeating: floats[index &+ k]), FourVectorSums.weights(weights))
            weights += 4
        }
        return sums.lanes
    }

    /// Packs `panels` of the transpose of `weight`: column n of the product is row n of `weight` `[rows, depth]`,
    /// so that x·weightᵀ is a product with these panels.
    ///
    /// - Parameters:
    ///   - rowOfVector: first row of `weight` in vector `vector` of panel `panel`, and how many of its lanes are rows (the rest is 0).
    public func packRows(
        of weight: FloatView, panels: Range<Int>, rowOfVector: (_ panel: Int, _ vector: Int) -> (first: Int, count: Int)
    ) {
        for panel in panels {
            for vector in 0..<4 {
                let (first, count) = rowOfVector(panel, vector)
                let target = floats.base + panel * depth * Self.width + vector * laneCount
                // Square blocks are transposed in registers; what they leave over goes float by float.
                let blocksEnd = count == laneCount ? depth / laneCount * laneCount : 0
                for k in stride(from: 0, to: blocksEnd, by: laneCount) {
                    transposeBlock(weight.base + first * depth + k, depth, target + k * Self.width, Self.width)
                }
                for lane in 0..<laneCount {
                    for k in blocksEnd..<depth { target[k * Self.width + lane] = lane < count ? weight.base[(first + lane) * depth + k] : 0 }
                }
            }
        }
    }

    /// Packs `panels` of a matrix with `columnCount` columns as it is: step k of the inner dimension is the row that begins at `rowStart(k)` in
    /// `source`, or 0 throughout where that is nil.
    public func packColumns(of source: FloatView, columnCount: Int, panels: Range<Int>, rowStart: (_ k: Int) -> Int?) {
        for panel in panels {
            let first = panel * Self.width
            let valid = min(Self.width, columnCount - first)
            var target = floats.base + panel * depth * Self.width
            for k in 0..<depth {
                if let start = rowStart(k) {
                    target.update(from: source.base + start + first, count: valid)
                    (target + valid).update(repeating: 0, count: Self.width - valid)
                } else {
                    target.update(repeating: 0, count: Self.width)
                }
                target += Self.width
            }
        }
    }
}
