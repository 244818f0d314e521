/// A mixture of distributions of a time step's numbers, whose parameters are a model's outputs (Bishop 1994; with a correlation and a pen Graves 2013, Ha & Eck 2018).
///
/// Outputs, in this order: a score of each pen state; of each component a score of its weight; the means, `[components, numbers]`; the logarithms of the deviations,
/// likewise; the correlations before their tanh, `[components]`. Targets are the numbers, and the pen's state as a number; a first number that is NaN is a step that has
/// only a pen.
public struct MixtureDensity: Sendable, Hashable {
    public enum Family: String, Sendable, Hashable, CaseIterable { case gaussian, logistic }

    /// At least 1.
    public let componentCount: Int
    /// Of a time step, at least 1.
    public let numberCount: Int
    public let family: Family
    /// Whether the numbers of a component, of which there are two, are correlated.
    public let isCorrelated: Bool
    /// States of a pen, of which each step has one; 0 for none.
    public let penStateCount: Int
    /// Its square is added to each variance, so that no density is without bound. Above 0.
    public let leastDeviation: Double

    public init(
        componentCount: Int, numberCount: Int, family: Family = .gaussian, isCorrelated: Bool = false, penStateCount: Int = 0, leastDeviation: Double
    ) {
        precondition(!isCorrelated || numberCount == 2 && family == .gaussian, "two numbers of a Gaussian have a correlation")
        (self.componentCount, self.numberCount, self.family) = (componentCount, numberCount, family)
        (self.isCorrelated, self.penStateCount, self.leastDeviation) = (isCorrelated, penStateCount, leastDeviation)
    }

    /// Places of outputs.
    public var firstWeight: Int { penStateCount }
    public var firstMean: Int { firstWeight + componentCount }
    public var firstDeviation: Int { firstMean + componentCount * numberCount }
    public var firstCorrelation: Int { firstDeviation + componentCount * numberCount }

    public var outputCount: Int { firstCorrelation + (isCorrelated ? componentCount : 0) }
    /// Targets of a time step.
    public var targetCount: Int { numberCount + (penStateCount > 0 ? 1 : 0) }
}
