/// How the next symbol is drawn from a model's scores.
///
/// The options are applied in the order of Hugging Face's `generate`: repetition penalty, temperature, top-k, top-p, typical. Each filter sees the
/// probabilities that the ones before it left.
public struct SamplingOptions: Sendable, Hashable {
    /// Divides the scores before the softmax; 0 always takes the most likely symbol.
    public var temperature: Double
    /// Number of most likely symbols that may be drawn, and those that are exactly as likely as the last of them; nil for all.
    public var topK: Int?
    /// Only the fewest most likely symbols are drawn that together have at least this probability (Holtzman et al. 2020, nucleus sampling); nil for all.
    public var topP: Double?
    /// Only the fewest symbols are drawn whose surprise is nearest to the expected one, and that together have at least this probability
    /// (Meister et al. 2022, locally typical sampling); nil for all.
    public var typical: Double?
    /// Divides positive scores, and multiplies negative ones, of symbols that the text has already, its prompt included (Keskar et al. 2019); 1 for none.
    public var repetitionPenalty: Double

    public init(temperature: Double, topK: Int? = nil, topP: Double? = nil, typical: Double? = nil, repetitionPenalty: Double = 1) {
        self.temperature = temperature
        (self.topK, self.topP, self.typical) = (topK, topP, typical)
        self.repetitionPenalty = repetitionPenalty
    }

    /// The first option, if one is set, that compares symbols with each other, so that it has no meaning for labels that are drawn independently.
    public var ofSymbols: SamplingOption? {
        filter ?? (repetitionPenalty != 1 ? .repetitionPenalty : nil)
    }

    private var filter: SamplingOption? { topK != nil ? .topK : topP != nil ? .topP : typical != nil ? .typical : nil }

    /// The first option that is out of range, or that has no effect beside the others; nil if all are right.
    public var fault: SamplingFault? {
        func outOfRange(_ option: SamplingOption, _ found: String, _ wanted: String) -> SamplingFault { .outOfRange(option, found: found, wanted: wanted) }
        guard temperature >= 0, temperature.isFinite else { return outOfRange(.temperature, "\(temperature)", "0 or more") }
        if let topK, topK < 1 { return outOfRange(.topK, "\(topK)", "at least 1") }
        for (option, share) in [(SamplingOption.topP, topP), (.typical, typical)] {
            if let share, !(share > 0 && share <= 1) { return outOfRange(option, "\(share)", "above 0, and at most 1") }
        }
        guard repetitionPenalty > 0, repetitionPenalty.isFinite else { return outOfRange(.repetitionPenalty, "\(repetitionPenalty)", "above 0") }
        guard temperature == 0 else { return nil }
        return filter.map(SamplingFault.withoutDrawing)
    }
}

/// An option of ``SamplingOptions``; its raw value is the property's name.
public enum SamplingOption: String, Sendable, Hashable {
    case temperature, topK, topP, typical, repetitionPenalty

    /// The name on a command line.
    public var flag: String {
        switch self {
        case .temperature: "--temperature"
        case .topK: "--top-k"
        case .topP: "--top-p"
        case .typical: "--typical"
        case .repetitionPenalty: "--repetition-penalty"
        }
    }
}

/// An option of ``SamplingOptions`` that can't be used.
public enum SamplingFault: Error, Hashable, Sendable {
    case outOfRange(SamplingOption, found: String, wanted: String)
    /// A filter at temperature 0, where nothing is drawn.
    case withoutDrawing(SamplingOption)

    /// The sentence for the user, with each option as `name` writes it.
    public func sentence(_ name: (SamplingOption) -> String) -> String {
        switch self {
        case .outOfRange(let option, let found, let wanted): "\(name(option)) is \(found); it must be \(wanted)."
        case .withoutDrawing(let option):
            "\(name(option)) has no effect with \(name(.temperature)) 0, which always takes the most likely symbol. Leave one of the two out."
        }
    }
}
