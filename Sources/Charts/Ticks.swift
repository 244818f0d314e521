import Glibc
import NumberText

/// Tick positions of an axis, with their labels.
package struct Ticks: Sendable, Equatable {
    package let values: [Double]
    package let labels: [String]

    /// Places ticks at multiples of 1, 2 or 5 times a power of ten within `scale`; on a logarithmic scale at powers of ten and some values between.
    /// - Parameters:
    ///   - count: maximum number of ticks, at least 2.
    ///   - areWhole: whether values are whole numbers, such as steps.
    package init(_ scale: Scale, count: Int, areWhole: Bool = false) {
        switch scale.kind {
        case .linear: self = .linear(scale, count: count, areWhole: areWhole)
        case .logarithmic: self = .logarithmic(scale, count: count)
        }
    }

    private init(values: [Double], labels: [String]) {
        self.values = values
        self.labels = labels
    }

    /// The same ticks, with these names for whole numbers from 0; unchanged if `names` is empty.
    package func named(_ names: [String]) -> Ticks {
        guard !names.isEmpty else { return self }
        let labels = values.map { value in Int(exactly: value).flatMap { names.indices.contains($0) ? names[$0] : nil } ?? "" }
        return Ticks(values: values, labels: labels)
    }

    private static func linear(_ scale: Scale, count: Int, areWhole: Bool) -> Ticks {
        var step = niceStep(atLeast: (scale.upper - scale.lower) / Double(max(1, count)))
        if areWhole { step = max(1, step) }
        // The step may be below the precision of the numbers.
        guard step > max(abs(scale.lower), abs(scale.upper)) * 1e-12 else { return Ticks(values: [], labels: []) }
        // Multiples instead of sums, since 0.1 added three times isn't 0.3.
        let first = (scale.lower / step - 1e-9).rounded(.up)
        let last = (scale.upper / step + 1e-9).rounded(.down)
        guard last - first < 1000, first <= last else { return Ticks(values: [], labels: []) }
        let values = (0...Int(last - first)).map { (first + Double($0)) * step }
        return Ticks(values: values, labels: labels(values, step: step))
    }

    /// The smallest number of the form 1, 2 or 5 times a power of ten that is at least `size`.
    static func niceStep(atLeast size: Double) -> Double {
        guard size > 0, size.isFinite else { return 1 }
        let power = powerOfTen(decimalExponent(of: size))
        let factor = [1.0, 2, 5].first { $0 * power >= size * (1 - 1e-9) } ?? 10
        return factor * power
    }

    /// Labels with the same number of decimals and the same power of ten.
    private static func labels(_ values: [Double], step: Double) -> [String] {
        let exponent = decimalExponent(of: step)
        let largest = values.reduce(0) { max($0, abs($1)) }
        if largest < 1e-3 || largest >= 1e15 {
            // As many digits as distinguish the largest value from its neighbour.
            let digits = min(15, max(1, decimalExponent(of: max(largest, step)) - exponent + 1))
            return values.map { $0 == 0 ? "0" : scientific($0, digits: digits) }
        }
        let units: [(size: Double, name: String)] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
        for unit in units where largest >= unit.size * (unit.name == "k" ? 10 : 1) {
            // 20,000 as 20k and 1,500,000 as 1.5M; but 1,200 stays, and nothing becomes 1.201M.
            let decimals = max(0, decimalExponent(of: unit.size) - exponent)
            if decimals <= 1 { return values.map { $0 == 0 ? "0" : fixed($0 / unit.size, decimals: decimals) + unit.name } }
        }
        return values.map { fixed($0, decimals: min(12, max(0, -exponent))) }
    }

    private static func logarithmic(_ scale: Scale, count: Int) -> Ticks {
        let decades = log10(scale.upper / scale.lower)
        // Less than a power of ten has too few ticks: uses evenly spaced values, at their logarithmic positions.
        if decades < 1 {
            return .linear(Scale(.linear, from: scale.lower, to: scale.upper), count: count, areWhole: false)
        }
        let exponents = decimalExponent(of: scale.lower)...decimalExponent(of: scale.upper)
        for factors in [[1.0, 2, 5], [1.0, 3], [1.0]] {
            let values = exponents.flatMap { exponent in factors.map { $0 * powerOfTen(exponent) } }.filter { isWithin($0, scale) }
            if values.count <= count { return Ticks(values: values, labels: values.map { figure($0, digits: 3) }) }
        }
        let stride = Int((decades / Double(count)).rounded(.up))
        let values = exponents.filter { $0 % stride == 0 }.map { powerOfTen($0) }.filter { isWithin($0, scale) }
        return Ticks(values: values, labels: values.map { figure($0, digits: 3) })
    }

    private static func isWithin(_ value: Double, _ scale: Scale) -> Bool {
        value >= scale.lower * (1 - 1e-9) && value <= scale.upper * (1 + 1e-9)
    }
}
