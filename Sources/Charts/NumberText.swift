import Glibc

// Numbers for people, the same in every locale.

/// `value` with so many digits behind the point, as far as a Double has them, and its thousands apart: "1,234.50". From 10¹⁵ on as a power of ten, "–" if it isn't finite.
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

/// `value` to so many significant digits, without zeros at its end: "1.673", "0.0002", "1,115,394", "2.5·10⁻⁷"; "–" if it isn't finite.
public func figure(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return "–" }
    guard value != 0 else { return "0" }
    let exponent = decimalExponent(of: value)
    guard (-4..<12).contains(exponent) else { return scientific(value, digits: digits) }
    return withoutEndingZeros(fixed(value, decimals: max(0, digits - 1 - exponent)))
}

/// Seconds as "0.4 s", "12 s", "3 min 20 s" or "5 h 12 min".
public func durationText(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e15 else { return "–" }
    if seconds < 9.95 { return fixed(seconds, decimals: 1) + " s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(grouped(whole / 3600)) h \(whole % 3600 / 60) min"
}

/// ⌊log₁₀|value|⌋, of a finite number other than 0.
func decimalExponent(of value: Double) -> Int {
    // The logarithm of 1000 may round to a little less than 3.
    let logarithm = log10(abs(value))
    let nearest = logarithm.rounded()
    return Int(abs(logarithm - nearest) < 1e-12 ? nearest : logarithm.rounded(.down))
}

func powerOfTen(_ exponent: Int) -> Double { pow(10, Double(exponent)) }

/// "2.5·10⁻⁷", or "10⁻⁷" where nothing stands before it.
func scientific(_ value: Double, digits: Int) -> String {
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

private func grouped(_ number: Int) -> String {
    var digits = String(number)
    var place = digits.count - 3
    while place > 0 {
        digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
        place -= 3
    }
    return digits
}
