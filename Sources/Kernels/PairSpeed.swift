import CVector

#if canImport(Glibc)
    import Glibc
#endif

/// How fast this processor multiplies pairs of bfloat16, measured once a process on the kernels' own tile: the choice between the two ways to do it, which
/// give the same bits, and what may be said of bfloat16 beside float32.
///
/// That a processor has VDPBF16PS doesn't mean that it is fast: on Zen 5 it makes products twice as fast as float32's; on Emerald Rapids it starts every
/// second cycle, half as fast as float32's, and two FMAs on unpacked halves take three quarters of its time.
public struct PairSpeed: Sendable {
    /// Multiply-adds in bfloat16, by the faster of the two ways, for each of float32's in the same time.
    public let besideFloat32: Double
    /// Whether one instruction for a pair is the faster way. False where the build has none.
    public let instructionIsFaster: Bool

    /// Of this process. Cost: at the first use less than 2 ms. `LSTM_TRAIN_BFLOAT16` in the environment, "instruction" or "halves", takes the choice away.
    public static let measured = PairSpeed(wanted: getenv("LSTM_TRAIN_BFLOAT16").map { String(cString: $0) })

    private init(wanted: String?) {
        var clock = TileClock()
        // In turn, so that what disturbs one of them disturbs the others too.
        for _ in 0..<8 {
            clock.time(FloatProduct.self, at: 0)
            clock.time(HalvesProduct.self, at: 1)
            if hasBFloat16Products() != 0 { clock.time(PairProduct.self, at: 2) }
        }
        let (floats, halves, instruction) = (clock.best[0], clock.best[1], clock.best[2])
        // Where they are alike the instruction takes less power. Where there is none its time is infinite.
        instructionIsFaster = instruction < .infinity && (wanted == "instruction" || (wanted != "halves" && instruction < 1.05 * halves))
        besideFloat32 = 2 * floats / (instructionIsFaster ? instruction : halves)
    }
}

/// Times one tile of six rows and four vectors, in the first-level cache.
private struct TileClock: ~Copyable {
    /// The shortest time by kind; infinite where it wasn't taken.
    var best = [Double](repeating: .infinity, count: 3)
    private let left = FloatMemory(count: rowCount * depth)
    private let panel = FloatMemory(count: depth * PanelView.width)
    private let product = FloatMemory(count: rowCount * PanelView.width)

    private static let rowCount = 6
    private static let depth = 64
    private static let repeatCount = 24

    init() {
        // Two numbers near 1e-5, or one: nothing grows, and nothing is denormal.
        left.view.fill(Float(bitPattern: 0x3727_3727))
        panel.view.fill(Float(bitPattern: 0x3727_3727))
    }

    mutating func time<Product: LaneProduct>(_: Product.Type, at kind: Int) {
        let began = ContinuousClock.now
        let weights = UnsafeRawPointer(panel.view.base).assumingMemoryBound(to: Lane.self)
        let rows = RowsOperand(left.view, rowStride: Self.depth)
        for _ in 0..<Self.repeatCount {
            let tile = Tile(row: 0, panel: 0, left: rows, weights: weights, depth: Self.depth)
            multiply(Product.self, 4, tile, to: Self.rowCount, AddedProduct(to: product.view, rowStride: PanelView.width))
        }
        best[kind] = min(best[kind], (ContinuousClock.now - began) / .seconds(1))
    }
}
