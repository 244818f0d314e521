import CVector

/// What makes derivatives of rows of exponentials: element (r, c) times the factor of row r and of c's block, less `scale` where c is r's target.
public struct SoftmaxRows {
    let factors: FloatView
    let factorStride: Int
    let blockWidth: Int
    let targets: [Int32]
    let scale: Float

    /// - Parameters:
    ///   - factors: block b's of row r at `r * factorStride + b`.
    ///   - blockWidth: columns of a block.
    ///   - targets: a row's target; negative if it has none.
    public init(factors: FloatView, factorStride: Int, blockWidth: Int, targets: [Int32], scale: Float) {
        self.factors = factors
        self.factorStride = factorStride
        self.blockWidth = blockWidth
        self.targets = targets
        self.scale = scale
    }

    /// The derivatives of 16 columns of row `row` of `exponentials`. They lie in one block.
    @inline(__always)
    func derivatives(_ exponentials: OperandView, _ rowStride: Int, row: Int, column: Int) -> SIMD16<Float> {
        let factor = factors[row * factorStride + column / blockWidth]
        let products = exponentials.sixteen(at: row * rowStride + column) * SIMD16(repeating: factor)
        return lessAt(products, targets[row] - Int32(column), scale)
    }
}
