/// Meaning of a model's inputs and outputs: a vocabulary, or the columns of a series. A run stores it, so that later data are read in the same way.
public protocol DataMeaning: Sendable {
    /// The file that a run stores.
    var stored: StoredText { get }
    /// Inputs in words: "symbols".
    var inputWords: String { get }
    /// Everything that determines how inputs and outputs are read, for digests: one line each.
    var digestLines: [String] { get }
    /// The first difference of inputs or outputs from `earlier`, such as "'q' (U+0071) is new"; nil if there is none.
    func firstDifferenceOfNames(from earlier: Self) -> String?
    /// The first difference of a mean or deviation; nil if there is none.
    func firstDifferenceOfScale(from earlier: Self) -> String?
    /// Symbols for which input tokens stand; nil if inputs are numbers.
    var inputVocabulary: Vocabulary? { get }
    /// Symbols for which both input and output tokens stand, so that weights can be transferred symbol by symbol; nil if there are none.
    var symbolVocabulary: Vocabulary? { get }
    /// Scale of the input numbers, one per number of a time step; empty if inputs aren't scaled numbers.
    var inputScale: [SeriesStatistics.Column] { get }
}

/// A file that a run stores: its name in the run directory, its text, and what that is: "the symbols that tokens stand for".
public struct StoredText: Sendable, Equatable {
    public let name: String
    public let text: String
    public let words: String

    public init(name: String, text: String, words: String) {
        (self.name, self.text, self.words) = (name, text, words)
    }
}

extension DataMeaning {
    public func firstDifferenceOfScale(from earlier: Self) -> String? { nil }
    public var inputVocabulary: Vocabulary? { symbolVocabulary }
    public var symbolVocabulary: Vocabulary? { nil }
    public var inputScale: [SeriesStatistics.Column] { [] }

    /// The first difference from `earlier`, which may be of another kind of data; nil if there is none.
    public func firstDifference(from earlier: any DataMeaning) -> String? {
        firstDifference(ofNamesFrom: earlier) ?? firstDifference(ofScaleFrom: earlier)
    }

    /// Like ``firstDifference(from:)``, but ignores means and deviations, since data used for further training have their own.
    public func firstDifference(ofNamesFrom earlier: any DataMeaning) -> String? {
        guard let same = earlier as? Self else { return "the model reads \(inputWords) here, and \(earlier.inputWords) there" }
        return firstDifferenceOfNames(from: same)
    }

    /// Only means and deviations.
    public func firstDifference(ofScaleFrom earlier: any DataMeaning) -> String? {
        (earlier as? Self).flatMap(firstDifferenceOfScale)
    }

    /// Whether both have symbols of the same unit.
    public func hasSymbols(like earlier: any DataMeaning) -> Bool { symbolVocabulary != nil && symbolVocabulary?.unit == earlier.symbolVocabulary?.unit }
}
