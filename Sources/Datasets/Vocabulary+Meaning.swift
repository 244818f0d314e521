import StrictJSON

extension Vocabulary: DataMeaning {
    public static let storedName = "vocabulary.json"
    public var stored: StoredText { StoredText(name: Self.storedName, text: json, words: "the symbols that tokens stand for") }
    public var inputWords: String { "symbols" }
    public var digestLines: [String] { ["\(unit)"] + values.map { "\($0)" } + words + (pairs?.digestLines ?? []) }
    public var symbolVocabulary: Vocabulary? { self }

    public func firstDifferenceOfNames(from earlier: Vocabulary) -> String? {
        // Two tokens can have the same bytes.
        guard self != earlier else { return nil }
        let symbols = symbols
        guard unit == earlier.unit else { return "symbols are \(unit.noun)s here, and \(earlier.unit.noun)s there" }
        func list(_ symbols: [Symbol]) -> String {
            let names = symbols.prefix(5).map(name).joined(separator: ", ") + (symbols.count > 5 ? " and \(symbols.count - 5) more" : "")
            return names + (symbols.count == 1 ? " is" : " are")
        }
        let new = symbols.filter { earlier.token(of: $0) == nil }
        if !new.isEmpty { return list(new) + " new" }
        let missing = earlier.symbols.filter { token(of: $0) == nil }
        if !missing.isEmpty { return list(missing) + " missing" }
        guard let place = symbols.indices.first(where: { earlier.token(of: symbols[$0]) != Int32($0) }) else { return nil }
        return "token \(place) is \(name(of: symbols[place])) here, and \(name(of: earlier.symbols[place])) there"
    }
}

extension BytePairs {
    /// Everything that determines the tokens of a text.
    var digestLines: [String] { tokenizerValue.map { [$0.serialized()] } ?? merges.map { "\($0.left) \($0.right)" } }
}
