public import StrictJSON

/// An invalid configuration. The program exits with 66 if the file can't be read, otherwise with 78.
public enum ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// The file can't be read, with the system's reason.
    case unreadable(path: String, reason: String)
    /// The file isn't a configuration but something else.
    case mistakenFile(path: String, MistakenFile)
    /// The file isn't JSON.
    case syntax(file: String, JSONError)
    /// All errors, in the order of the file, then of the command line; `omittedCount` more are omitted.
    case faults([ConfigurationFault], omittedCount: Int)

    /// One line per error: "config.json:14:7: model.hiden is not a key here. Did you mean 'hidden'?"
    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(JSONValue.printable(path, scalarCount: 1_000)) can't be read: \(reason). Name a configuration file, or none for the embedded default."
        case .mistakenFile(let path, let mistaken): mistaken.sentence(path: path)
        case .syntax(let file, let error):
            "\(JSONValue.printable(file, scalarCount: 1_000)):\(error)."
        case .faults(let faults, let omittedCount):
            faults.map(\.description).joined(separator: "\n")
                + (omittedCount > 0 ? "\nand \(omittedCount == 1 ? "1 fault" : "\(omittedCount) faults") more; fix these first." : "")
        }
    }
}

/// One error in a configuration, and its position.
public struct ConfigurationFault: Sendable, Equatable, CustomStringConvertible {
    /// Where a value was found, or is missing.
    public enum Place: Sendable, Equatable {
        case file(name: String, JSONPosition)
        /// The override as given: "model.hidden=0".
        case commandLine(String)
    }

    public var place: Place
    /// A full sentence that names the key, the value found and the value wanted.
    public var message: String

    public var description: String {
        switch place {
        case .file(let name, let position): "\(JSONValue.printable(name, scalarCount: 1_000)):\(position): \(message)"
        case .commandLine(let text): "\(JSONValue.printable(text)) (command line): \(message)"
        }
    }
}
