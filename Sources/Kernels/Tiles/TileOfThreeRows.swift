public import CVector

/// Three rows × one panel, the tile for 16 registers (AVX2). With four vectors: 12 sums, 3 broadcasts, a weight; 12 FMAs for 7 loads a step.
@inlinable
@inline(__always)
func tileOfThreeRows<Sums: PanelSums, Left: LeftFactor, Ends: TileEpilogue>(_: Sums.Type, _ tile: Tile<Left>, _ ends: Ends) {
    var s0 = Sums(ends.begin(row: tile.row, panel: tile.panel))
    var s1 = Sums(ends.begin(row: tile.row + 1, panel: tile.panel))
    var s2 = Sums(ends.begin(row: tile.row + 2, panel: tile.panel))
    var a = tile.left.start(ofRow: tile.row)
    let next = tile.left.rowStride
    var weights = tile.weights
    for _ in 0..<tile.depth {
        Sums.addProducts(
            to: &s0, &s1, &s2, Lane(repeating: a[0]), Lane(repeating: a[next]), Lane(repeating: a[2 &* next]), weights)
        a += tile.left.stepStride
        weights += 4
    }
    let rows: InlineArray<3, FourLanes> = [s0.lanes, s1.lanes, s2.lanes]
    ends.finish(row: tile.row, panel: tile.panel, rows.span)
}
