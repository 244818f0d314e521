import StrictJSON

extension ConfigurationReader {
    /// Applies values from the command line, which take precedence over the file; each key at most once.
    mutating func apply(overrides: [String]) {
        var seen: Set<String> = []
        for text in overrides {
            let place = ConfigurationFault.Place.commandLine(text)
            guard let (name, value) = halves(of: text) else {
                report(place, "this is not a key with a value; write one as in model.hidden=256.")
                continue
            }
            guard let key = ConfigurationKey.table.first(where: { $0.dottedName == name }) else {
                report(place, ConfigurationKey.unknownDottedKey(name))
                continue
            }
            guard seen.insert(name).inserted else {
                report(place, "\(name) is given a second time on the command line. Remove one.")
                continue
            }
            take(key.field.commandLineValue(value), for: key, from: place)
        }
    }

    /// The parts before and after the first "="; nil if there is none, or no key.
    private func halves(of text: String) -> (name: String, value: String)? {
        guard let sign = text.utf8.firstIndex(of: UInt8(ascii: "=")), sign > text.startIndex else { return nil }
        return (String(text[..<sign]), String(text[text.utf8.index(after: sign)...]))
    }
}

extension ConfigurationField {
    /// Parses a value on the command line: JSON; without quotes and brackets a string if the key has a string, and strings separated by commas
    /// if it has a list. Anything else becomes a string, which the field then rejects with its own message.
    func commandLineValue(_ text: String) -> JSONValue {
        switch self {
        case .classWeights where !text.hasPrefix("{"): return .text(text)
        case .integer, .real, .bool, .layers, .classWeights:
            return json(text) ?? .text(text)
        case .integers:
            return json(text.hasPrefix("[") ? text : "[\(text)]") ?? .text(text)
        case .choice, .text:
            return text.hasPrefix("\"") ? json(text) ?? .text(text) : .text(text)
        case .strings:
            if text.hasPrefix("\"") || text.hasPrefix("[") { return json(text) ?? .text(text) }
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            return .list(text.isEmpty ? [] : parts.map { .text(String($0)) })
        }
    }

    private func json(_ text: String) -> JSONValue? {
        do throws(JSONError) {
            return try JSONValue.parse(Array(text.utf8))
        } catch {
            return nil
        }
    }
}
