extension ConfigurationField {
    /// Describes valid values in a phrase that follows "must be": "an integer from 1 to 64".
    func wanted(with kind: Configuration.DataKind? = nil) -> String {
        switch self {
        case .integer(_, let range, let narrowed):
            guard let kind, let narrower = narrowed[kind] else { return "an integer \(words(range))" }
            return "an integer \(words(narrower)) with data.kind \"\(kind.rawValue)\""
        case .real(_, let range): return "a number \(words(range))"
        case .bool: return "true or false"
        case .choice(let choice): return alternatives(choice.words.map { "\"\($0)\"" })
        case .strings(_, let rule): return words(rule)
        case .text: return "a string"
        case .layers: return LayerStack.wanted
        }
    }

    /// The same for the manual's table: short, and without pipes.
    var tableWords: String {
        switch self {
        case .integer(_, let range, _): "integer, \(words(range))"
        case .real(_, let range): "number, \(words(range))"
        case .bool: "true or false"
        case .choice(let choice): alternatives(choice.words.map { "`\"\($0)\"`" })
        case .strings(_, let rule): words(rule)
        case .text: "a string"
        case .layers: "integer, \(words(LayerStack.counts)), or a list of as many layers"
        }
    }

    private func words(_ range: ClosedRange<Int>) -> String {
        range.upperBound == .max ? "from \(range.lowerBound) to 2^63 - 1" : "from \(range.lowerBound) to \(range.upperBound)"
    }

    private func words(_ range: RealRange) -> String {
        let lower = (range.lower.isIncluded ? "at least " : "above ") + words(range.lower.value)
        guard let upper = range.upper else { return lower }
        return lower + " and " + (upper.isIncluded ? "at most " : "below ") + words(upper.value)
    }

    private func words(_ bound: Double) -> String {
        Int(exactly: bound).map(String.init) ?? bound.description
    }

    private func words(_ rule: StringsRule) -> String {
        (rule.takesSingle ? "a string or a list of strings" : "a list of strings")
            + (rule.leastCount > 0 ? ", at least \(rule.leastCount) and" : ",") + " none empty" + (rule.areUnique ? ", none twice" : "")
    }
}

/// "a", "a or b", "a, b or c".
func alternatives(_ words: [String], _ conjunction: String = "or") -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " \(conjunction) " + last
}
