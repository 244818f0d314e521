import CVector

/// Runs `steps` rounds of 12 independent chains of fused multiply-adds, out of registers alone: nothing that this program computes can be faster.
/// 12 chains hide the latency (4 cycles, two a cycle) and fit the 16 registers of AVX2.
/// - Returns: multiply-adds done, and a value that depends on all of them.
public func multiplyAddBurst(steps: Int) -> (multiplyAdds: Int, value: Float) {
    let factor = Lane(repeating: 0.999_999)
    let addend = Lane(repeating: 1e-6)
    var (a, b, c, d, e, f) = (addend, addend, addend, addend, addend, addend)
    var (g, h, i, j, k, l) = (addend, addend, addend, addend, addend, addend)
    for _ in 0..<steps {
        a = laneFMA(a, factor, addend)
        b = laneFMA(b, factor, addend)
        c = laneFMA(c, factor, addend)
        d = laneFMA(d, factor, addend)
        e = laneFMA(e, factor, addend)
        f = laneFMA(f, factor, addend)
        g = laneFMA(g, factor, addend)
        h = laneFMA(h, factor, addend)
        i = laneFMA(i, factor, addend)
        j = laneFMA(j, factor, addend)
        k = laneFMA(k, factor, addend)
        l = laneFMA(l, factor, addend)
    }
    let sum = ((a + b) + (c + d)) + ((e + f) + (g + h)) + ((i + j) + (k + l))
    return (steps * 12 * laneCount, sum[0])
}
