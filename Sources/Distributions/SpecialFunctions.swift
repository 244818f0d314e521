import Kernels

// Functions of distributions in Double, of +, -, ·, / and square roots only, which round the same on every machine; libm implementations differ.

/// ln(1 + e^x), which is positive.
package func softplus(_ x: Double) -> Double {
    // ln(1 + u) = 2·artanh(u / (2 + u)), |argument| ≤ 1/3: 18 terms leave 1e-18.
    let u = exponential(-abs(x))
    let z = u / (2 + u)
    let square = z * z
    var sum = 0.0
    for term in stride(from: 35.0, through: 3.0, by: -2.0) { sum = sum * square + 1 / term }
    return max(x, 0) + 2 * z + 2 * z * square * sum
}

/// 1 / (1 + e^-x), the derivative of ``softplus(_:)``.
package func sigmoid(_ x: Double) -> Double {
    let small = exponential(-abs(x))
    return (x < 0 ? small : 1) / (1 + small)
}

/// ln Γ(x) for x above 0: Stirling's series for x of 10 or more, to which the recurrence Γ(x + 1) = x·Γ(x) leads (NIST DLMF 5.11.1, 5.5.1).
package func logGamma(_ x: Double) -> Double {
    var (shifted, product) = (x, 1.0)
    while shifted < 10 {
        product *= shifted
        shifted += 1
    }
    let inverse = 1 / (shifted * shifted)
    var series = inverse * (-691 / 360_360) + 1 / 1188
    series = series * inverse - 1 / 1680
    series = series * inverse + 1 / 1260
    series = series * inverse - 1 / 360
    series = (series * inverse + 1 / 12) / shifted
    let halfLogTwoPi = 0.918_938_533_204_672_74
    return (shifted - 0.5) * naturalLogarithm(shifted) - shifted + halfLogTwoPi + series - (product == 1 ? 0 : naturalLogarithm(product))
}

/// ψ(x), the derivative of ``logGamma(_:)``, likewise (NIST DLMF 5.11.2, 5.5.2).
package func digamma(_ x: Double) -> Double {
    var (shifted, sum) = (x, 0.0)
    while shifted < 10 {
        sum -= 1 / shifted
        shifted += 1
    }
    let inverse = 1 / (shifted * shifted)
    var series = inverse * (691 / 32_760) - 1 / 132
    series = series * inverse + 1 / 240
    series = series * inverse - 1 / 252
    series = series * inverse + 1 / 120
    series = (series * inverse - 1 / 12) * inverse
    return sum + naturalLogarithm(shifted) - 1 / (2 * shifted) + series
}

/// Regularised incomplete beta function I_x(a, b): the continued fraction of NIST DLMF 8.17.22, evaluated with Lentz's method; where it converges slowly,
/// 1 - I_{1-x}(b, a).
/// - Precondition: 0 ≤ x ≤ 1; a and b above 0.
package func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0, x < 1 else { return x <= 0 ? 0 : 1 }
    guard x <= (a + 1) / (a + b + 2) else { return 1 - incompleteBeta(1 - x, b, a) }
    let logFactor = logGamma(a + b) - logGamma(a) - logGamma(b) + a * naturalLogarithm(x) + b * naturalLogarithm(1 - x)
    let tiny = 1e-300
    var (c, d) = (1.0, 1 - (a + b) * x / (a + 1))
    d = 1 / (abs(d) < tiny ? tiny : d)
    var fraction = d
    for step in 1...20_000 {
        let m = Double(step)
        for numerator in [m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))] {
            d = 1 + numerator * d
            c = 1 + numerator / c
            d = 1 / (abs(d) < tiny ? tiny : d)
            if abs(c) < tiny { c = tiny }
            fraction *= d * c
        }
        if abs(d * c - 1) < 1e-15 { break }
    }
    return exponential(logFactor) * fraction / a
}

/// Φ(z) of the normal distribution: ½ + φ(z)·(z + z³/3 + z⁵/(3·5) + …) (Marsaglia 2004).
package func normalDistribution(_ z: Double) -> Double {
    guard abs(z) < 8 else { return z < 0 ? 0 : z.isNaN ? z : 1 }
    var (sum, term, factor) = (z, z, 3.0)
    while abs(term) > 1e-17 * abs(sum) {
        term *= z * z / factor
        sum += term
        factor += 2
    }
    return 0.5 + sum * normalDensity(z)
}

/// φ(z) = e^(-z²/2) / √2π.
package func normalDensity(_ z: Double) -> Double { exponential(-z * z / 2) * 0.398_942_280_401_432_68 }

/// The number above 0 at which a distribution function that is symmetric about 0, and concave above it, is `level`: Newton's method from the left, which can't
/// go beyond it.
/// - Parameters:
///   - level: at least 0.5 and below 1.
///   - start: not above the result.
package func concaveQuantile(_ level: Double, from start: Double, _ distribution: (Double) -> Double, density: (Double) -> Double) -> Double {
    var x = start
    for _ in 0..<100 {
        let change = (level - distribution(x)) / density(x)
        guard change > 1e-13 * max(1, x) else { break }
        x += change
    }
    return x
}

/// Φ⁻¹ of a level of at least 0.5 and below 1.
package func upperNormalQuantile(_ level: Double) -> Double { concaveQuantile(level, from: 0, normalDistribution, density: normalDensity) }
