import StrictJSON

extension Configuration {
    /// The manual's table of keys: one line per key, in the order of the file, and a newline at the end.
    public static func keyTableMarkdown() -> String {
        let lines = ConfigurationKey.table.map { key in
            let standard = key.standard.map { "`\($0.serialized())`" } ?? "required"
            return "| `\(key.dottedName)` | \(key.field.tableWords) | \(standard) | \(key.meaning)\(key.kindsInWords)\(key.conditionsInWords) |"
        }
        return (["| key | what it may be | default | meaning |", "|---|---|---|---|"] + lines).joined(separator: "\n") + "\n"
    }
}

extension ConfigurationKey {
    /// " (series only)" for a key that doesn't apply to every kind of data.
    fileprivate var kindsInWords: String {
        kinds == Configuration.DataKind.allCases ? "" : " (\(alternatives(kinds.map(\.rawValue), "and")) only)"
    }

    /// " With optimizer.schedule "step"." for a key that depends on others.
    fileprivate var conditionsInWords: String {
        conditions.isEmpty ? "" : " With \(alternatives(conditions.map { $0.words }, "and"))."
    }
}
