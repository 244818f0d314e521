import CVector

/// Each row's target weights times minus its scale, and with label smoothing the sums of all outputs' weights times -uniformScale: the target's part of a
/// softmax derivative. 0 for a row without a target.
public struct TargetWeights {
    private let weight: FloatView
    private let precision: Precision
    private let hidden: Int
    private let firstUnit: Int
    private let unitCount: Int
    private let targets: [Int32]
    private let scales: FloatView
    private let sums: FloatView?
    private let uniformScale: Float

    /// - Parameters:
    ///   - weight: `[outputs, hidden]`, rounded to the product's precision.
    ///   - units: hidden units that the product's columns are.
    ///   - targets: one output per row; negative for none.
    ///   - scales: one number per row.
    ///   - sums: with label smoothing, Σ over outputs of the weights, `[hidden]` and zeros up to a whole vector.
    public init(
        _ weight: FloatView, _ precision: Precision, hidden: Int, units: Range<Int>, targets: [Int32], scales: FloatView, sums: FloatView? = nil,
        uniformScale: Float = 0
    ) {
        self.weight = weight
        self.precision = precision
        self.hidden = hidden
        firstUnit = units.lowerBound
        unitCount = units.count
        self.targets = targets
        self.scales = scales
        self.sums = sums
        self.uniformScale = uniformScale
    }

    /// Four vectors of row `row`, starting at `column`; 0 past the last unit.
    @inline(__always)
    func lanes(row: Int, column: Int) -> FourLanes {
        let target = Int(targets[row])
        let zero = Lane(repeating: 0)
        guard target >= 0 else { return FourLanes(zero, zero, zero, zero) }
        let start = target &* hidden &+ firstUnit
        let scale = scales[row]
        func lane(_ column: Int) -> Lane {
            guard column < unitCount else { return zero }
            let weights = precision.roundedLane(weight.lane(at: start &+ column))
            let kept = column &+ laneCount <= unitCount ? weights : laneKept(weights, Int32(unitCount &- column))
            let uniform = sums.map { laneFMA($0.lane(at: firstUnit &+ column), Lane(repeating: -uniformScale), zero) } ?? zero
            return laneFMA(kept, Lane(repeating: -scale), uniform)
        }
        return FourLanes(lane(column), lane(column &+ laneCount), lane(column &+ 2 &* laneCount), lane(column &+ 3 &* laneCount))
    }
}

/// Multiplies each row of a product by its own factor: sums start at 0; the scaled result is added to `sum`, or to `start` and stored in `sum`.
struct ScaledProduct: TileEpilogue {
    let sum: FloatView
    let rowStride: Int
    /// Nil to add to `sum`.
    let start: TargetWeights?
    /// Row r's factor is at `r * factorStride`.
    let factors: FloatView
    let factorStride: Int

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        let zero = Lane(repeating: 0)
        return FourLanes(zero, zero, zero, zero)
    }

    @inline(__always)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) {
        for place in sums.indices {
            let (row, column) = (row &+ place, panel &* PanelView.width)
            let index = row &* rowStride &+ column
            let factor = Lane(repeating: factors[row &* factorStride])
            let earlier = start?.lanes(row: row, column: column) ?? AddedProduct(to: sum, rowStride: rowStride).begin(row: row, panel: panel)
            let product = sums[place]
            store(
                FourLanes(
                    laneFMA(product.a, factor, earlier.a), laneFMA(product.b, factor, earlier.b), laneFMA(product.c, factor, earlier.c),
                    laneFMA(product.d, factor, earlier.d)), in: sum, at: index)
        }
    }
}
