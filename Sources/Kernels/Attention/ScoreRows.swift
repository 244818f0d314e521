import CVector

/// Softmax over rows of attention scores, and back. Columns that aren't a query's keys are 0; sums over a row are 16 chains and the fixed tree.
struct ScoreRows {
    /// 1/√d.
    let scale: Float

    /// Writes e^(scale · (s - max s)) in place of a row's scores s.
    /// - Parameters:
    ///   - row: from column 0 on, in whole blocks of 16.
    ///   - columns: what is written, from a multiple of 16 on, up to the next one.
    ///   - keys: those of the columns that count.
    /// - Returns: scale · max s, and the sum of what was written.
    func exponentiate(_ row: FloatView, columns: Range<Int>, keys: Range<Int>) -> (maximum: Float, sum: Float) {
        let end = exclude(row, columns: columns, keys: keys)
        var largest = row.lane(at: columns.lowerBound)
        for column in stride(from: columns.lowerBound, to: end, by: laneCount) { largest = laneMaximum(largest, row.lane(at: column)) }
        var maximum = largest[0]
        for lane in 1..<laneCount where largest[lane] > maximum { maximum = largest[lane] }
        maximum *= scale
        let (factors, less) = (Lane(repeating: scale), Lane(repeating: -maximum))
        var chains = SIMD16<Float>(repeating: 0)
        for column in stride(from: columns.lowerBound, to: end, by: 16) {
            for part in stride(from: column, to: column + 16, by: laneCount) {
                row.setLane(exponential(laneFMA(row.lane(at: part), factors, less)), at: part)
            }
            chains += row.sixteen(at: column)
        }
        return (maximum, treeSum(chains))
    }

    /// Writes the probabilities in place of a row's scores: the same exponentials, times the reciprocal of their sum.
    func normalize(_ row: FloatView, columns: Range<Int>, keys: Range<Int>, maximum: Float, reciprocal: Float) {
        let end = exclude(row, columns: columns, keys: keys)
        let (factors, less, reciprocals) = (Lane(repeating: scale), Lane(repeating: -maximum), Lane(repeating: reciprocal))
        for column in stride(from: columns.lowerBound, to: end, by: laneCount) {
            row.setLane(exponential(laneFMA(row.lane(at: column), factors, less)) * reciprocals, at: column)
        }
    }

    /// Writes ∂L/∂s = scale · p ∘ (∂L/∂p - Σ p ∘ ∂L/∂p) in place of ∂L/∂p.
    /// - Parameter mean: Σ p ∘ ∂L/∂p.
    func differentiate(_ gradients: FloatView, probabilities: FloatView, columns: Range<Int>, mean: Float) {
        let (means, factors) = (Lane(repeating: mean), Lane(repeating: scale))
        for column in stride(from: columns.lowerBound, to: columns.upperBound, by: laneCount) {
            gradients.setLane(probabilities.lane(at: column) * (gradients.lane(at: column) - means) * factors, at: column)
        }
    }

    /// Makes the exponentials of columns that aren't keys 0.
    /// - Returns: the columns' end as a multiple of 16.
    private func exclude(_ row: FloatView, columns: Range<Int>, keys: Range<Int>) -> Int {
        let end = (columns.upperBound + 15) / 16 * 16
        for column in columns.lowerBound..<keys.lowerBound { row[column] = -.greatestFiniteMagnitude }
        for column in keys.upperBound..<end { row[column] = -.greatestFiniteMagnitude }
        return end
    }
}
