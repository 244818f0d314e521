import CVector

/// Softmax derivatives from exponentials: element (r, c) times the factor of row r and c's block, minus r's scale at its target, minus `uniformScale`.
/// A row without a target is 0.
public struct SoftmaxRows: Sendable {
    let factors: FloatView
    let factorStride: Int
    let blockWidth: Int
    let targets: [Int32]
    let scales: FloatView
    let uniformScale: Float

    /// - Parameters:
    ///   - factors: the factor of row r and block b is at `r * factorStride + b`.
    ///   - blockWidth: columns per block.
    ///   - targets: one target per row; negative for none.
    ///   - scales: what is subtracted at a row's target: one number per row.
    ///   - uniformScale: with label smoothing, what is subtracted at all columns.
    public init(factors: FloatView, factorStride: Int, blockWidth: Int, targets: [Int32], scales: FloatView, uniformScale: Float = 0) {
        self.factors = factors
        self.factorStride = factorStride
        self.blockWidth = blockWidth
        self.targets = targets
        self.scales = scales
        self.uniformScale = uniformScale
    }

    /// The derivatives of 16 columns of row `row` of `exponentials`; they must lie in one block.
    @inline(__always)
    func derivatives(_ exponentials: OperandView, _ rowStride: Int, row: Int, column: Int) -> SIMD16<Float> {
        let factor = factors[row * factorStride + column / blockWidth]
        let target = targets[row]
        // With -0, an FMA has the product's bits.
        let sums = sixteenFMA(exponentials.sixteen(at: row * rowStride + column), factor, target < 0 ? -0.0 : -uniformScale)
        return lessAt(sums, target - Int32(column), scales[row])
    }
}
