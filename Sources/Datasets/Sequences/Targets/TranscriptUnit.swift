/// What a symbol of a transcript is.
public enum TranscriptUnit: String, Sendable, Hashable, CaseIterable {
    /// A Unicode scalar; blanks side by side are one.
    case character
    /// A word, a phone or whatever else stands between blanks.
    case word

    /// The symbols of a text, without the blanks at its ends.
    public func symbols(of text: some StringProtocol) -> [String] {
        let words = String(text).split(whereSeparator: \.isWhitespace)
        switch self {
        case .word: return words.map(String.init)
        case .character: return words.joined(separator: " ").unicodeScalars.map { scalar in String(Character(scalar)) }
        }
    }

    /// Symbols as a text.
    public func text(_ symbols: some Sequence<String>) -> String { symbols.joined(separator: self == .word ? " " : "") }
}

/// What a run stores of transcripts, beside their symbols.
public struct TranscriptMeaning: Sendable, Equatable {
    public let unit: TranscriptUnit
    /// What is said without a model: outputs, each at least 1; none for the empty transcript.
    public let usual: [Int32]
}
