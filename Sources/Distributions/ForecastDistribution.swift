/// The distribution of a number, made of a model's outputs for it. One file for each family.
protocol ForecastDistribution {
    /// - Parameters:
    ///   - outputs: for the number, in order; those after its parameters are of no effect.
    ///   - scale: the mean of a count where an output says 1; of no effect on distributions of standardised numbers.
    init(_ outputs: SIMD4<Float>, scale: Double)

    /// -ln of the density, or of a count's probability, in nats, and its derivative by each output.
    func loss(_ number: Double) -> (value: Double, derivatives: SIMD4<Double>)

    /// The smallest number that isn't exceeded with a probability of `level`, above 0 and below 1.
    func quantile(_ level: Double) -> Double

    /// The continuous ranked probability score ∫ (F(x) - [x ≥ number])² dx, in the unit of the number: the absolute error, of a forecast without a spread
    /// (Gneiting & Raftery 2007).
    func rankedProbabilityScore(_ number: Double) -> Double
}
