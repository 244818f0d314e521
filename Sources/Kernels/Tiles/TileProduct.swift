public import CVector

/// The initial value of each sum in a tile, and what is done with the result.
///
/// `begin` is called for one row and the four vectors of one panel, `finish` for all rows of a tile, starting at `row`. They are generic and
/// compiled into the tile, so that sums stay in registers. For vectors that a panel doesn't have, the values of `begin` are ignored and `finish` gets 0.
public protocol TileEpilogue {
    func begin(row: Int, panel: Int) -> FourLanes
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>)
}

/// The left operand of a product: element (row, k) is at `base + row * rowStride + k * stepStride`, counted in words: a float32, or a pair of
/// bfloat16. Each layout is its own type, so that constant strides are constants in the compiled tile.
public protocol LeftFactor {
    var precision: Precision { get }
    var base: UnsafePointer<Float> { get }
    var rowStride: Int { get }
    var stepStride: Int { get }
}

extension LeftFactor {
    @inlinable
    @inline(__always)
    func start(ofRow row: Int) -> UnsafePointer<Float> { base + row &* rowStride }
}

/// Consecutive rows, each contiguous over k.
///
/// Sendable: it is read only, and its owner outlives the products.
@frozen
public struct RowsOperand: LeftFactor, @unchecked Sendable {
    public let precision: Precision
    public let base: UnsafePointer<Float>
    public let rowStride: Int

    /// - Parameter rowStride: elements from one row to the next.
    @inlinable
    public init(_ numbers: OperandView, rowStride: Int) {
        self.init(precision: numbers.precision, base: UnsafePointer(numbers.words.base), rowStride: numbers.precision.wordCount(rowStride))
    }

    @inlinable
    public init(_ floats: FloatView, rowStride: Int) { self.init(OperandView(floats), rowStride: rowStride) }

    @inlinable
    @inline(__always)
    public var stepStride: Int { 1 }

    /// The same rows, starting at step `step`.
    @inlinable
    @inline(__always)
    public func from(step: Int) -> RowsOperand { RowsOperand(precision: precision, base: base + step, rowStride: rowStride) }

    @inlinable
    init(precision: Precision, base: UnsafePointer<Float>, rowStride: Int) {
        self.precision = precision
        self.base = base
        self.rowStride = rowStride
    }
}

/// The transpose of a block of 48 columns: row m is column m of `[step, 48]`.
struct ColumnsOperand: LeftFactor {
    static let columnCount = 48

    let precision: Precision
    let base: UnsafePointer<Float>

    init(_ numbers: OperandView) {
        precision = numbers.precision
        base = UnsafePointer(numbers.words.base)
    }

    @inline(__always)
    var rowStride: Int { 1 }
    @inline(__always)
    var stepStride: Int { Self.columnCount }
}

/// Some rows of the left operand and one panel of the right.
@frozen
@usableFromInline
struct Tile<Left: LeftFactor> {
    @usableFromInline var row: Int
    @usableFromInline let panel: Int
    @usableFromInline let left: Left
    /// The panel's first step.
    @usableFromInline let weights: UnsafePointer<Lane>
    /// Number of steps.
    @usableFromInline let depth: Int

    @inlinable
    init(row: Int, panel: Int, left: Left, weights: UnsafePointer<Lane>, depth: Int) {
        self.row = row
        self.panel = panel
        self.left = left
        self.weights = weights
        self.depth = depth
    }
}

/// Whether there are 32 vector registers, as with AVX-512 and NEON, instead of the 16 of AVX2.
@inlinable
@inline(__always)
var hasThirtyTwoRegisters: Bool {
    #if arch(arm64)
        true
    #else
        laneCount == 16
    #endif
}

