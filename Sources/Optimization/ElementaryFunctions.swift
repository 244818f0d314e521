// Functions of Doubles for learning rates, of +, -, ·, / and √ alone: these round alike on every machine, which libm's cos and pow do not.

/// cos(π·x) for x in 0...1, within 10⁻¹⁵.
func cosineOfHalfTurns(_ x: Double) -> Double {
    if x > 0.5 { return -cosineOfHalfTurns(1 - x) }
    // Taylor's series, of the cosine to π/4 and of the sine from there.
    let isCosine = x <= 0.25
    let angle = Double.pi * (isCosine ? x : 0.5 - x)
    var (sum, term) = (0.0, isCosine ? 1 : angle)
    for index in 1...10 {
        sum += term
        let order = Double(2 * index - (isCosine ? 1 : 0))
        term *= -angle * angle / (order * (order + 1))
    }
    return sum
}

/// `base` to the power `exponent` for a base of 0...1 and an exponent above 0, within 10⁻¹² of itself. Whole and half exponents take products and a root.
func realPower(_ base: Double, _ exponent: Double) -> Double {
    guard base > 0 else { return 0 }
    if let twice = Int(exactly: 2 * exponent), twice < 128 { return power(base, twice / 2) * (twice % 2 == 1 ? base.squareRoot() : 1) }
    return exponentialFunction(exponent * naturalLogarithm(base))
}

private let logarithmOfTwo = 0.693147180559945309417

/// The natural logarithm of a positive number: x = 2ᵉ·f with f within a factor √2 of 1, and ln f = 2·artanh((f - 1)/(f + 1)) as a series.
private func naturalLogarithm(_ x: Double) -> Double {
    let isLarge = x.significand > 1.4142135623730951
    let fraction = isLarge ? x.significand / 2 : x.significand
    let ratio = (fraction - 1) / (fraction + 1)
    var sum = 0.0
    for order in stride(from: 23, through: 1, by: -2) { sum = sum * ratio * ratio + 1 / Double(order) }
    return Double(x.exponent) * logarithmOfTwo + Double(isLarge ? 1 : 0) * logarithmOfTwo + 2 * ratio * sum
}

/// eᶻ for z of at most 0: z = k·ln 2 + r with r near 0, and eʳ as a series. 0 below the smallest number.
private func exponentialFunction(_ z: Double) -> Double {
    guard z > -708 else { return 0 }
    let turns = (z / logarithmOfTwo).rounded()
    let rest = z - turns * logarithmOfTwo
    var sum = 1.0
    for order in stride(from: 17, through: 1, by: -1) { sum = 1 + sum * rest / Double(order) }
    return sum * Double(sign: .plus, exponent: Int(turns), significand: 1)
}
