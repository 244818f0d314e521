import Kernels

/// The normal distribution of a standardised number: its mean is the first output, its deviation softplus of the second, as GluonTS's `NormalOutput`.
///
/// ```
/// -ln p(y) = ½·ln 2π + ln σ + z²/2,  z = (y - μ)/σ        derivatives: by μ -z/σ, by σ (1 - z²)/σ
/// CRPS     = σ·(z·(2·Φ(z) - 1) + 2·φ(z) - 1/√π)           (Gneiting & Raftery 2007)
/// ```
struct GaussianForecast: ForecastDistribution {
    /// Least deviation, of the training part's, so that no density is infinite.
    static let leastDeviation = 1e-4

    private let mean: Double
    private let deviation: Double
    /// Of the deviation by its output.
    private let slope: Double

    init(_ outputs: SIMD4<Float>, scale: Double) {
        mean = Double(outputs[0])
        deviation = softplus(Double(outputs[1])) + Self.leastDeviation
        slope = sigmoid(Double(outputs[1]))
    }

    func loss(_ number: Double) -> (value: Double, derivatives: SIMD4<Double>) {
        let z = (number - mean) / deviation
        let halfLogTwoPi = 0.918_938_533_204_672_74
        return (halfLogTwoPi + naturalLogarithm(deviation) + z * z / 2, [-z / deviation, (1 - z * z) / deviation * slope, 0, 0])
    }

    func quantile(_ level: Double) -> Double {
        mean + deviation * (level < 0.5 ? -upperNormalQuantile(1 - level) : upperNormalQuantile(level))
    }

    func rankedProbabilityScore(_ number: Double) -> Double {
        let z = (number - mean) / deviation
        return deviation * (z * (2 * normalDistribution(z) - 1) + 2 * normalDensity(z) - 0.564_189_583_547_756_29)
    }
}