/// Multiplies rows by panels: each sum starts from `begin`, adds `left[row, k] · panel[k]` for each k in ascending order, and is passed to `finish`.
///
/// Every element is one chain of FMAs over k, in every kind of tile: the result has the same bits for any split into rows, panels and steps, and for
/// any vector width. With bfloat16 it is the chain that float32 has for the rounded operands.
/// - Parameters:
///   - steps: range of the panels' steps to sum, all by default; step 0 of `left` is the first of them.
///   - vectorsPerPanel: the panels' number of vectors, where it is a constant: then only tiles of that width are compiled.
@inlinable
@inline(__always)
public func multiply<Left: LeftFactor, Ends: TileEpilogue>(
    rows: Range<Int>, of left: Left, by right: PanelView, panels: Range<Int>, steps: Range<Int>? = nil, vectorsPerPanel: Int? = nil,
    ends: Ends
) {
    precondition(left.precision == right.precision)
    let steps = steps ?? 0..<right.stepCount
    for panel in panels {
        let tile = Tile(
            row: rows.lowerBound, panel: panel, left: left, weights: right.panel(panel) + 4 * steps.lowerBound, depth: steps.count)
        let vectorCount = vectorsPerPanel ?? right.vectorCount(ofPanel: panel)
        switch right.precision {
        case .float32: multiply(FloatProduct.self, vectorCount, tile, to: rows.upperBound, ends)
        case .bfloat16 where PairSpeed.measured.instructionIsFaster: multiply(PairProduct.self, vectorCount, tile, to: rows.upperBound, ends)
        case .bfloat16: multiply(HalvesProduct.self, vectorCount, tile, to: rows.upperBound, ends)
        }
    }
}

/// Multiplies one panel of one to four vectors.
@inlinable
@inline(__always)
func multiply<Product: LaneProduct, Left: LeftFactor, Ends: TileEpilogue>(
    _: Product.Type, _ vectorCount: Int, _ tile: Tile<Left>, to end: Int, _ ends: Ends
) {
    switch vectorCount {
    case 1: multiplySingleVector(Product.self, tile, to: end, ends)
    case 2: multiply(TwoVectorSums<Product>.self, tile, to: end, ends)
    case 3: multiply(ThreeVectorSums<Product>.self, tile, to: end, ends)
    default: multiply(FourVectorSums<Product>.self, tile, to: end, ends)
    }
}

/// Multiplies one panel by rows `tile.row..<end`: full tiles, then the remainder.
@inlinable
@inline(never)
func multiply<Sums: PanelSums, Left: LeftFactor, Ends: TileEpilogue>(_: Sums.Type, _ tile: Tile<Left>, to end: Int, _ ends: Ends) {
    var tile = tile
    if hasThirtyTwoRegisters {
        // Seven rows are four and three, because a single row doesn't hide the FMA's latency.
        while end - tile.row >= 6 && end - tile.row != 7 {
            tileOfSixRows(Sums.self, tile, ends)
            tile.row += 6
        }
        if end - tile.row == 5 {
            tileOfFiveRows(Sums.self, tile, ends)
            return
        }
        if end - tile.row == 4 || end - tile.row == 7 {
            tileOfFourRows(Sums.self, tile, ends)
            tile.row += 4
        }
    }
    while end - tile.row >= 3 && (hasThirtyTwoRegisters || end - tile.row != 4) {
        tileOfThreeRows(Sums.self, tile, ends)
        tile.row += 3
    }
    while end - tile.row >= 2 {
        tileOfTwoRows(Sums.self, tile, ends)
        tile.row += 2
    }
    if tile.row < end { tileOfOneRow(Sums.self, tile, ends) }
}

/// The same for a panel of one vector, which needs more rows to hide the latency of an FMA.
@inlinable
@inline(never)
func multiplySingleVector<Product: LaneProduct, Left: LeftFactor, Ends: TileEpilogue>(
    _: Product.Type, _ tile: Tile<Left>, to end: Int, _ ends: Ends
) {
    var tile = tile
    while end - tile.row >= 12 {
        tileOfTwelveRows(OneVectorSums<Product>.self, tile, ends)
        tile.row += 12
    }
    multiply(OneVectorSums<Product>.self, tile, to: end, ends)
}
