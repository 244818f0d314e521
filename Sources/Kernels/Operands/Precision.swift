public import CVector

/// Precision of the inputs of matrix products. Every sum is float32.
///
/// bfloat16 has float32's range and 8 bits of significand. Two are stored in a word, the earlier one in the upper half (`BFloat16.h`). A sum over
/// pairs is the chain of FMAs over their elements in ascending order, so a bfloat16 product has the same bits as the float32 product of the rounded
/// inputs, except for the sign of a 0.
@frozen
public enum Precision: String, CaseIterable, Sendable {
    case float32
    case bfloat16

    /// 32-bit words that `count` consecutive elements take.
    @inlinable
    @inline(__always)
    public func wordCount(_ count: Int) -> Int { self == .float32 ? count : (count + 1) / 2 }

    /// Rounds sixteen elements as a product does.
    @inlinable
    @inline(__always)
    public func rounded(_ numbers: SIMD16<Float>) -> SIMD16<Float> { self == .float32 ? numbers : roundedToBFloat16(numbers) }

    /// Rounds a vector of elements as a product does.
    @inlinable
    @inline(__always)
    func roundedLane(_ numbers: Lane) -> Lane { self == .float32 ? numbers : laneRoundedToBFloat16(numbers) }

    /// Elements from one row of `width` to the next. bfloat16 rows are padded to a multiple of 16.
    public func rowStride(_ width: Int) -> Int { self == .float32 ? width : (width + 15) / 16 * 16 }
}
