public import CVector

/// Six rows × one panel, the tile for 32 registers (AVX-512, NEON). With four vectors: 24 sums, 4 weights, a broadcast; 24 FMAs for 10 loads a step.
/// Finished sums are passed on through 1.5 KB of the stack, since the epilogue has no room for all of them in registers.
@inlinable
@inline(__always)
func tileOfSixRows<Sums: PanelSums, Left: LeftFactor, Ends: TileEpilogue>(_: Sums.Type, _ tile: Tile<Left>, _ ends: Ends) {
    var s0 = Sums(ends.begin(row: tile.row, panel: tile.panel))
    var s1 = Sums(ends.begin(row: tile.row + 1, panel: tile.panel))
    var s2 = Sums(ends.begin(row: tile.row + 2, panel: tile.panel))
    var s3 = Sums(ends.begin(row: tile.row + 3, panel: tile.panel))
    var s4 = Sums(ends.begin(row: tile.row + 4, panel: tile.panel))
    var s5 = Sums(ends.begin(row: tile.row + 5, panel: tile.panel))
    var a = tile.left.start(ofRow: tile.row)
    var b = tile.left.start(ofRow: tile.row + 3)
    let next = tile.left.rowStride
    var weights = tile.weights
    for _ in 0..<tile.depth {
        let vectors = Sums.weights(weights)
        s0.addProduct(Lane(repeating: a[0]), vectors)
        s1.addProduct(Lane(repeating: a[next]), vectors)
        s2.addProduct(Lane(repeating: a[2 &* next]), vectors)
        s3.addProduct(Lane(repeating: b[0]), vectors)
        s4.addProduct(Lane(repeating: b[next]), vectors)
        s5.addProduct(Lane(repeating: b[2 &* next]), vectors)
        a += tile.left.stepStride
        b += tile.left.stepStride
        weights += 4
    }
    let rows: InlineArray<6, FourLanes> = [s0.lanes, s1.lanes, s2.lanes, s3.lanes, s4.lanes, s5.lanes]
    ends.finish(row: tile.row, panel: tile.panel, rows.span)
}
