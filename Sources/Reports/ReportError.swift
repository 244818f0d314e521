public import Runs
import Training

/// A report or a picture can't be made.
public enum ReportError: ExitCoded, Equatable, CustomStringConvertible {
    /// It can't be written to the path.
    case output(OutputError)
    /// The file's extension is missing or unknown.
    case extensionUnknown(path: String, wanted: [String])
    /// The layer has no such unit, counted from 0.
    case noUnit(unit: Int, unitCount: Int)
    /// There are more time steps than a picture can show.
    case tooLong(stepCount: Int, limit: Int)

    public var exitCode: Int32 {
        switch self {
        case .output(let error): error.exitCode
        case .extensionUnknown, .noUnit, .tooLong: 64
        }
    }

    public var description: String {
        switch self {
        case .output(let error):
            error.description
        case .extensionUnknown(let path, let wanted):
            "--output is \(path); its name must end in \(wanted.joined(separator: " or "))."
        case .noUnit(let unit, let unitCount):
            "unit \(unit) was asked for, and the layer has \(unitCount). Choose --units from 0 to \(unitCount - 1)."
        case .tooLong(let stepCount, let limit):
            "the sequence has \(stepCount) time steps, and a picture shows \(limit) at most. Give a shorter text."
        }
    }
}
