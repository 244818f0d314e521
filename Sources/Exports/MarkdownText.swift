import StrictJSON

// Names of files and columns may contain anything; a card shows them literally, whatever they mean in Markdown, HTML or YAML.
extension String {
    /// The text for a line of Markdown, shown literally: markup characters of Markdown and HTML are escaped, control characters and line ends become blanks.
    var markdown: String {
        var result = ""
        var previous: Unicode.Scalar = " "
        for scalar in unicodeScalars {
            let isBreak = scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
            // An underscore within a word isn't markup.
            let isMarkup = "\\`*{}[]<>#|~&$!".unicodeScalars.contains(scalar) || scalar == "_" && !previous.properties.isAlphabetic
            if isMarkup { result += "\\" }
            result.unicodeScalars.append(isBreak ? " " : scalar)
            previous = scalar
        }
        return result
    }

    /// The text as inline code: enclosed in more backticks than it contains in a row.
    var markdownCode: String {
        let line = String(String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
        var longest = 0
        var run = 0
        for scalar in line.unicodeScalars {
            run = scalar == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        return longest == 0 ? fence + line + fence : "\(fence) \(line) \(fence)"
    }

    /// The text as a YAML string: a JSON string in which line ends of YAML 1.1 and characters that it doesn't accept are escaped too.
    var yaml: String {
        JSONValue.text(self).serialized().unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}": result += "\\u" + String(scalar.value, radix: 16, uppercase: true)
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
