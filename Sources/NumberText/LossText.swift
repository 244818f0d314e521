import Glibc

// Losses, errors and shares. Rounding must not turn them into 0 or the whole unless they are.

/// A loss or an error: four decimals, or three digits and a power of ten if it is small or large. "NaN" for NaN.
public func lossText(_ value: Double) -> String {
    let size = abs(value)
    return printed(value, size == 0 || (1e-3..<1e5).contains(size) ? "%.4f" : size < 1 ? "%.2e" : "%.4g")
}

/// A number formatted with `format`, a printf format for a Double; "NaN", without a sign, for NaN.
public func printed(_ value: Double, _ format: String) -> String {
    guard !value.isNaN else { return "NaN" }
    var text = [CChar](repeating: 0, count: 400)
    let count = withVaList([value]) { vsnprintf(&text, text.count, format, $0) }
    return String(decoding: text.prefix(max(0, min(Int(count), text.count - 1))).map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// The shortest text that reads back as the number; "NaN", without a sign, for NaN.
public func numberText(_ value: Double) -> String { value.isNaN ? "NaN" : value.description }

/// A fraction of 1, "0.9973": with more decimals than requested if it would otherwise round to 0 or 1.
public func shareText(_ share: Double, decimals: Int = 4) -> String { uncrossed(share, whole: 1, decimals: decimals) }

/// A fraction of 1 as a percentage, "99.73": with more decimals than requested if it would otherwise round to 0 or 100.
public func percentText(_ share: Double, decimals: Int) -> String { uncrossed(100 * share, whole: 100, decimals: decimals) }

/// `value` with at least `decimals` decimals, and as many more as distinguish it from 0 and `whole`.
private func uncrossed(_ value: Double, whole: Double, decimals: Int) -> String {
    func isAnEnd(_ text: String) -> Bool { text == printed(0, "%.\(decimals)f") || text == printed(whole, "%.\(decimals)f") }
    let text = printed(value, "%.\(decimals)f")
    guard isAnEnd(text), value != 0, value != whole, decimals < 15 else { return text }
    return uncrossed(value, whole: whole, decimals: decimals + 1)
}
