/// What a field of a table holds.
enum FieldContent: Equatable {
    case number(Double)
    /// Nothing, or a mark for it.
    case missing
    /// A number beyond float64, or an infinite one.
    case notFinite
    case text

    /// Of `text` without blanks around it.
    ///
    /// A number is a decimal one, with a point or a comma before its decimals; no hexadecimal one, and none with a zero byte, at which Double would
    /// stop reading. A missing value is an empty field, one of a few words and signs in capitals or small letters, or a number with a question mark
    /// before it.
    init(_ text: String, hasDecimalComma: Bool) {
        if let value = Self.number(text, hasDecimalComma: hasDecimalComma) {
            self = value.isFinite ? .number(value) : value.isNaN ? .missing : .notFinite
        } else if Self.isMissing(text, hasDecimalComma: hasDecimalComma) {
            self = .missing
        } else {
            self = .text
        }
    }

    /// What counts as missing, for messages and documentation.
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

/// Why a text that a person would take for a number isn't read as one, and what to do; nil for other texts.
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
