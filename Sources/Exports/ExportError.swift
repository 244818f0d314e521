public import Runs
import Training

/// Why a model can't be exported, or an export isn't what it should be.
public enum ExportError: ExitCoded, Equatable, CustomStringConvertible {
    /// The folder holds something that is no export, which stays untouched.
    case folderInUse(path: String)
    /// An earlier export, in which files were changed or added.
    case exportChanged(path: String, names: [String])
    /// What the run stored beside its weights is another model's.
    case otherModel(run: String, file: String)
    /// The format's container ends before the weights do.
    case tooLarge(format: ExportFormat, byteCount: Int, limit: Int)
    /// There is no such Python, or it can't be started.
    case noPython(python: String, reason: String)
    /// The Python lacks a library.
    case noLibrary(python: String, library: String, packages: [String])
    /// The exported model's outputs aren't this program's, or it couldn't be run.
    case verificationFailed(path: String, words: String)

    public var exitCode: Int32 {
        switch self {
        case .folderInUse, .exportChanged: 73
        case .otherModel: 65
        case .tooLarge: 78
        case .noPython, .noLibrary: 71
        case .verificationFailed: 70
        }
    }

    public var description: String {
        switch self {
        case .folderInUse(let path):
            "\(path) holds files that are no export. Name an empty or new folder as --output."
        case .exportChanged(let path, let names):
            """
            \(path) holds an earlier export in which \(names.count == 1 ? "a file was" : "files were") changed or added: \(names.joined(separator: ", ")). \
            Choose another --output, or replace it with --force.
            """
        case .otherModel(let run, let file):
            "\(run)/\(file) isn't of the model that the run's checkpoint holds. Restore it from a copy."
        case .tooLarge(let format, let byteCount, let limit):
            "the weights take \(byteCount) bytes, and a file of --format \(format.rawValue) ends at \(limit). Choose --format pytorch, which has no bound."
        case .noPython(let python, let reason):
            "'\(python)' can't be started: \(reason). Name a Python with --python or in LSTM_TRAIN_PYTHON. The export itself is complete."
        case .noLibrary(let python, let library, let packages):
            """
            '\(python)' has no \(library). Install it: \(python) -m pip install \(packages.joined(separator: " ")). \
            Or name another Python with --python. The export itself is complete.
            """
        case .verificationFailed(let path, let words):
            "the export in \(path) doesn't verify:\n\(words)"
        }
    }
}
