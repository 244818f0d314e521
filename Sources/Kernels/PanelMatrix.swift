public import CVector

/// A matrix packed for tile products: panels of four vectors of columns, each panel stored as `[depth][4][lane]`.
///
/// ```
///   columns  0 … LANE-1 | LANE … | … | … 4·LANE-1   then the next panel
///   k = 0    vector 0     vector 1  2   3            four vectors side by side: one step of the inner loop
///   k = 1    vector 0     …
/// ```
///
/// A tile reads a panel sequentially, so that each vector is loaded once, from the next cache line.
/// The packing function determines what a panel's four vectors hold: four gates of the same units, or four consecutive vectors of columns.
/// Columns past the matrix's end are 0. With bfloat16 a k is a pair of indices of the inner dimension; if their number is odd, the last pair's second
/// element is 0.
public struct PanelMatrix: ~Copyable, @unchecked Sendable {
    private let memory: FloatMemory
    private let precision: Precision
    /// Length of the inner dimension.
    private let depth: Int
    public let columnCount: Int

    /// - Parameter columnCount: columns of the product; the padding columns of the last panel are 0.
    public init(depth: Int, columnCount: Int, precision: Precision = .float32) {
        self.depth = depth
        self.columnCount = columnCount
        self.precision = precision
        memory = FloatMemory(count: PanelView.wordCount(stepCount: precision.wordCount(depth), columnCount: columnCount))
    }

    public var view: PanelView { PanelView(floats: memory.view, depth: depth, columnCount: columnCount, precision: precision) }
}

/// A borrowed ``PanelMatrix``; must not outlive it. Concurrent tasks must pack different panels.
@frozen
public struct PanelView: @unchecked Sendable {
    /// The raw words: floats, or bfloat16 pairs.
    public let floats: FloatView
    public let precision: Precision
    /// Steps of the inner loop: indices of the inner dimension, or pairs of them.
    public let stepCount: Int
    public let panelCount: Int
    /// Number of vectors of a panel that have columns, 1 to 4, and of the last panel; only those are multiplied.
    @usableFromInline let fullVectorCount: Int
    @usableFromInline let lastVectorCount: Int

    /// Number of columns of a panel.
    @inlinable
    public static var width: Int { 4 * laneCount }

    /// Number of panels for `columnCount` columns.
    @inlinable
    public static func panelCount(columns columnCount: Int) -> Int { (columnCount + width - 1) / width }

    /// Memory for the panels, in words.
    public static func wordCount(stepCount: Int, columnCount: Int) -> Int { stepCount * panelCount(columns: columnCount) * width }

    /// Uses memory that the caller lends, for an inner dimension of length `depth`.
    public init(floats: FloatView, depth: Int, columnCount: Int, precision: Precision = .float32) {
        self.init(floats: floats, stepCount: precision.wordCount(depth), columnCount: columnCount, precision: precision)
    }

    /// Uses memory that the caller lends: ``wordCount(stepCount:columnCount:)`` floats.
    public init(floats: FloatView, stepCount: Int, columnCount: Int, precision: Precision) {
        let panelCount = Self.panelCount(columns: columnCount)
        precondition(floats.count >= stepCount * panelCount * Self.width)
        self.floats = floats
        self.precision = precision
        self.stepCount = stepCount
        self.panelCount = panelCount
        fullVectorCount = 4
        lastVectorCount = max(1, (columnCount - (panelCount - 1) * Self.width + laneCount - 1) / laneCount)
    }

    /// Uses memory that the caller lends, `depth` · `panelCount` · ``width`` words, for panels that each have the same number of vectors.
    public init(floats: FloatView, depth: Int, panelCount: Int, vectorsPerPanel: Int, precision: Precision) {
        stepCount = precision.wordCount(depth)
        precondition((1...4).contains(vectorsPerPanel) && floats.count >= stepCount * panelCount * Self.width)
        self.floats = floats
        self.precision = precision
        self.panelCount = panelCount
        fullVectorCount = vectorsPerPanel
        lastVectorCount = vectorsPerPanel
    }

    @inlinable
    @inline(__always)
    func vectorCount(ofPanel panel: Int) -> Int { panel == panelCount - 1 ? lastVectorCount : fullVectorCount }

    @inlinable
    @inline(__always)
    func panel(_ index: Int) -> UnsafePointer<Lane> {
        UnsafeRawPointer(floats.base + index * stepCount * Self.width).assumingMemoryBound(to: Lane.self)
    }

    /// `start` + Σ over k of `row[k]` · panel[k]: four vectors of one row, for a row too short for a matrix product.
    @inlinable
    @inline(__always)
    public func sum(from start: FourLanes, of numbers: OperandView, at index: Int, panel: Int) -> FourLanes {
        switch precision {
        case .float32: sum(FloatProduct.self, from: start, of: numbers.words, at: index, panel: panel)
        case .bfloat16 where PairSpeed.measured.instructionIsFaster: sum(PairProduct.self, from: start, of: numbers.words, at: index / 2, panel: panel)
        case .bfloat16: sum(HalvesProduct.self, from: start, of: numbers.words, at: index / 2, panel: panel)
        }
    }

    @inlinable
    @inline(__always)
    func sum<Product: LaneProduct>(_: Product.Type, from start: FourLanes, of words: FloatView, at index: Int, panel: Int) -> FourLanes {
        var sums = FourVectorSums<Product>(start)
        var weights = self.panel(panel)
        for step in 0..<stepCount {
            sums.addProduct(Lane(repeating: words[index &+ step]), FourVectorSums<Product>.weights(weights))
            weights += 4
        }
        return sums.lanes
    }
}
