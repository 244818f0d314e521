/// The range of some files on which a trained model is evaluated.
public enum EvaluatedRange: Sendable, Equatable {
    /// All of the files.
    case whole
    /// One part, divided by the run's own fractions.
    case part(DataPart)

    /// How the files are divided, given the run's own `fractions`.
    func split(_ fractions: SplitFractions) -> SplitFractions { self == .whole ? .evaluatedWhole : fractions }

    /// The part to evaluate in a dataset with that split.
    public var part: DataPart {
        switch self {
        case .whole: .test
        case .part(let part): part
        }
    }
}

extension SplitFractions {
    /// Parts that must have an example: those with a fraction, or only the evaluated one.
    func neededParts(_ evaluated: EvaluatedRange?) -> [DataPart] {
        evaluated.map { [$0.part] } ?? DataPart.allCases.filter(includes)
    }

    /// `part` for messages; nil if it is the whole.
    func named(_ part: DataPart) -> DataPart? { self == .evaluatedWhole ? nil : part }
}
