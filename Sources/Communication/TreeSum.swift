/// Sums rows of floats in a fixed binary tree, in place: row 0 becomes the sum, the others are overwritten.
///
/// The tree takes neighbours in pairs, level by level; an odd row at a level's end moves up as it is. Five rows: ((r0 + r1) + (r2 + r3)) + r4.
/// - Parameter rows: `[rowCount, rowLength]`, one row behind the other.
/// - Cost: (rowCount − 1) · rowLength additions.
func sumRowsByTree(_ rows: UnsafeMutableBufferPointer<Float>, rowCount: Int, rowLength: Int) {
    precondition(rows.count >= rowCount * rowLength, "rows are shorter than their number and length say")
    // unsafe: every row below begins and ends inside `rows`, by the precondition.
    guard rowLength > 0, let first = rows.baseAddress else { return }
    // Blocks keep the partial sums of all rows in the cache; elements don't mix, so the block leaves no trace in the bits.
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

/// Adds `count` floats to as many others. Each element is one addition, so the vectors that the compiler makes of it can't change a bit.
private func add(_ addends: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Float>, count: Int) {
    for place in 0..<count { sums[place] += addends[place] }
}
