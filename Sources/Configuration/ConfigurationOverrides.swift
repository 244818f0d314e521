import StrictJSON

extension ConfigurationReader {
    /// Applies values from the command line above those of the file; each key at most once.
    mutating func apply(overrides: [String]) {
        var seen: Set<String> = []
        for text in overrides {
            let place = ConfigurationFault.Place.commandLine(text)
            guard let (name, value) = halves(of: text) else {
                report(place, "this is no key with a value; write one as in model.hidden=256.")
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

    /// What stands before and behind the first "="; nil without one, or without a key.
    private func halves(of text: String) -> (name: String, value: String)? {
        guard let sign = text.utf8.firstIndex(of: UInt8(ascii: "=")), sign > text.startIndex else { return nil }
        return (String(text[..<sign]), String(text[text.utf8.index(after: sign)...]))
    }
}

extension ConfigurationField {
    /// The value that `text` on the command line means: JSON, or without quotes and brackets a string where one is wanted, strings between commas
    /// where a list is. What can't be read stays a string, which the field then refuses by what it is.
    func commandLineValue(_ text: String) -> JSONValue {
        switch self {
        case .integer, .real, .bool:
            return json(text) ?? .text(text)
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
