public import StrictJSON

/// Why a configuration is not taken. The program exits with 66 if the file can't be read, and with 78 for all else.
public enum ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// The file can't be read, with the system's reason.
    case unreadable(path: String, reason: String)
    /// The file is something else than a configuration.
    case mistakenFile(path: String, MistakenFile)
    /// The file is no JSON.
    case syntax(file: String, JSONError)
    /// All that is wrong, in the order of the file, then of the command line; `omittedCount` more are left out.
    case faults([ConfigurationFault], omittedCount: Int)

    /// A line a fault: "config.json:14:7: model.hiden is not a key here. Did you mean 'hidden'?"
    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(JSONValue.printable(path, scalarCount: 1_000)) can't be read: \(reason). Name a configuration file, or none for the embedded default."
        case .mistakenFile(let path, let mistaken): mistaken.sentence(path: path)
        case .syntax(let file, let error):
            "\(JSONValue.printable(file, scalarCount: 1_000)):\(error)."
        case .faults(let faults, let omittedCount):
            faults.map(\.description).joined(separator: "\n")
                + (omittedCount > 0 ? "\nand \(omittedCount == 1 ? "1 fault" : "\(omittedCount) faults") more; mend these first." : "")
        }
    }
}

/// One thing that is wrong with a configuration, and where it stands.
public struct ConfigurationFault: Sendable, Equatable, CustomStringConvertible {
    /// Where a value, or its absence, was found.
    public enum Place: Sendable, Equatable {
        case file(name: String, JSONPosition)
        /// The override as it was given: "model.hidden=0".
        case commandLine(String)
    }

    public var place: Place
    /// A full sentence that names the key, what was found and what was wanted.
    public var message: String

    public var description: String {
        switch place {
        case .file(let name, let position): "\(JSONValue.printable(name, scalarCount: 1_000)):\(position): \(message)"
        case .commandLine(let text): "\(JSONValue.printable(text)) (command line): \(message)"
        }
    }
}
