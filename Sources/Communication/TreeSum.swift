/// Sums rows of floats in a fixed binary tree, in place: row 0 becomes the sum, the others are overwritten.
///
/// The tree adds neighbours in pairs, level by level; the last row of an odd level moves up unchanged. Five rows: ((r0 + r1) + (r2 + r3)) + r4.
/// - Parameter rows: `[rowCount, rowLength]`, contiguous.
/// - Cost: (rowCount − 1) · rowLength additions.
func sumRowsByTree(_ rows: UnsafeMutableBufferPointer<Float>, rowCount: Int, rowLength: Int) {
    precondition(rows.count >= rowCount * rowLength, "rows are shorter than their number and length say")
    // unsafe: every row below lies inside `rows`, by the precondition.
    guard rowLength > 0, let first = rows.baseAddress else { return }
    // Blocks keep the partial sums of all rows in the cache. Elements are independent, so blocking doesn't change a bit.
    let blockLength = 2048
    for start in stride(from: 0, to: rowLength, by: blockLength) {
        let length = min(blockLength, rowLength - start)
        var distance = 1
        while distance < rowCount {
            for row in stride(from: 0, to: rowCount - distance, by: 2 * distance) {
                add(first + ((row + distance) * rowLength + start), to: first + (row * rowLength + start), count: length)
            }
            distance *= 2
        }
    }
}

/// Adds `count` floats to `sums`, element by element. Each element is one addition, so vectorization can't change a bit.
private func add(_ addends: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Float>, count: Int) {
    for place in 0..<count { sums[place] += addends[place] }
}
