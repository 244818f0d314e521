import CVector

/// Runs `steps` rounds of 12 independent chains of fused multiply-adds on registers only, which measures the processor's peak.
/// 12 chains hide the latency (4 cycles, 6 for pairs, two a cycle) and fit the 16 registers of AVX2.
/// - Returns: the number of multiply-adds, and a value that depends on all of them.
public func multiplyAddBurst(steps: Int, precision: Precision = .float32) -> (multiplyAdds: Int, value: Float) {
    // Two bfloat16 near 1e-5, or one float. Computed at run time, because the compiler would fold an exact product of constants.
    let factor = Float(bitPattern: 0x3727_3727 + UInt32(truncatingIfNeeded: steps >> 60))
    switch precision {
    case .float32: return (steps * 12 * laneCount, burst(FloatProduct.self, steps: steps, factor: factor))
    case .bfloat16 where PairSpeed.measured.instructionIsFaster:
        return (steps * 24 * laneCount, burst(PairProduct.self, steps: steps, factor: factor))
    case .bfloat16: return (steps * 12 * laneCount, burst(FloatProduct.self, steps: steps, factor: factor))
    }
}

@inline(__always)
private func burst<Product: LaneProduct>(_: Product.Type, steps: Int, factor: Float) -> Float {
    let factor = Lane(repeating: factor)
    // Each chain starts from another value, or the compiler could merge them.
    func start(_ chain: Int) -> Lane { Lane(repeating: Float(chain) * 1e-3) }
    var (a, b, c, d, e, f) = (start(0), start(1), start(2), start(3), start(4), start(5))
    var (g, h, i, j, k, l) = (start(6), start(7), start(8), start(9), start(10), start(11))
    for _ in 0..<steps {
        a = Product.sum(factor, factor, a)
        b = Product.sum(factor, factor, b)
        c = Product.sum(factor, factor, c)
        d = Product.sum(factor, factor, d)
        e = Product.sum(factor, factor, e)
        f = Product.sum(factor, factor, f)
        g = Product.sum(factor, factor, g)
        h = Product.sum(factor, factor, h)
        i = Product.sum(factor, factor, i)
        j = Product.sum(factor, factor, j)
        k = Product.sum(factor, factor, k)
        l = Product.sum(factor, factor, l)
    }
    let sum = ((a + b) + (c + d)) + ((e + f) + (g + h)) + ((i + j) + (k + l))
    return sum[0]
}
