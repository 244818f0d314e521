import Kernels

/// The negative binomial distribution of a count, with mean m and variance m + α·m²: of a series whose mean count is s, m = s·softplus of the first output and
/// α = softplus of the second / √s (Salinas et al. 2020, DeepAR).
///
/// ```
/// -ln p(y) = ln Γ(r) + ln Γ(y+1) - ln Γ(y+r) + r·ln((r+m)/r) + y·ln((r+m)/m),  r = 1/α
/// derivatives: by m (y+r)/(r+m) - y/m, by r ψ(r) - ψ(y+r) + (y+r)/(r+m) + ln((r+m)/r) - 1
/// ```
struct NegativeBinomialForecast: ForecastDistribution {
    private let mean: Double
    /// r, "number of failures".
    private let size: Double
    /// Of the mean and of r by their outputs.
    private let slopes: (mean: Double, size: Double)

    init(_ outputs: SIMD4<Float>, scale: Double) {
        let root = scale.squareRoot()
        let dispersion = softplus(Double(outputs[1])) / root + 1e-5
        mean = scale * (softplus(Double(outputs[0])) + 1e-6)
        size = 1 / dispersion
        slopes = (scale * sigmoid(Double(outputs[0])), -size * size * sigmoid(Double(outputs[1])) / root)
    }

    func loss(_ number: Double) -> (value: Double, derivatives: SIMD4<Double>) {
        let total = size + mean
        let byMean = (number + size) / total - number / mean
        let bySize = digamma(size) - digamma(number + size) + (number + size) / total + naturalLogarithm(total / size) - 1
        return (-logProbability(number), [byMean * slopes.mean, bySize * slopes.size, 0, 0])
    }

    private func logProbability(_ count: Double) -> Double {
        let total = size + mean
        return logGamma(count + size) - logGamma(size) - logGamma(count + 1) - size * naturalLogarithm(total / size) - count * naturalLogarithm(total / mean)
    }

    /// Visits counts from where the distribution begins, in steps of one, or of a 64th of a large deviation.
    /// - Parameter visit: gets the first count of a step, their number, the probability of lower counts and that of these; false ends the walk.
    private func walk(_ visit: (_ first: Double, _ width: Double, _ below: Double, _ probability: Double) -> Bool) {
        let deviation = (mean + mean * mean / size).squareRoot()
        let width = max(1, (deviation / 64).rounded(.down))
        var first = max(0, (mean - 12 * deviation).rounded(.down))
        var (below, probability) = (0.0, exponential(logProbability(first)))
        for _ in 0..<200_000 {
            if width > 1 { probability = exponential(logProbability(first + (width - 1) / 2)) * width }
            guard visit(first, width, below, probability) else { return }
            below += probability
            probability *= (first + size) / (first + 1) * (mean / (size + mean))
            first += width
        }
    }

    func quantile(_ level: Double) -> Double {
        var found = 0.0
        walk { first, width, below, probability in
            found = first
            guard below + probability < level, below < 1 - 1e-12 else {
                if width > 1, probability > 0 { found += min(width - 1, ((level - below) / probability * width).rounded(.down)) }
                return false
            }
            return true
        }
        return found
    }

    /// The sum over counts, between which the distribution function is constant.
    func rankedProbabilityScore(_ number: Double) -> Double {
        var (score, end) = (0.0, -1.0)
        walk { first, width, below, probability in
            if end < 0, number < first { score += first - number }
            let reached = below + probability * (width + 1) / (2 * width)
            let left = max(0, min(width, number - first))
            score += left * reached * reached + (width - left) * (1 - reached) * (1 - reached)
            end = first + width
            return 1 - (below + probability) > 1e-10
        }
        return score + max(0, number - end)
    }
}
