import StrictJSON

/// A command's manual page in roff, as man(7) defines it, from ArgumentParser's description: the text of its --help, one section per command.
struct ManualPage {
    private(set) var text = ""

    init(of command: JSONValue, version: String) {
        let name = command["commandName"]?.stringValue ?? ""
        text = ".TH \"\(Self.escaped(name.uppercased()))\" 1 \"\" \"\(Self.escaped("\(name) \(version)"))\"\n"
        section("NAME")
        text += "\(Self.escaped(name)) \\- \(Self.escaped(command["abstract"]?.stringValue ?? ""))\n"
        section("SYNOPSIS")
        text += ".B \(Self.escaped(name))\n[\\fIcommand\\fR] [\\fIargument\\fR ...] [\\fIoption\\fR ...]\n"
        section("DESCRIPTION")
        discussion(of: command)
        arguments(of: command)
        section("COMMANDS")
        // ArgumentParser's own "help" isn't specific to this program.
        for verb in Self.shown(command["subcommands"]) where verb["commandName"]?.stringValue != "help" { write(verb, of: name) }
    }

    private mutating func section(_ title: String) { text += ".SH \(title)\n" }

    private mutating func write(_ verb: JSONValue, of name: String) {
        let verbName = verb["commandName"]?.stringValue ?? ""
        text += ".SS \(Self.escaped(verbName))\n"
        paragraph(verb["abstract"]?.stringValue ?? "")
        let usage = Self.shown(verb["arguments"]).map { "[" + Self.words(of: $0) + ($0["isRepeating"]?.boolValue == true ? " ..." : "") + "]" }
        text += ".PP\n.B \(Self.escaped("\(name) \(verbName)"))\n\(usage.joined(separator: "\n"))\n"
        discussion(of: verb)
        arguments(of: verb)
    }

    /// Indented lines keep their layout.
    private mutating func discussion(of command: JSONValue) {
        var isIndented = false
        for line in (command["discussion"]?.stringValue ?? "").split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("  ") != isIndented {
                isIndented.toggle()
                text += isIndented ? ".PP\n.nf\n.RS 2\n" : ".RE\n.fi\n"
            }
            if isIndented { text += Self.line(line.dropFirst(2)) } else { paragraph(String(line)) }
        }
        if isIndented { text += ".RE\n.fi\n" }
    }

    private mutating func paragraph(_ words: String) {
        if !words.isEmpty { text += ".PP\n" + Self.line(words[...]) }
    }

    private mutating func arguments(of command: JSONValue) {
        for argument in Self.shown(command["arguments"]) {
            text += ".TP\n\(Self.words(of: argument))\n"
            let values = argument["allValues"]?.arrayValue?.compactMap(\.stringValue) ?? []
            let said = [
                argument["abstract"]?.stringValue ?? "", values.isEmpty ? "" : "(values: \(values.joined(separator: ", ")))",
                argument["defaultValue"]?.stringValue.map { "(default: \($0))" } ?? "",
            ].filter { !$0.isEmpty }
            text += Self.line(said.joined(separator: " ")[...])
        }
    }

    /// The names of an option in bold, and the name of its value.
    private static func words(of argument: JSONValue) -> String {
        let value = "\\fI\(escaped(argument["valueName"]?.stringValue ?? ""))\\fR"
        let names = (argument["names"]?.arrayValue ?? []).map { name in
            "\\fB\(escaped((name["kind"]?.stringValue == "long" ? "--" : "-") + (name["name"]?.stringValue ?? "")))\\fR"
        }
        switch argument["kind"]?.stringValue {
        case "positional": return value
        case "flag": return names.joined(separator: ", ")
        default: return names.joined(separator: ", ") + " " + value
        }
    }

    private static func shown(_ list: JSONValue?) -> [JSONValue] { (list?.arrayValue ?? []).filter { $0["shouldDisplay"]?.boolValue != false } }

    private static func line(_ words: Substring) -> String {
        // A dot or quote at a line's start would be a request.
        (words.first == "." || words.first == "'" ? "\\&" : "") + escaped(String(words)) + "\n"
    }

    private static func escaped(_ words: String) -> String {
        words.unicodeScalars.reduce(into: "") { escaped, scalar in
            switch scalar {
            case "\\": escaped += "\\e"
            case "-": escaped += "\\-"
            case "\"": escaped += "\\(dq"
            // By code point, for any encoding of the reader.
            case _ where !scalar.isASCII:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                escaped += "\\[u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "]"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
    }
}
