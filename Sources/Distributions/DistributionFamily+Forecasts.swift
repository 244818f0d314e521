public import Batches

// The functions of each family, of a model's outputs for a number: the first ``DistributionFamily/parameterCount`` of `outputs`. Without memory from the heap.

extension DistributionFamily {
    /// -ln of the density, or of a count's probability, of `number` in nats, and its derivative by each output.
    /// - Parameters:
    ///   - outputs: the model's for the number.
    ///   - scale: the mean count of the number's series; 1, and of no effect, for numbers that are standardised.
    public func loss(of number: Double, outputs: SIMD4<Float>, scale: Double = 1) -> (value: Double, derivatives: SIMD4<Double>) {
        switch self {
        case .gaussian: GaussianForecast(outputs, scale: scale).loss(number)
        case .studentT: StudentTForecast(outputs, scale: scale).loss(number)
        case .negativeBinomial: NegativeBinomialForecast(outputs, scale: scale).loss(number)
        }
    }

    /// The smallest number that isn't exceeded with a probability of `level`, in the unit of the loss's numbers.
    /// - Parameters:
    ///   - level: above 0 and below 1.
    ///   - outputs: the model's for the number.
    ///   - scale: as in ``loss(of:outputs:scale:)``.
    public func quantile(_ level: Double, outputs: SIMD4<Float>, scale: Double = 1) -> Double {
        switch self {
        case .gaussian: GaussianForecast(outputs, scale: scale).quantile(level)
        case .studentT: StudentTForecast(outputs, scale: scale).quantile(level)
        case .negativeBinomial: NegativeBinomialForecast(outputs, scale: scale).quantile(level)
        }
    }

    /// The continuous ranked probability score ∫ (F(x) - [x ≥ number])² dx, in the unit of the loss's numbers (Gneiting & Raftery 2007).
    /// - Parameters:
    ///   - number: the true one.
    ///   - outputs: the model's for it.
    ///   - scale: as in ``loss(of:outputs:scale:)``.
    public func rankedProbabilityScore(of number: Double, outputs: SIMD4<Float>, scale: Double = 1) -> Double {
        switch self {
        case .gaussian: GaussianForecast(outputs, scale: scale).rankedProbabilityScore(number)
        case .studentT: StudentTForecast(outputs, scale: scale).rankedProbabilityScore(number)
        case .negativeBinomial: NegativeBinomialForecast(outputs, scale: scale).rankedProbabilityScore(number)
        }
    }

    /// Outputs of a model that knows nothing: a mean of 0 and a deviation of about 1, or counts with their series' mean and dispersion 1 at a mean of 1.
    public var uninformed: SIMD4<Float> {
        // softplus(0.5413) = 1.
        switch self {
        case .gaussian: [0, 0.5413, 0, 0]
        case .studentT: [0, 0.5413, 3, 0]
        case .negativeBinomial: [0.5413, 0.5413, 0, 0]
        }
    }
}
