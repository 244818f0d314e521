/// Escapes `text` for an element's content or a double-quoted attribute value, in XML and HTML.
/// Control characters, which XML can't contain, become their symbols (U+2400 and following); tab and line feed stay.
public func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        case "\t", "\n": result.unicodeScalars.append(scalar)
        case "\u{0}"..."\u{1F}": result.unicodeScalars.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
        case "\u{7F}": result += "\u{2421}"
        case "\u{80}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// Shortens `text` to at most `count` characters by replacing its middle with "…", since the ends of a file's name say most.
public func shortened(_ text: String, to count: Int) -> String {
    guard text.count > count, count >= 3 else { return text }
    let tail = (count - 1) / 2
    return text.prefix(count - 1 - tail) + "…" + text.suffix(tail)
}
