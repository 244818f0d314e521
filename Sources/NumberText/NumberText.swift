import Glibc

// Numbers in messages and reports, the same in every locale.

/// `value` with a fixed number of decimals, within a Double's precision, and thousands separators: "1,234.50". A power of ten from 10¹⁵ up; "–" if not finite.
public func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return "–" }
    guard abs(value) < 1e15 else { return scientific(value, digits: 4) }
    var factor = 1.0
    for _ in 0..<decimals { factor *= 10 }
    let scaled = (abs(value) * factor).rounded()
    guard scaled < 9e15 else { return fixed(value, decimals: decimals - 1) }
    let digits = Int(scaled)
    let whole = grouped(digits / Int(factor))
    let sign = value < 0 && digits > 0 ? "−" : ""
    guard decimals > 0 else { return sign + whole }
    let rest = String(digits % Int(factor))
    return sign + whole + "." + String(repeating: "0", count: decimals - rest.count) + rest
}

/// `value` with `digits` significant digits, without trailing zeros: "1.673", "0.0002", "1,115,394", "2.5·10⁻⁷"; "–" if it isn't finite.
public func figure(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return "–" }
    guard value != 0 else { return "0" }
    let exponent = decimalExponent(of: value)
    guard (-4..<12).contains(exponent) else { return scientific(value, digits: digits) }
    return withoutEndingZeros(fixed(value, decimals: max(0, digits - 1 - exponent)))
}

/// A number with three significant digits: 1240, 103, 14.2, 1.34, 0.0452.
public func decimal(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return numberText(value) }
    var decimals = 0
    var size = abs(value)
    while size < 99.95 && decimals < 9 {
        size *= 10
        decimals += 1
    }
    let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
    let rounded = (value * scale).rounded() / scale
    return decimals == 0 ? grouped(Int(rounded)) : trimmed("\(rounded)")
}

/// Without the ".0" of a whole number.
private func trimmed(_ text: String) -> String { text.hasSuffix(".0") ? String(text.dropLast(2)) : text }

/// ⌊log₁₀|value|⌋ of a finite number other than 0.
public func decimalExponent(of value: Double) -> Int {
    // The logarithm of 1000 may round to slightly less than 3.
    let logarithm = log10(abs(value))
    let nearest = logarithm.rounded()
    return Int(abs(logarithm - nearest) < 1e-12 ? nearest : logarithm.rounded(.down))
}

public func powerOfTen(_ exponent: Int) -> Double { pow(10, Double(exponent)) }

/// "2.5·10⁻⁷", or "10⁻⁷" if the significand is 1.
public func scientific(_ value: Double, digits: Int) -> String {
    var exponent = decimalExponent(of: value)
    var mantissa = withoutEndingZeros(fixed(value / powerOfTen(exponent), decimals: digits - 1))
    if mantissa == "10" || mantissa == "−10" {
        exponent += 1
        mantissa = mantissa == "10" ? "1" : "−1"
    }
    let power = "10" + String(String(exponent).map { superscripts[$0] ?? $0 })
    if mantissa == "1" { return power }
    return mantissa == "−1" ? "−" + power : mantissa + "·" + power
}

private let superscripts: [Character: Character] = [
    "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
]

private func withoutEndingZeros(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var kept = text[...]
    while kept.last == "0" { kept.removeLast() }
    if kept.last == "." { kept.removeLast() }
    return String(kept)
}

/// Adds thousands separators: 1234567 becomes "1,234,567"; for counts, at least 0.
public func grouped(_ number: Int) -> String {
    var digits = String(number)
    var place = digits.count - 3
    while place > 0 {
        digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
        place -= 3
    }
    return digits
}
