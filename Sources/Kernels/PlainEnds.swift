public import CVector

/// A product into a plain matrix `[rows, rowStride]`, whose row is the panels' columns one after the other; a chain begins with a bias.
@frozen
public struct BiasedProduct: TileEnds {
    let product: FloatView
    let rowStride: Int
    let bias: FloatView

    /// - Parameters:
    ///   - rowStride: at least the panels' columns, padding included.
    ///   - bias: one float for each of the panels' columns, padding included.
    public init(into product: FloatView, rowStride: Int, bias: FloatView) {
        self.product = product
        self.rowStride = rowStride
        self.bias = bias
    }

    @inline(__always)
    public func begin(row: Int, panel: Int) -> (Lane, Lane, Lane, Lane) {
        let column = panel * PanelView.width
        return (
            bias.lane(at: column), bias.lane(at: column + laneCount),
            bias.lane(at: column + 2 * laneCount), bias.lane(at: column + 3 * laneCount)
        )
    }

    @inline(__always)
    public func finish(row: Int, panel: Int, _ a: Lane, _ b: Lane, _ c: Lane, _ d: Lane) {
        store(a, b, c, d, in: product, at: row * rowStride + panel * PanelView.width)
    }
}

/// A product added to what a plain matrix `[rows, rowStride]` holds: its chains go on from there.
@frozen
public struct AddedProduct: TileEnds {
    let sum: FloatView
    let rowStride: Int

    public init(to sum: FloatView, rowStride: Int) {
        self.sum = sum
        self.rowStride = rowStride
    }

    @inline(__always)
    public func begin(row: Int, panel: Int) -> (Lane, Lane, Lane, Lane) {
        let index = row * rowStride + panel * PanelView.width
        return (
            sum.lane(at: index), sum.lane(at: index + laneCount),
            sum.lane(at: index + 2 * laneCount), sum.lane(at: index + 3 * laneCount)
        )
    }

    @inline(__always)
    public func finish(row: Int, panel: Int, _ a: Lane, _ b: Lane, _ c: Lane, _ d: Lane) {
        store(a, b, c, d, in: sum, at: row * rowStride + panel * PanelView.width)
    }
}

@inline(__always)
private func store(_ a: Lane, _ b: Lane, _ c: Lane, _ d: Lane, in floats: FloatView, at index: Int) {
    floats.setLane(a, at: index)
    floats.setLane(b, at: index + laneCount)
    floats.setLane(c, at: index + 2 * laneCount)
    floats.setLane(d, at: index + 3 * laneCount)
}

/// Products into plain matrices, compiled here once: other rooms' ends are compiled into theirs.
extension PanelView {
    /// `product[row] = bias + left[row] · self` for `rows` and `panels`.
    public func multiply(rows: Range<Int>, of left: LeftOperand, panels: Range<Int>, ends: BiasedProduct) {
        Kernels.multiply(rows: rows, of: left, by: self, panels: panels, ends: ends)
    }

    /// `sum[row] += left[row] · self` for `rows` and `panels`.
    public func multiply(rows: Range<Int>, of left: LeftOperand, panels: Range<Int>, ends: AddedProduct) {
        Kernels.multiply(rows: rows, of: left, by: self, panels: panels, ends: ends)
    }
}
