extension FloatView {
    /// Copies rows of a table: row r of this matrix becomes row `tokens[r]` of `table`, or 0 where the token is negative.
    ///
    /// - Parameters:
    ///   - rowStride: floats from one row of this matrix to the next.
    ///   - rowCount: floats of a row of `table`.
    public func gather(rows: Range<Int>, rowStride: Int, of table: FloatView, rowCount: Int, tokens: [Int32]) {
        precondition(rows.upperBound * rowStride <= count + rowStride - rowCount && rows.upperBound <= tokens.count)
        for row in rows {
            let target = base + row * rowStride
            let token = Int(tokens[row])
            if token >= 0 {
                precondition((token + 1) * rowCount <= table.count)
                target.update(from: table.base + token * rowCount, count: rowCount)
            } else {
                target.update(repeating: 0, count: rowCount)
            }
        }
    }
}
