import CVector

extension FloatView {
    /// Writes a vector of the sums over rows of a matrix `[rowCount, width]`, its numbers rounded to a product's precision: columns `column` and on, 0
    /// past the last one. Each sum is one chain, row by row.
    public func setRowSums(of matrix: FloatView, rowCount: Int, width: Int, column: Int, _ precision: Precision) {
        var sum = Lane(repeating: 0)
        for row in 0..<rowCount { sum += precision.roundedLane(matrix.lane(at: row * width + column)) }
        setLane(laneKept(sum, Int32(min(laneCount, width - column))), at: column)
    }
}
