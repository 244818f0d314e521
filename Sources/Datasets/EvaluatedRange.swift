/// What of some files is judged by a model that was trained on others, or on a part of them.
public enum EvaluatedRange: Sendable, Equatable {
    /// All of the files.
    case whole
    /// The part that the run's own shares give.
    case part(DataPart)

    /// How the files are cut, where a run's own are cut by `fractions`.
    func split(_ fractions: SplitFractions) -> SplitFractions { self == .whole ? .evaluatedWhole : fractions }

    /// The part of a data set with that split.
    public var part: DataPart {
        switch self {
        case .whole: .test
        case .part(let part): part
        }
    }
}

extension SplitFractions {
    /// Parts that must have an example: those with a share, or only what is judged.
    func neededParts(_ evaluated: EvaluatedRange?) -> [DataPart] {
        evaluated.map { [$0.part] } ?? DataPart.allCases.filter(includes)
    }

    /// `part` for messages; nil if it is everything.
    func named(_ part: DataPart) -> DataPart? { self == .evaluatedWhole ? nil : part }
}
