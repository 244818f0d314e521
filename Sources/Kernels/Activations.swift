public import CVector

// exp, sigmoid and tanh of a vector, built from FMAs, so they give the same bits on every processor. Largest error over the whole range,
// against Double references: exp 1.5 units in the last place, sigmoid 2.5, tanh 3.5.
//
// All three reduce y to n·ln 2 + r with |r| ≤ ln 2 / 2 and use e^r - 1 = r + r²·q(r), with q of degree 4: a minimax polynomial computed for
// this project (Remez, relative error 1.5e-8). Rounding adds and subtracts 1.5·2²³, and n is added to the exponent as an integer: the standard
// library's rounding and conversion compile to scalar code.

@usableFromInline
@frozen
struct ExponentialParts {
    /// 2ⁿ.
    @usableFromInline var scale: Lane
    /// e^r - 1.
    @usableFromInline var remainder: Lane

    /// - Precondition: |y| ≤ 87.
    @inlinable
    @inline(__always)
    init(_ y: Lane) {
        let magic = Lane(repeating: 12_582_912)
        let shifted = laneFMA(y, Lane(repeating: 1.442_695_04), magic)
        let n = shifted - magic
        let r = laneFMA(n, Lane(repeating: 1.904_654_3e-9), laneFMA(n, Lane(repeating: -0.693_147_182_464_6), y))
        var q = laneFMA(r, Lane(repeating: 0.001_394_600_526), Lane(repeating: 0.008_366_347_423))
        q = laneFMA(r, q, Lane(repeating: 0.041_666_290_358))
        q = laneFMA(r, q, Lane(repeating: 0.166_665_454_486))
        q = laneFMA(r, q, Lane(repeating: 0.500_000_005_835))
        remainder = laneFMA(r * r, q, r)
        // The low bits of `shifted` hold n; 127 is the exponent's bias.
        let bits = unsafeBitCast(shifted, to: LaneBits.self) &+ LaneBits(repeating: 127)
        scale = unsafeBitCast(bits &<< LaneBits(repeating: 23), to: Lane.self)
    }
}

/// e^x, for x at most 87; 0 below -87. NaN stays NaN.
@inlinable
@inline(__always)
public func exponential(_ x: Lane) -> Lane {
    let parts = ExponentialParts(laneClamped(x, 87))
    let value = laneFMA(parts.scale, parts.remainder, parts.scale)
    return laneZeroedWhereBelow(value, x, -87)
}

/// σ(x) = 1 / (1 + e^-x). NaN stays NaN.
@inlinable
@inline(__always)
public func sigmoid(_ x: Lane) -> Lane {
    let parts = ExponentialParts(laneClamped(-x, 87))
    let one = Lane(repeating: 1)
    return one / (one + laneFMA(parts.scale, parts.remainder, parts.scale))
}

/// log σ(x) = min(x, 0) - log(1 + e^-|x|), within 3 units in the last place of a Double's. NaN stays NaN.
///
/// With u = e^-|x| at most 1, log(1 + u) = 2·artanh(u / (2 + u)), |argument| ≤ 1/3: nine terms leave 2e-10.
@inlinable
@inline(__always)
public func logSigmoid(_ x: Lane) -> Lane {
    let zero = Lane(repeating: 0)
    let magnitude = laneMaximum(zero - x, x)
    let u = exponential(zero - magnitude)
    let z = u / (u + Lane(repeating: 2))
    let square = z * z
    var sum = Lane(repeating: 1 / 17)
    sum = laneFMA(sum, square, Lane(repeating: 1 / 15))
    sum = laneFMA(sum, square, Lane(repeating: 1 / 13))
    sum = laneFMA(sum, square, Lane(repeating: 1 / 11))
    sum = laneFMA(sum, square, Lane(repeating: 1 / 9))
    sum = laneFMA(sum, square, Lane(repeating: 1 / 7))
    sum = laneFMA(sum, square, Lane(repeating: 1 / 5))
    sum = laneFMA(sum, square, Lane(repeating: 1 / 3))
    let twice = z + z
    // min(x, 0) is -max(-x, 0).
    return zero - laneMaximum(zero - x, zero) - laneFMA(twice * square, sum, twice)
}

