extension JSONValue {
    /// The value as JSON text, members in order, without a newline at the end; it reads back as an equal value.
    /// - Parameter indented: one line per element and member, two spaces per level; otherwise all in one line without blanks.
    public func serialized(indented: Bool = false) -> String {
        var text = ""
        write(into: &text, indentation: indented ? 0 : nil)
        return text
    }

    /// Appends the value; `indentation` is the level of the current line, nil for all in one line.
    private func write(into text: inout String, indentation: Int?) {
        switch content {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .number(let literal): text += literal
        case .string(let value): JSONValue.write(value, into: &text)
        case .array(let values):
            JSONValue.writeItems(values, between: "[", "]", into: &text, indentation: indentation) { value, text, level in
                value.write(into: &text, indentation: level)
            }
        case .object(let members):
            JSONValue.writeItems(members, between: "{", "}", into: &text, indentation: indentation) { member, text, level in
                JSONValue.write(member.key, into: &text)
                text += level == nil ? ":" : ": "
                member.value.write(into: &text, indentation: level)
            }
        }
    }

    private static func writeItems<Item>(
        _ items: [Item], between open: String, _ close: String, into text: inout String, indentation: Int?,
        write: (Item, inout String, Int?) -> Void
    ) {
        text += open
        let inner = indentation.map { $0 + 1 }
        for (index, item) in items.enumerated() {
            if index > 0 { text += "," }
            if let inner { text += "\n" + String(repeating: "  ", count: inner) }
            write(item, &text, inner)
        }
        if let indentation, !items.isEmpty { text += "\n" + String(repeating: "  ", count: indentation) }
        text += close
    }

    /// Appends `string` in quotes. Escapes control characters, including DEL and U+0080 to U+009F, since a terminal may act on them.
    private static func write(_ string: String, into text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{8}": text += "\\b"
            case "\u{C}": text += "\\f"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}":
                text += "\\u" + hexadecimal(scalar.value)
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    /// `value` as at least four hexadecimal digits: 27 is "001B".
    static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// `text` on one line and safe to print: as a JSON string without its quotes, truncated after `scalarCount` scalars.
    package static func printable(_ text: String, scalarCount: Int = 80) -> String {
        let scalars = text.unicodeScalars
        let kept = String(String.UnicodeScalarView(scalars.prefix(scalarCount)))
        let inQuotes = JSONValue.text(kept).serialized().dropFirst().dropLast()
        return inQuotes.replacing("\\\"", with: "\"") + (scalars.count > scalarCount ? "…" : "")
    }
}
