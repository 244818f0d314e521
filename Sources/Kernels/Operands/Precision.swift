public import CVector

/// What the factors of products are held in. Every sum is float32.
///
/// bfloat16 has float32's range and 8 bits of significand; two stand in a word, the earlier in the upper half (`BFloat16.h`). A chain over pairs is
/// the chain of FMAs over their numbers in ascending order, so a product in bfloat16 is, to the bit save the sign of a 0, float32's product of the
/// rounded factors.
@frozen
public enum Precision: String, CaseIterable, Sendable {
    case float32
    case bfloat16

    /// 32-bit words that `count` neighbours take.
    @inlinable
    @inline(__always)
    public func wordCount(_ count: Int) -> Int { self == .float32 ? count : (count + 1) / 2 }

    /// What a product has of sixteen factors.
    @inlinable
    @inline(__always)
    public func rounded(_ numbers: SIMD16<Float>) -> SIMD16<Float> { self == .float32 ? numbers : roundedToBFloat16(numbers) }

    /// What a product has of a vector of factors.
    @inlinable
    @inline(__always)
    func roundedLane(_ numbers: Lane) -> Lane { self == .float32 ? numbers : laneRoundedToBFloat16(numbers) }

    /// Numbers from one row of `width` to the next: pairs have whole blocks of 16 columns.
    public func rowStride(_ width: Int) -> Int { self == .float32 ? width : (width + 15) / 16 * 16 }
}
