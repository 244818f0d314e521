import CVector

/// Stores a product in a row-major matrix `[rows, rowStride]`, whose row is the panels' columns in order. Sums start from a bias.
@frozen
public struct BiasedProduct: TileEpilogue {
    @usableFromInline let product: FloatView
    @usableFromInline let rowStride: Int
    @usableFromInline let bias: FloatView

    /// - Parameters:
    ///   - rowStride: at least the panels' columns, padding included.
    ///   - bias: one float for each of the panels' columns, padding included.
    public init(into product: FloatView, rowStride: Int, bias: FloatView) {
        self.product = product
        self.rowStride = rowStride
        self.bias = bias
    }

    @inlinable
    @inline(__always)
    public func begin(row: Int, panel: Int) -> FourLanes {
        let column = panel * PanelView.width
        return bias.fourLanes(at: column)
    }

    @inlinable
    @inline(__always)
    public func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) {
        for place in sums.indices { store(sums[place], in: product, at: (row + place) * rowStride + panel * PanelView.width) }
    }
}

/// Adds a product to a row-major matrix `[rows, rowStride]`. Sums start from its elements.
@frozen
public struct AddedProduct: TileEpilogue {
    @usableFromInline let sum: FloatView
    @usableFromInline let rowStride: Int

    @inlinable
    public init(to sum: FloatView, rowStride: Int) {
        self.sum = sum
        self.rowStride = rowStride
    }

    @inlinable
    @inline(__always)
    public func begin(row: Int, panel: Int) -> FourLanes {
        let index = row * rowStride + panel * PanelView.width
        return sum.fourLanes(at: index)
    }

    @inlinable
    @inline(__always)
    public func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) {
        for place in sums.indices { store(sums[place], in: sum, at: (row + place) * rowStride + panel * PanelView.width) }
    }
}

extension FloatView {
    /// Four vectors, the first at `index`, each `distance` floats after the previous one: consecutive columns, or an LSTM's four gates.
    @inlinable
    @inline(__always)
    public func fourLanes(at index: Int, distance: Int = laneCount) -> FourLanes {
        FourLanes(lane(at: index), lane(at: index &+ distance), lane(at: index &+ 2 &* distance), lane(at: index &+ 3 &* distance))
    }
}

@inlinable
@inline(__always)
func store(_ sums: FourLanes, in floats: FloatView, at index: Int) {
    floats.setLane(sums.a, at: index)
    floats.setLane(sums.b, at: index + laneCount)
    floats.setLane(sums.c, at: index + 2 * laneCount)
    floats.setLane(sums.d, at: index + 3 * laneCount)
}

/// Products stored in row-major matrices, compiled once in this module; other modules' epilogues are compiled into those modules.
extension PanelView {
    /// `product[row] = bias + left[row] · self` for `rows`, all panels.
    ///
    /// Blocked for the caches: while a block of rows is multiplied by all panels, its part of the left operand and of the product stays in the second-level
    /// cache. Sums longer than a block's steps continue from the values stored in `product`.
    public func multiply(rows: Range<Int>, of left: RowsOperand, into product: FloatView, rowStride: Int, bias: FloatView) {
        let blockRows = 96
        let blockSteps = 512
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: blockRows) {
            let block = first..<min(first + blockRows, rows.upperBound)
            var start = 0
            repeat {
                let steps = start..<min(start + blockSteps, stepCount)
                if start == 0 {
                    Kernels.multiply(
                        rows: block, of: left, by: self, panels: 0..<panelCount, steps: steps,
                        ends: BiasedProduct(into: product, rowStride: rowStride, bias: bias))
                } else {
                    Kernels.multiply(
                        rows: block, of: left.from(step: start), by: self, panels: 0..<panelCount, steps: steps,
                        ends: AddedProduct(to: product, rowStride: rowStride))
                }
                start = steps.upperBound
            } while start < stepCount
        }
    }

    /// `sum[row] += left[row] · self` for `rows`, all panels.
    public func multiply(rows: Range<Int>, of left: RowsOperand, addingTo sum: FloatView, rowStride: Int) {
        Kernels.multiply(rows: rows, of: left, by: self, panels: 0..<panelCount, ends: AddedProduct(to: sum, rowStride: rowStride))
    }

    /// `sum[row] = start[row] + (left[row] · self) · factors[row * factorStride]` for `rows`, all panels.
    /// - Parameter start: nil to add to `sum`.
    public func multiply(
        rows: Range<Int>, of left: RowsOperand, into sum: FloatView, rowStride: Int, from start: TargetWeights?, times factors: FloatView,
        factorStride: Int
    ) {
        Kernels.multiply(
            rows: rows, of: left, by: self, panels: 0..<panelCount,
            ends: ScaledProduct(sum: sum, rowStride: rowStride, start: start, factors: factors, factorStride: factorStride))
    }
}
