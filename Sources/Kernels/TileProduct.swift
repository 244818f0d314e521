public import CVector

/// What stands before and after a tile's sum: where each chain of FMAs begins, and what becomes of its end.
///
/// A call is for one row and the four vectors of one panel. Being generic, it is compiled into the tile, so that sums never leave the registers.
public protocol TileEnds {
    func begin(row: Int, panel: Int) -> (Lane, Lane, Lane, Lane)
    func finish(row: Int, panel: Int, _ a: Lane, _ b: Lane, _ c: Lane, _ d: Lane)
}

/// The left factor of a product: element (row, k) stands at `row * rowStride + k * stepStride`.
@frozen
public struct LeftOperand {
    @usableFromInline let base: UnsafePointer<Float>
    @usableFromInline let rowStride: Int
    @usableFromInline let stepStride: Int

    /// Rows that follow each other, each contiguous over k.
    @inlinable
    public init(rowsOf floats: FloatView, rowStride: Int) {
        base = UnsafePointer(floats.base)
        self.rowStride = rowStride
        stepStride = 1
    }

    /// The transpose: row m is column m of a matrix whose rows are `stepStride` apart.
    @inlinable
    init(columnsOf floats: FloatView, stepStride: Int) {
        base = UnsafePointer(floats.base)
        rowStride = 1
        self.stepStride = stepStride
    }

    @inlinable
    @inline(__always)
    func start(ofRow row: Int) -> UnsafePointer<Float> { base + row &* rowStride }
}

/// Rows by panels: `begin`, plus for each k in ascending order `left[row, k] · panel[k]`, then `finish`.
///
/// Every element is one chain of FMAs over k, whatever the tile that computes it: the same bits for any split into rows, panels and steps, and any
/// vector width.
/// - Parameter steps: the k to sum, in the panels; step 0 of `left` is the first of them. All of the panels' depth unless given.
@inlinable
@inline(__always)
public func multiply<Ends: TileEnds>(
    rows: Range<Int>, of left: LeftOperand, by right: PanelView, panels: Range<Int>, steps: Range<Int>? = nil, ends: Ends
) {
    let steps = steps ?? 0..<right.depth
    for panel in panels {
        var row = rows.lowerBound
        let b = right.panel(panel) + 4 * steps.lowerBound
        // AVX-512 has 32 registers: 24 sums, 4 weights, a broadcast. AVX2 has 16: 12 sums, 3 broadcasts, a weight.
        if laneCount == 16 {
            while row + 6 <= rows.upperBound {
                tileOfSixRows(row, panel, left, b, steps.count, ends)
                row += 6
            }
        }
        while row + 3 <= rows.upperBound {
            tileOfThreeRows(row, panel, left, b, steps.count, ends)
            row += 3
        }
        if row + 2 <= rows.upperBound {
            tileOfTwoRows(row, panel, left, b, steps.count, ends)
            row += 2
        }
        if row < rows.upperBound {
            tileOfOneRow(row, panel, left, b, steps.count, ends)
        }
    }
}
