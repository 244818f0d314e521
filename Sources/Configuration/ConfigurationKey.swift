public import StrictJSON

/// A key of the configuration file: its name, type, range and meaning, and its location in ``Configuration``.
public struct ConfigurationKey: Sendable {
    /// Results that depend on a key's value.
    public enum Effect: Sendable, Equatable {
        /// The weights or their evaluation: must be the same on resume.
        case result
        /// The weights from the resume on: may be changed on resume.
        case onward
        /// Duration, speed and outputs of a run: may be changed on resume.
        case execution
    }

    public let section: ConfigurationSection
    /// Within its section: "hidden".
    public let name: String
    /// Kinds of data to which the key applies; with others it is an error.
    public let kinds: [Configuration.DataKind]
    /// Must be given with each of `kinds`.
    public let isRequired: Bool
    public let effect: Effect
    /// A one-line description, without the range.
    public let meaning: String
    package let field: ConfigurationField
    /// On other keys: where one isn't met, the key must have its default.
    package internal(set) var conditions: [ConfigurationCondition] = []
    /// On other keys: where one is met, the weights depend on the key, whatever ``effect`` says.
    var resultConditions: [ConfigurationCondition] = []

    /// With its section: "model.hidden".
    public var dottedName: String { "\(section.rawValue).\(name)" }

    /// Results that depend on the key's value in `configuration`.
    public func effect(in configuration: Configuration) -> Effect { resultConditions.contains { $0.isMet(by: configuration) } ? .result : effect }

    /// The key's value in `configuration`.
    public func value(in configuration: Configuration) -> JSONValue { field.value(in: configuration) }

    /// The key's default; nil for keys that are required.
    public var standard: JSONValue? {
        isRequired ? nil : value(in: Configuration(kind: kinds.first ?? .text))
    }
}

/// The sections of the file, in their order.
public enum ConfigurationSection: String, CaseIterable, Sendable {
    case data
    case model
    case training
    case optimizer
    case parallelism
    case checkpoint
    case integrity
    case log

    public var meaning: String {
        switch self {
        case .data: "What is learned from."
        case .model: "The network."
        case .training: "How much is trained, in what pieces."
        case .optimizer: "How a gradient changes the weights."
        case .parallelism: "How the work is divided among ranks and threads."
        case .checkpoint: "When the state is saved, and what is kept."
        case .integrity: "What is watched while training, and what follows."
        case .log: "When progress is reported."
        }
    }

    /// The section's keys, in the order of the table.
    public var keys: [ConfigurationKey] { ConfigurationKey.table.filter { $0.section == self } }
}
