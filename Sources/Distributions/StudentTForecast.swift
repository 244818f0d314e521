import Kernels

/// Student's t distribution of a standardised number, for numbers that now and then lie far off: location, softplus of the scale and of the degrees of freedom
/// above 2, as GluonTS's `StudentTOutput`.
///
/// ```
/// -ln p(y) = ln Γ(ν/2) - ln Γ((ν+1)/2) + ½·ln νπ + ln σ + (ν+1)/2 · ln(1 + z²/ν),  z = (y - μ)/σ
/// derivatives: by μ -(ν+1)·z/(σ·(ν+z²)), by σ (1 - (ν+1)·z²/(ν+z²))/σ,
///              by ν ½·(ψ(ν/2) - ψ((ν+1)/2) + 1/ν + ln(1 + z²/ν) - (ν+1)·z²/(ν·(ν+z²)))
/// CRPS     = σ·(z·(2·F(z) - 1) + 2·f(z)·(ν+z²)/(ν-1) - 2·√ν/(ν-1) · B(½, ν-½)/B(½, ν/2)²)          (Jordan, Krüger & Lerch 2019)
/// ```
struct StudentTForecast: ForecastDistribution {
    /// Degrees of freedom above 2 with which it differs from a normal distribution by less than float32 holds; more would cost digits.
    private static let mostFreedom = 1e6

    private let location: Double
    private let scale: Double
    private let freedom: Double
    /// Of the scale and of the degrees of freedom by their outputs.
    private let slopes: (scale: Double, freedom: Double)

    init(_ outputs: SIMD4<Float>, scale: Double) {
        location = Double(outputs[0])
        self.scale = softplus(Double(outputs[1])) + GaussianForecast.leastDeviation
        let excess = softplus(Double(outputs[2]))
        freedom = 2 + min(excess, Self.mostFreedom)
        slopes = (sigmoid(Double(outputs[1])), excess > Self.mostFreedom ? 0 : sigmoid(Double(outputs[2])))
    }

    func loss(_ number: Double) -> (value: Double, derivatives: SIMD4<Double>) {
        let z = (number - location) / scale
        let (square, sum) = (z * z, freedom + z * z)
        let logarithm = naturalLogarithm(1 + square / freedom)
        let value = naturalLogarithm(scale) - logDensityAtZero + (freedom + 1) / 2 * logarithm
        let byFreedom = (digamma(freedom / 2) - digamma((freedom + 1) / 2) + 1 / freedom + logarithm - (freedom + 1) * square / (freedom * sum)) / 2
        return (
            value,
            [-(freedom + 1) * z / (scale * sum), (1 - (freedom + 1) * square / sum) / scale * slopes.scale, byFreedom * slopes.freedom, 0]
        )
    }

    /// Of the distribution with scale 1.
    private var logDensityAtZero: Double {
        logGamma((freedom + 1) / 2) - logGamma(freedom / 2) - (naturalLogarithm(freedom) + 1.144_729_885_849_400_2) / 2
    }

    private func density(_ z: Double) -> Double {
        exponential(logDensityAtZero - (freedom + 1) / 2 * naturalLogarithm(1 + z * z / freedom))
    }

    private func distribution(_ z: Double) -> Double {
        let half = incompleteBeta(z * z / (freedom + z * z), 0.5, freedom / 2) / 2
        return z < 0 ? 0.5 - half : 0.5 + half
    }

    func quantile(_ level: Double) -> Double {
        let upper = max(level, 1 - level)
        // Its tails are heavier than the normal distribution's.
        let z = concaveQuantile(upper, from: upperNormalQuantile(upper), distribution, density: density)
        return location + scale * (level < 0.5 ? -z : z)
    }

    func rankedProbabilityScore(_ number: Double) -> Double {
        let z = (number - location) / scale
        func logBeta(_ b: Double) -> Double { logGamma(0.5) + logGamma(b) - logGamma(0.5 + b) }
        let spread = 2 * freedom.squareRoot() / (freedom - 1) * exponential(logBeta(freedom - 0.5) - 2 * logBeta(freedom / 2))
        return scale * (z * (2 * distribution(z) - 1) + 2 * density(z) * (freedom + z * z) / (freedom - 1) - spread)
    }
}
