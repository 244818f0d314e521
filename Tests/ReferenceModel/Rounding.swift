/// What factors of matrix products are rounded to before they are multiplied. All else stays Double.
public enum Rounding: Sendable {
    case none
    /// To the nearest number with 8 bits of significand, ties to even.
    case bfloat16

    func callAsFunction(_ x: Double) -> Double {
        guard self == .bfloat16, x.isFinite, x != 0 else { return x }
        // The number of 8 bits' step at x's size.
        let step = Double(sign: .plus, exponent: x.exponent - 7, significand: 1)
        return (x / step).rounded(.toNearestOrEven) * step
    }

    func callAsFunction(_ vector: [Double]) -> [Double] { vector.map { self($0) } }
}
