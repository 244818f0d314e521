public import StrictJSON

extension Configuration {
    /// Every key that applies to the kind of data and to the keys that it depends on, with its value, in the order of the table; parsing it gives this
    /// configuration again.
    public func resolvedJSON() -> JSONValue {
        JSONValue(.object(ConfigurationSection.allCases.map { section in
            let keys = section.keys.filter { $0.applies(to: self) }
            return JSONMember(
                key: section.rawValue, value: JSONValue(.object(keys.map { JSONMember(key: $0.name, value: $0.value(in: self)) })))
        }))
    }

    /// Keys with different values, in the order of the table.
    public func differences(from other: Configuration) -> [ConfigurationDifference] {
        ConfigurationKey.table.compactMap { key in
            let (mine, theirs) = (key.value(in: self), key.value(in: other))
            guard mine != theirs else { return nil }
            let effects = [self, other].map(key.effect)
            return ConfigurationDifference(key: key.dottedName, mine: mine, theirs: theirs, effect: effects.contains(.result) ? .result : key.effect)
        }
    }
}

/// A key that has different values in two configurations.
public struct ConfigurationDifference: Sendable, Equatable, CustomStringConvertible {
    /// With its section: "model.hidden".
    public var key: String
    public var mine: JSONValue
    public var theirs: JSONValue
    public var effect: ConfigurationKey.Effect

    /// "model.hidden: 128, not 256", this configuration's value first.
    public var description: String { "\(key): \(mine.serialized()), not \(theirs.serialized())" }
}
