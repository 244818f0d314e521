public import Runs
import Training

/// A model can't be exported, or its export is wrong.
public enum ExportError: ExitCoded, Equatable, CustomStringConvertible {
    /// The folder contains something other than an export; it isn't changed.
    case folderInUse(path: String)
    /// The folder has an earlier export in which files were changed or added.
    case exportChanged(path: String, names: [String])
    /// A file that the run stored with its weights belongs to another model.
    case otherModel(run: String, file: String)
    /// The weights exceed the format's maximum size.
    case tooLarge(format: ExportFormat, byteCount: Int, limit: Int)
    /// A layer is of a kind, or has an option, that no format's code here can build.
    case layerNotExported(number: Int, name: String)
    /// A CRF stands above the layers.
    case crfNotExported
    /// Characters are read beside words.
    case charactersNotExported
    /// The format's library has no such layer.
    case layerUnknown(format: ExportFormat, layer: String, others: [ExportFormat])
    /// The given Python doesn't exist, or can't be started.
    case noPython(python: String, reason: String)
    /// The Python lacks a library.
    case noLibrary(python: String, library: String, packages: [String])
    /// The exported model's outputs differ from this program's, or it couldn't be run.
    case verificationFailed(path: String, words: String)

    public var exitCode: Int32 {
        switch self {
        case .folderInUse, .exportChanged: 73
        case .otherModel: 65
        case .tooLarge, .layerNotExported, .crfNotExported, .charactersNotExported, .layerUnknown: 78
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
        case .layerNotExported(let number, let name):
            """
            no format has a layer like layer \(number) (\(name)). The checkpoint's weights.safetensors has its parameters, in PyTorch's shapes and order of the \
            gates, for a module of your own.
            """
        case .charactersNotExported:
            "model.characters isn't exported. The checkpoint's weights.safetensors has its parameters, called as torch.nn.Embedding and torch.nn.LSTM, GRU or Conv1d "
                + "call theirs, with \"characters.\" before."
        case .crfNotExported:
            """
            model.head "crf" isn't exported. The checkpoint's weights.safetensors has its parameters, called as those of Python's pytorch-crf, beside all others in \
            PyTorch's shapes.
            """
        case .layerUnknown(let format, let layer, let others):
            others.isEmpty
                ? """
                no format has a layer like \(layer). The checkpoint's weights.safetensors has its parameters, in PyTorch's shapes and order of the gates, for a \
                module of your own.
                """
                : "--format \(format.rawValue) has no layer like \(layer). Choose --format \(others.map(\.rawValue).joined(separator: ", "))."
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
