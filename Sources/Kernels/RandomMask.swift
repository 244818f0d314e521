import CVector

/// Random masks over rows of units: each unit is 0 with a given probability, and otherwise multiplied by 1 / (1 - probability).
///
/// Whether a unit is kept is a function of (seed, step, layer, sequence, time step, unit), from ``Philox``: the first words of the block of counters
/// (step, step's upper half, layer) are the key of a row's blocks, whose counters are (sequence, time step, block). 64 units take 16 blocks: unit
/// 64g + 16c + i has word c of block 16g + i, and is 0 where that is below probability · 2³².
public struct RandomMask: Sendable {
    private let low: UInt32
    private let high: UInt32
    private let threshold: UInt32
    private let scale: Float

    /// - Parameters:
    ///   - probability: of a 0, at least 0 and below 1; rounded to a multiple of 2⁻³².
    ///   - layer: distinguishes masks of the same step.
    ///   - isScaled: whether kept units are multiplied by 1 / (1 - probability), so that the mean stays.
    public init(probability: Double, seed: UInt64, step: Int, layer: Int, isScaled: Bool = true) {
        precondition((0..<1).contains(probability), "a probability of \(probability)")
        (low, high) = Philox.key(seed: seed, step: step, layer: layer)
        threshold = UInt32(min(4_294_967_295, (probability * 0x1p32).rounded()))
        scale = isScaled ? Float(1 / (1 - probability)) : 1
    }

    /// Writes a row's masked units to `target`; the two may be the same place.
    /// - Parameters:
    ///   - count: units, rounded up to whole blocks of 16; those behind the last are masked like any others.
    ///   - time: counted from the sequence's begin.
    public func apply(
        to source: FloatView, at sourceIndex: Int, into target: FloatView, at targetIndex: Int, count: Int, sequence: Int, time: Int
    ) {
        let blocks = (count + 15) / 16
        precondition(sourceIndex + 16 * blocks <= source.count && targetIndex + 16 * blocks <= target.count)
        for group in 0..<(blocks + 3) / 4 {
            maskSixtyFour(
                source.base + sourceIndex + 64 * group, target.base + targetIndex + 64 * group, Int32(min(4, blocks - 4 * group)),
                UInt32(truncatingIfNeeded: sequence), UInt32(truncatingIfNeeded: time), UInt32(truncatingIfNeeded: 16 * group),
                RandomPurpose.masks.rawValue, low, high, threshold, scale)
        }
    }

    /// Masks `floats` in place: one row of any length, behind whose end nothing is written.
    public func apply(to floats: FloatView, sequence: Int, time: Int) {
        let whole = floats.count / 64 * 64
        if whole > 0 { apply(to: floats, at: 0, into: floats, at: 0, count: whole, sequence: sequence, time: time) }
        let rest = floats.count - whole
        guard rest > 0 else { return }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 64) { buffer in
            buffer.initialize(repeating: 0)
            guard let base = buffer.baseAddress else { return }
            base.update(from: floats.base + whole, count: rest)
            maskSixtyFour(
                base, base, 4, UInt32(truncatingIfNeeded: sequence), UInt32(truncatingIfNeeded: time), UInt32(truncatingIfNeeded: whole / 4),
                RandomPurpose.masks.rawValue, low, high, threshold, scale)
            (floats.base + whole).update(from: base, count: rest)
        }
    }

    /// What a unit is multiplied by.
    public func factor(sequence: Int, time: Int, unit: Int) -> Float {
        let counter = SIMD4(
            UInt32(truncatingIfNeeded: sequence), UInt32(truncatingIfNeeded: time), UInt32(truncatingIfNeeded: unit / 64 * 16 + unit % 16),
            RandomPurpose.masks.rawValue)
        return Philox.block(counter: counter, key: SIMD2(low, high))[unit % 64 / 16] >= threshold ? scale : 0
    }
}

extension Philox {
    /// Numbers of one step for one layer, a function of (seed, step, layer) and the counters.
    public init(seed: UInt64, step: Int, layer: Int) {
        let (low, high) = Self.key(seed: seed, step: step, layer: layer)
        self.init(seed: UInt64(high) << 32 | UInt64(low), purpose: .masks)
    }

    /// The first words of the block of counters (step, step's upper half, layer).
    fileprivate static func key(seed: UInt64, step: Int, layer: Int) -> (low: UInt32, high: UInt32) {
        let words = Philox(seed: seed, purpose: .masks).block(step & 0xffff_ffff, step >> 32, layer)
        return (words.x, words.y)
    }
}