/// tanh(x) = (e^2x - 1) / (e^2x - 1 + 2), accurate near 0 too. NaN stays NaN.
@inlinable
@inline(__always)
public func hyperbolicTangent(_ x: Lane) -> Lane {
    let parts = ExponentialParts(laneClamped(x + x, 40))
    let exponentialLessOne = laneFMA(parts.scale, parts.remainder, parts.scale - Lane(repeating: 1))
    return exponentialLessOne / (exponentialLessOne + Lane(repeating: 2))
}

/// Φ(x), the normal distribution's, and its density φ(x) = e^(-x²/2)/√2π: Φ's error is at most 2 units in the last place of 1, and where Φ is small, relative to it,
/// that of e^(-x²/2). NaN stays NaN.
///
/// Φ(-|x|) = e^(-x²/2) · q(t), t = 1 / (1 + 0.35·|x|), with q of degree 8: a minimax polynomial computed for this project (relative error 3.2e-8 up to
/// |x| = 13.3, beyond which e^(-x²/2) is 0 here).
@inlinable
@inline(__always)
public func normalDistribution(_ x: Lane) -> (distribution: Lane, density: Lane) {
    let (one, half) = (Lane(repeating: 1), Lane(repeating: 0.5))
    let bell = exponential(x * x * -half)
    let t = one / laneFMA(laneMaximum(x, -x), Lane(repeating: 0.35), one)
    var q = laneFMA(t, Lane(repeating: -0.029_115_016_857), Lane(repeating: 0.143_818_422_838))
    q = laneFMA(t, q, Lane(repeating: -0.255_391_024_636))
    q = laneFMA(t, q, Lane(repeating: 0.158_796_576_947))
    q = laneFMA(t, q, Lane(repeating: -0.022_843_434_674))
    q = laneFMA(t, q, Lane(repeating: 0.105_392_150_131))
    q = laneFMA(t, q, Lane(repeating: 0.119_863_087_962))
    q = laneFMA(t, q, Lane(repeating: 0.139_857_562_14))
    q = laneFMA(t, q, Lane(repeating: 0.139_621_660_304))
    let tail = bell * q * t
    return (tail + laneZeroedWhereBelow(one - tail - tail, x, 0), bell * Lane(repeating: 0.398_942_280_4))
}

/// The natural logarithm of a positive, finite, normal number, within 2 units in the last place of a Double; -∞ for 0, NaN for negative numbers.
/// Uses only +, -, ·, /, which round the same on every machine; libm implementations differ.
public func naturalLogarithm(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    guard x.isFinite else { return x }
    var exponent = Double(x.exponent)
    var significand = x.significand
    if significand > 1.414_213_562_373_095_1 {
        significand /= 2
        exponent += 1
    }
    // ln m = 2·artanh((m - 1) / (m + 1)), |argument| ≤ 0.1716: 12 terms leave 1e-19.
    let z = (significand - 1) / (significand + 1)
    let square = z * z
    var sum = 0.0
    for term in stride(from: 23.0, through: 3.0, by: -2.0) {
        sum = sum * square + 1 / term
    }
    sum = 2 * z + 2 * z * square * sum
    return exponent * 0.693_147_180_369_123_82 + (exponent * 1.908_214_929_270_587_7e-10 + sum)
}

/// e^x within 2 units in the last place of a Double; of +, -, ·, / only, as ``naturalLogarithm(_:)``. 0 below -700, ∞ above 700; NaN stays NaN.
public func exponential(_ x: Double) -> Double {
    guard abs(x) <= 700 else { return x.isNaN ? x : x < 0 ? 0 : .infinity }
    let n = (x * 1.442_695_040_888_963_4).rounded(.toNearestOrEven)
    let r = (x - n * 0.693_147_180_369_123_82) - n * 1.908_214_929_270_587_7e-10
    var sum = 1.0
    for term in stride(from: 14.0, through: 1.0, by: -1.0) { sum = 1 + sum * r / term }
    return sum * Double(sign: .plus, exponent: Int(n), significand: 1)
}

/// σ(x) of one number, with the same bits as the vector version.
public func sigmoid(_ x: Float) -> Float { sigmoid(Lane(repeating: x))[0] }

/// e^x of one number, with the same bits as the vector version.
public func exponential(_ x: Float) -> Float { exponential(Lane(repeating: x))[0] }
