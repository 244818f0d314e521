/// The kind of distribution whose parameters are a model's outputs for a number.
public enum DistributionFamily: Sendable, Hashable, CaseIterable {
    /// Normal: mean and deviation.
    case gaussian
    /// Student's t: location, scale and degrees of freedom, for numbers with heavy tails.
    case studentT
    /// Negative binomial: mean and dispersion, for counts.
    case negativeBinomial

    /// Number of outputs for each number.
    public var parameterCount: Int {
        switch self {
        case .gaussian, .negativeBinomial: 2
        case .studentT: 3
        }
    }

    /// Whether it is one of whole numbers from 0 on, which are scaled by their series' mean and not standardised.
    public var isOfCounts: Bool { self == .negativeBinomial }
}
