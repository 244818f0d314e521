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

    @inline(__always)
    func factor(row: Int, column: Int) -> Float { factors[row * factorStride + column / blockWidth] }
}
