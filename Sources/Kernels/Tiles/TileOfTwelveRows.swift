public import CVector

/// Twelve rows × one vector, for panels with a single vector: 12 sums, a weight, broadcasts from memory; 12 FMAs for 13 loads a step.
@inlinable
@inline(__always)
func tileOfTwelveRows<Sums: PanelSums, Left: LeftFactor, Ends: TileEpilogue>(_: Sums.Type, _ tile: Tile<Left>, _ ends: Ends) {
    var s0 = Sums(ends.begin(row: tile.row, panel: tile.panel))
    var s1 = Sums(ends.begin(row: tile.row + 1, panel: tile.panel))
    var s2 = Sums(ends.begin(row: tile.row + 2, panel: tile.panel))
    var s3 = Sums(ends.begin(row: tile.row + 3, panel: tile.panel))
    var s4 = Sums(ends.begin(row: tile.row + 4, panel: tile.panel))
    var s5 = Sums(ends.begin(row: tile.row + 5, panel: tile.panel))
    var s6 = Sums(ends.begin(row: tile.row + 6, panel: tile.panel))
    var s7 = Sums(ends.begin(row: tile.row + 7, panel: tile.panel))
    var s8 = Sums(ends.begin(row: tile.row + 8, panel: tile.panel))
    var s9 = Sums(ends.begin(row: tile.row + 9, panel: tile.panel))
    var s10 = Sums(ends.begin(row: tile.row + 10, panel: tile.panel))
    var s11 = Sums(ends.begin(row: tile.row + 11, panel: tile.panel))
    var a = tile.left.start(ofRow: tile.row)
    var b = tile.left.start(ofRow: tile.row + 3)
    var c = tile.left.start(ofRow: tile.row + 6)
    var d = tile.left.start(ofRow: tile.row + 9)
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
        s6.addProduct(Lane(repeating: c[0]), vectors)
        s7.addProduct(Lane(repeating: c[next]), vectors)
        s8.addProduct(Lane(repeating: c[2 &* next]), vectors)
        s9.addProduct(Lane(repeating: d[0]), vectors)
        s10.addProduct(Lane(repeating: d[next]), vectors)
        s11.addProduct(Lane(repeating: d[2 &* next]), vectors)
        a += tile.left.stepStride
        b += tile.left.stepStride
        c += tile.left.stepStride
        d += tile.left.stepStride
        weights += 4
    }
    let rows: InlineArray<12, FourLanes> = [s0.lanes, s1.lanes, s2.lanes, s3.lanes, s4.lanes, s5.lanes, s6.lanes, s7.lanes, s8.lanes, s9.lanes, s10.lanes, s11.lanes]
    ends.finish(row: tile.row, panel: tile.panel, rows.span)
}
