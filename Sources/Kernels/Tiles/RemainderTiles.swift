public import CVector

// Tiles for the rows that remain after full tiles: 5 and 4 rows (32 registers only), 2 rows, 1 row. Four sums per row.
// Two rows have 8 sums, which just hide the latency of an FMA (4 cycles, two a cycle); a single row doesn't.

@inlinable
@inline(__always)
func tileOfFiveRows<Sums: PanelSums, Left: LeftFactor, Ends: TileEpilogue>(_: Sums.Type, _ tile: Tile<Left>, _ ends: Ends) {
    var s0 = Sums(ends.begin(row: tile.row, panel: tile.panel))
    var s1 = Sums(ends.begin(row: tile.row + 1, panel: tile.panel))
    var s2 = Sums(ends.begin(row: tile.row + 2, panel: tile.panel))
    var s3 = Sums(ends.begin(row: tile.row + 3, panel: tile.panel))
    var s4 = Sums(ends.begin(row: tile.row + 4, panel: tile.panel))
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
        a += tile.left.stepStride
        b += tile.left.stepStride
        weights += 4
    }
    let rows: InlineArray<5, FourLanes> = [s0.lanes, s1.lanes, s2.lanes, s3.lanes, s4.lanes]
    ends.finish(row: tile.row, panel: tile.panel, rows.span)
}

@inlinable
@inline(__always)
func tileOfFourRows<Sums: PanelSums, Left: LeftFactor, Ends: TileEpilogue>(_: Sums.Type, _ tile: Tile<Left>, _ ends: Ends) {
    var s0 = Sums(ends.begin(row: tile.row, panel: tile.panel))
    var s1 = Sums(ends.begin(row: tile.row + 1, panel: tile.panel))
    var s2 = Sums(ends.begin(row: tile.row + 2, panel: tile.panel))
    var s3 = Sums(ends.begin(row: tile.row + 3, panel: tile.panel))
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
        a += tile.left.stepStride
        b += tile.left.stepStride
        weights += 4
    }
    let rows: InlineArray<4, FourLanes> = [s0.lanes, s1.lanes, s2.lanes, s3.lanes]
    ends.finish(row: tile.row, panel: tile.panel, rows.span)
}

@inlinable
@inline(__always)
func tileOfTwoRows<Sums: PanelSums, Left: LeftFactor, Ends: TileEpilogue>(_: Sums.Type, _ tile: Tile<Left>, _ ends: Ends) {
    var s0 = Sums(ends.begin(row: tile.row, panel: tile.panel))
    var s1 = Sums(ends.begin(row: tile.row + 1, panel: tile.panel))
    var a = tile.left.start(ofRow: tile.row)
    let next = tile.left.rowStride
    var weights = tile.weights
    for _ in 0..<tile.depth {
        let vectors = Sums.weights(weights)
        s0.addProduct(Lane(repeating: a[0]), vectors)
        s1.addProduct(Lane(repeating: a[next]), vectors)
        a += tile.left.stepStride
        weights += 4
    }
    let rows: InlineArray<2, FourLanes> = [s0.lanes, s1.lanes]
    ends.finish(row: tile.row, panel: tile.panel, rows.span)
}

@inlinable
@inline(__always)
func tileOfOneRow<Sums: PanelSums, Left: LeftFactor, Ends: TileEpilogue>(_: Sums.Type, _ tile: Tile<Left>, _ ends: Ends) {
    var s0 = Sums(ends.begin(row: tile.row, panel: tile.panel))
    var a = tile.left.start(ofRow: tile.row)
    var weights = tile.weights
    for _ in 0..<tile.depth {
        let vectors = Sums.weights(weights)
        s0.addProduct(Lane(repeating: a[0]), vectors)
        a += tile.left.stepStride
        weights += 4
    }
    let rows: InlineArray<1, FourLanes> = [s0.lanes]
    ends.finish(row: tile.row, panel: tile.panel, rows.span)
}
