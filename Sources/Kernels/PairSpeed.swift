import CVector

#if canImport(Glibc)
    import Glibc
#endif

/// Measured speed of bfloat16 products on this processor, relative to float32, once per process on the kernels' own tile. Chooses between the two ways
/// to multiply pairs, which give the same bits.
///
/// VDPBF16PS isn't fast on every processor that has it: on Zen 5 it makes products twice as fast as float32's; on Emerald Rapids it starts every
/// second cycle, half as fast as float32's, and two FMAs on unpacked halves take three quarters of its time.
public struct PairSpeed: Sendable {
    /// Speed of bfloat16 relative to float32: multiply-adds in the same time, by the faster of the two ways.
    public let besideFloat32: Double
    /// Whether the pair instruction is the faster way. False if the build doesn't have it.
    public let instructionIsFaster: Bool

    /// The measurement of this process. Cost: less than 2 ms at the first use. `LSTM_TRAIN_BFLOAT16` in the environment, "instruction" or "halves",
    /// overrides the choice.
    public static let measured = PairSpeed(wanted: getenv("LSTM_TRAIN_BFLOAT16").map { String(cString: $0) })

    private init(wanted: String?) {
        var clock = TileClock()
        // Interleaved, so that a disturbance affects all of them.
        for _ in 0..<8 {
            clock.time(FloatProduct.self, at: 0)
            clock.time(HalvesProduct.self, at: 1)
            if hasBFloat16Products() != 0 { clock.time(PairProduct.self, at: 2) }
        }
        let (floats, halves, instruction) = (clock.best[0], clock.best[1], clock.best[2])
        // On a tie the instruction wins because it takes less power. Without the instruction its time is infinite.
        instructionIsFaster = instruction < .infinity && (wanted == "instruction" || (wanted != "halves" && instruction < 1.05 * halves))
        besideFloat32 = 2 * floats / (instructionIsFaster ? instruction : halves)
    }
}

/// Times one tile of six rows and four vectors, in the first-level cache.
private struct TileClock: ~Copyable {
    /// The shortest time by kind; infinite if not measured.
    var best = [Double](repeating: .infinity, count: 3)
    private let left = FloatMemory(count: rowCount * depth)
    private let panel = FloatMemory(count: depth * PanelView.width)
    private let product = FloatMemory(count: rowCount * PanelView.width)

    private static let rowCount = 6
    private static let depth = 64
    private static let repeatCount = 24

    init() {
        // Two bfloat16 near 1e-5, or one float: sums neither overflow nor become denormal.
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
