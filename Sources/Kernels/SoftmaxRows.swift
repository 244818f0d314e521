import CVector

/// Softmax derivatives from exponentials: element (r, c) times the factor of row r and c's block, minus `scale` at r's target.
public struct SoftmaxRows: Sendable {
    let factors: FloatView
    let factorStride: Int
    let blockWidth: Int
    let targets: [Int32]
    let scale: Float

    /// - Parameters:
    ///   - factors: the factor of row r and block b is at `r * factorStride + b`.
    ///   - blockWidth: columns per block.
    ///   - targets: one target per row; negative for none.
    public init(factors: FloatView, factorStride: Int, blockWidth: Int, targets: [Int32], scale: Float) {
        self.factors = factors
        self.factorStride = factorStride
        self.blockWidth = blockWidth
        self.targets = targets
        self.scale = scale
    }

    /// The derivatives of 16 columns of row `row` of `exponentials`; they must lie in one block.
    @inline(__always)
    func derivatives(_ exponentials: OperandView, _ rowStride: Int, row: Int, column: Int) -> SIMD16<Float> {
        let factor = factors[row * factorStride + column / blockWidth]
        let products = exponentials.sixteen(at: row * rowStride + column) * SIMD16(repeating: factor)
        return lessAt(products, targets[row] - Int32(column), scale)
    }
}
