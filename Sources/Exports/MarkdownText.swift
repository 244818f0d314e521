import StrictJSON

// Names of files and columns are anybody's: a card shows them as they are, whatever they mean in Markdown, HTML or YAML.
extension String {
    /// The text within a line of Markdown, shown as it stands: what Markdown or HTML would act upon has a backslash, controls and line ends are blanks.
    var markdown: String {
        var result = ""
        var previous: Unicode.Scalar = " "
        for scalar in unicodeScalars {
            let isBreak = scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
            // An underscore within a word is only an underscore.
            let isMarkup = "\\`*{}[]<>#|~&$!".unicodeScalars.contains(scalar) || scalar == "_" && !previous.properties.isAlphabetic
            if isMarkup { result += "\\" }
            result.unicodeScalars.append(isBreak ? " " : scalar)
            previous = scalar
        }
        return result
    }

    /// The text as code within a line: between more backticks than it has in a row itself.
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

    /// The text as a YAML string: a JSON one, in which what YAML 1.1 takes for a line's end, or doesn't take at all, is escaped too.
    var yaml: String {
        JSONValue.text(self).serialized().unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}": result += "\\u" + String(scalar.value, radix: 16, uppercase: true)
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
