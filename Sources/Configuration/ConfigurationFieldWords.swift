extension ConfigurationField {
    /// Describes valid values in a phrase that follows "must be": "an integer from 1 to 64".
    func wanted(with kind: Configuration.DataKind? = nil) -> String {
        switch self {
        case .integer(_, let range, let narrowed):
            guard let kind, let narrower = narrowed[kind] else { return "an integer \(range.words)" }
            return "an integer \(narrower.words) with data.kind \"\(kind.rawValue)\""
        case .real(_, let range): return "a number \(range.words)"
        case .bool: return "true or false"
        case .choice(let choice): return alternatives(choice.words.map { "\"\($0)\"" })
        case .strings(_, let rule): return words(rule)
        case .integers(_, let range): return words(range)
        case .text: return "a string"
        case .layers: return LayerStack.wanted
        case .classWeights: return ClassWeights.wanted
        }
    }

    /// The same for the manual's table: short, and without pipes.
    var tableWords: String {
        switch self {
        case .integer(_, let range, _): "integer, \(range.words)"
        case .real(_, let range): "number, \(range.words)"
        case .bool: "true or false"
        case .choice(let choice): alternatives(choice.words.map { "`\"\($0)\"`" })
        case .strings(_, let rule): words(rule)
        case .integers(_, let range): words(range)
        case .text: "a string"
        case .layers: "integer, \(LayerStack.counts.words), or a list of as many layers"
        case .classWeights: ClassWeights.tableWords
        }
    }

    private func words(_ range: ClosedRange<Int>) -> String { "an integer \(range.words) or a list of such, none twice" }

    private func words(_ rule: StringsRule) -> String {
        (rule.takesSingle ? "a string or a list of strings" : "a list of strings")
            + (rule.leastCount > 0 ? ", at least \(rule.leastCount) and" : ",") + " none empty" + (rule.areUnique ? ", none twice" : "")
    }
}

extension ClosedRange<Int> {
    /// "from 1 to 64".
    var words: String { "from \(lowerBound) to " + (upperBound == .max ? "2^63 - 1" : "\(upperBound)") }
}

extension RealRange {
    /// "at least 0 and below 1".
    var words: String {
        let lower = (self.lower.isIncluded ? "at least " : "above ") + self.lower.words
        guard let upper else { return lower }
        return lower + " and " + (upper.isIncluded ? "at most " : "below ") + upper.words
    }
}

extension RealRange.Bound {
    fileprivate var words: String { Int(exactly: value).map(String.init) ?? value.description }
}

/// "a", "a or b", "a, b or c".
func alternatives(_ words: [String], _ conjunction: String = "or") -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " \(conjunction) " + last
}
