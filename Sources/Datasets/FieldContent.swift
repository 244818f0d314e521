/// The content of a table's field.
enum FieldContent: Equatable {
    case number(Double)
    /// Empty, or a marker for a missing value.
    case missing
    /// A number out of float64's range, or an infinite one.
    case notFinite
    case text

    /// Parses `text` without surrounding blanks.
    ///
    /// A number is a decimal one, with a point or a comma before its decimals; not a hexadecimal one, and not one with a zero byte, where Double would
    /// stop reading. A missing value is an empty field, one of a few words and signs in upper or lower case, or a number after a question mark.
    init(_ text: String, hasDecimalComma: Bool) {
        if let value = Self.number(text, hasDecimalComma: hasDecimalComma) {
            self = value.isFinite ? .number(value) : value.isNaN ? .missing : .notFinite
        } else if Self.isMissing(text, hasDecimalComma: hasDecimalComma) {
            self = .missing
        } else {
            self = .text
        }
    }

    /// The markers of missing values, for messages and documentation.
    static let missingMarks = ["?", "-", "--", ".", "na", "n/a", "n.a.", "#n/a", "#na", "<na>", "nan", "-nan", "null", "nil", "none"]
    private static let marks = Set(missingMarks)

    private static func number(_ text: String, hasDecimalComma: Bool) -> Double? {
        guard !hasDecimalComma else {
            guard !text.utf8.contains(0x2E) else { return nil }
            guard let comma = text.firstIndex(of: ",") else { return number(text, hasDecimalComma: false) }
            return number(text[..<comma] + "." + text[text.index(after: comma)...], hasDecimalComma: false)
        }
        guard let value = Double(text), !text.utf8.contains(where: { $0 == 0 || $0 | 0x20 == 0x78 || $0 == 0x28 }) else { return nil }
        return value
    }

    private static func isMissing(_ text: String, hasDecimalComma: Bool) -> Bool {
        if text.isEmpty { return true }
        guard text.utf8.count <= 32 else { return false }
        if marks.contains(text.lowercased()) { return true }
        return text.utf8.first == 0x3F && number(String(text.dropFirst()), hasDecimalComma: hasDecimalComma)?.isFinite == true
    }
}

/// Explains why a text that looks like a number isn't read as one, and what to do; nil for other texts.
func hint(forNumberLike text: String) -> String? {
    let digits = text.utf8.filter { $0 >= 0x30 && $0 <= 0x39 }.count
    guard digits > 0, text.utf8.count <= 40 else { return nil }
    if text.wholeMatch(of: /[+-]?[0-9]{1,3}(,[0-9]{3})+/) != nil {
        return "Thousands separators aren't read: write it without, or set data.decimal to \"comma\" if the comma stands before decimals"
    }
    if text.wholeMatch(of: /[+-]?[0-9]{1,3}([,. '_\u{A0}\u{202F}][0-9]{3})+([.,][0-9]*)?/) != nil {
        return "Thousands separators aren't read: write it without"
    }
    if text.wholeMatch(of: /[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?/) != nil { return "Set data.decimal to \"comma\" if the comma stands before decimals" }
    if text.wholeMatch(of: /[+-]?[0-9]*\.[0-9]+([eE][+-]?[0-9]+)?/) != nil { return "Set data.decimal to \"point\" if the point stands before decimals" }
    let hasUnit = text.wholeMatch(of: /[^0-9]{0,3}[0-9.,]+ ?[%$€£¥°A-Za-z]{1,4}|[$€£¥] ?[+-]?[0-9.,]+/) != nil
    return hasUnit ? "Units and currencies aren't read: write the number alone" : nil
}
