import Batches
import Kernels

/// A component of a mixture: -ln N of a step's numbers, and its derivatives by the component's outputs.
///
/// ```
/// Gaussian      ½·ln 2π + ½·ln σ² + u²/(2σ²),  u = y - μ               by μ -u/σ², by the output s of the deviation (1 - u²/σ²)·e^2s/σ²
/// logistic      |z| + ln σ + 2·ln(1 + e^-|z|),  z = u/σ                by μ -tanh(z/2)/σ, by s (1 - z·tanh(z/2))·e^2s/σ²
/// correlated    ln 2π + ½·ln Δ + ½·(b·u² - 2c·u·v + a·v²)/Δ,  a and b the variances, c = ρ·e^(s + t), Δ = a·b - c²
/// ```
struct MixtureComponent {
    /// Greatest logarithm of a deviation that isn't cut: 3.3 million.
    static let largestLogarithm = 15.0
    /// Bound of a component's correlation, before the least deviation makes it smaller.
    static let largestCorrelation = 0.999

    private let density: MixtureDensity
    private let index: Int

    init(_ density: MixtureDensity, _ index: Int) { (self.density, self.index) = (density, index) }

    private var firstMean: Int { density.firstMean + index * density.numberCount }
    private var firstDeviation: Int { density.firstDeviation + index * density.numberCount }
    private var floor: Double { density.leastDeviation * density.leastDeviation }

    /// e^2s of an output, and whether it isn't cut.
    private func square(_ output: Float) -> (value: Double, isFree: Bool) {
        (exponential(2 * min(Double(output), Self.largestLogarithm)), Double(output) <= Self.largestLogarithm)
    }

    // MARK: Value

    func value(_ outputs: FloatView, targets: [Float], from start: Int) -> Double {
        guard !density.isCorrelated else { return correlated(outputs, targets, start).value }
        var sum = 0.0
        for number in 0..<density.numberCount {
            let difference = Double(targets[start + number]) - Double(outputs[firstMean + number])
            let variance = square(outputs[firstDeviation + number]).value + floor
            switch density.family {
            case .gaussian: sum += 0.918_938_533_204_672_74 + (naturalLogarithm(variance) + difference * difference / variance) / 2
            case .logistic: sum += naturalLogarithm(variance) / 2 + Self.logisticValue(difference / variance.squareRoot())
            }
        }
        return sum
    }

    private static func logisticValue(_ z: Double) -> Double { abs(z) + 2 * softplus(-abs(z)) }

    // MARK: Derivatives

    /// Replaces the component's outputs, but for its weight's score, by `share` · `scale` times the value's derivatives.
    func differentiate(_ outputs: FloatView, targets: [Float], from start: Int, share: Double, scale: Float) {
        func set(_ place: Int, _ derivative: Double) { outputs[place] = MixtureDensity.bounded(share * derivative) * scale }
        guard !density.isCorrelated else {
            let own = correlated(outputs, targets, start)
            for number in 0..<2 {
                set(firstMean + number, own.byMean[number])
                set(firstDeviation + number, own.byDeviation[number])
            }
            return set(density.firstCorrelation + index, own.byCorrelation)
        }
        for number in 0..<density.numberCount {
            let difference = Double(targets[start + number]) - Double(outputs[firstMean + number])
            let (square, isFree) = square(outputs[firstDeviation + number])
            let variance = square + floor
            let (byMean, factor): (Double, Double)
            switch density.family {
            case .gaussian: (byMean, factor) = (-difference / variance, 1 - difference * difference / variance)
            case .logistic:
                let deviation = variance.squareRoot()
                let (z, slope) = (difference / deviation, Self.hyperbolicTangent(difference / deviation / 2))
                (byMean, factor) = (-slope / deviation, 1 - z * slope)
            }
            set(firstMean + number, byMean)
            set(firstDeviation + number, isFree ? factor * (square / variance) : 0)
        }
    }

    /// The value of two correlated numbers, and its derivatives. Δ and the quadratic form are sums of squares, which can't cancel.
    private func correlated(
        _ outputs: FloatView, _ targets: [Float], _ start: Int
    ) -> (value: Double, byMean: SIMD2<Double>, byDeviation: SIMD2<Double>, byCorrelation: Double) {
        let (u, v) = (Double(targets[start]) - Double(outputs[firstMean]), Double(targets[start + 1]) - Double(outputs[firstMean + 1]))
        let (first, second) = (square(outputs[firstDeviation]), square(outputs[firstDeviation + 1]))
        let (sigma, tau) = (first.value.squareRoot(), second.value.squareRoot())
        let tangent = Self.hyperbolicTangent(Double(outputs[density.firstCorrelation + index]))
        let correlation = Self.largestCorrelation * tangent
        let (a, b, c) = (first.value + floor, second.value + floor, correlation * sigma * tau)
        let rest = 1 - correlation * correlation
        let delta = first.value * second.value * rest + floor * (first.value + second.value) + floor * floor
        let along = tau * u - correlation * sigma * v
        let form = along * along + rest * first.value * v * v + floor * (u * u + v * v)
        // The precision matrix times (u, v), and its elements less their products.
        let (x, y) = ((b * u - c * v) / delta, (a * v - c * u) / delta)
        let (byA, byB, byC) = ((b / delta - x * x) / 2, (a / delta - y * y) / 2, -c / delta - x * y)
        return (
            1.837_877_066_409_345_5 + (naturalLogarithm(delta) + form / delta) / 2, [-x, -y],
            [first.isFree ? 2 * first.value * byA + c * byC : 0, second.isFree ? 2 * second.value * byB + c * byC : 0],
            byC * sigma * tau * Self.largestCorrelation * (1 - tangent * tangent)
        )
    }

    static func hyperbolicTangent(_ x: Double) -> Double {
        let small = exponential(-2 * abs(x))
        let value = (1 - small) / (1 + small)
        return x < 0 ? -value : value
    }
}

// MARK: - Drawing

extension MixtureComponent {
    /// Numbers drawn from the component.
    /// - Parameters:
    ///   - temperature: multiplies the variances, at least 0.
    ///   - normals: two normal deviates for a place, and `uniform` a number from 0 to 1.
    func draw(_ outputs: [Float], temperature: Double, normals: (_ place: Int) -> (Double, Double), uniform: (_ place: Int) -> Double) -> [Double] {
        let variances = (0..<density.numberCount).map { square(outputs[firstDeviation + $0]).value + floor }
        let means = (0..<density.numberCount).map { Double(outputs[firstMean + $0]) }
        let root = temperature.squareRoot()
        if density.isCorrelated {
            let correlation = Self.largestCorrelation * Self.hyperbolicTangent(Double(outputs[density.firstCorrelation + index]))
            let (a, b) = (variances[0], variances[1])
            let c = correlation * ((a - floor) * (b - floor)).squareRoot()
            let (first, second) = normals(0)
            let rest = max(0, b - c * c / a).squareRoot()
            return [means[0] + root * a.squareRoot() * first, means[1] + root * (c / a.squareRoot() * first + rest * second)]
        }
        return means.indices.map { place in
            let deviation = root * variances[place].squareRoot()
            switch density.family {
            case .gaussian:
                let pair = normals(place / 2)
                return means[place] + deviation * (place % 2 == 0 ? pair.0 : pair.1)
            case .logistic:
                // Bounded away from 0 and 1, where the logistic distribution has no end.
                let level = max(1e-12, min(1 - 1e-12, uniform(place)))
                return means[place] + deviation * (naturalLogarithm(level) - naturalLogarithm(1 - level))
            }
        }
    }
}
