import ArgumentParser
import Checkpoints
import Configuration
import Foundation
import Runs
import Training

/// Arguments of a command that trains: a configuration file and keys to override.
struct ConfigurationArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A configuration file, then keys to change: model.hidden=256. Without a file, the embedded default: the embedded Reber grammar.",
            valueName: "config.json|key=value"))
    var arguments: [String] = []

    func validate() throws {
        try refuseEmpty(arguments.map { ("the configuration's name", $0) })
        if let empty = arguments.first(where: { $0.count > 1 && $0.hasSuffix("=") && !$0.hasPrefix("=") }), !arguments.contains("=") {
            throw ValidationError(Self.sentence(aboutEmpty: empty))
        }
        if arguments.contains("=") || arguments.contains(where: { $0.hasPrefix("=") || $0.hasSuffix("=") }) {
            throw ValidationError("write a key and its value without blanks: model.hidden=256")
        }
        guard files.count > 1 else { return }
        if let first = files.first, !first.contains("."), !first.contains("/") {
            throw ValidationError("'\(first)' is neither a verb nor a configuration file. The verbs are \(LSTMTrain.verbs).")
        }
        if let sentence = MistakenOption.sentence(arguments: Array(CommandLine.arguments.dropFirst())) { throw ValidationError(sentence) }
        throw ValidationError("\(files.joined(separator: " and ")) are two configuration files; give one. Keys to change have the form section.key=value.")
    }

    /// About a key without a value, "model.hidden=": a blank behind the sign, or a variable of a script that is empty.
    private static func sentence(aboutEmpty argument: String) -> String {
        let name = argument.dropLast()
        let empty =
            switch ConfigurationKey.table.first(where: { $0.dottedName == name })?.field {
            case .text?: ", or \(argument)'\"\"' for an empty text"
            case .strings?: ", or \(argument)'[]' for none"
            default: ""
            }
        return "\(argument) has no value. Write it directly behind the sign, without a blank: \(argument)…\(empty)"
    }

    /// The configuration's name: that of its file without the extension, or of the run to which it belongs.
    var name: String {
        if let ownRun { return URL(filePath: ownRun).standardizedFileURL.lastPathComponent }
        return file?.deletingPathExtension().lastPathComponent ?? "embedded-reber"
    }

    /// Default run directory: `RUN/config.json` resumes that run.
    var usualRunDirectory: String { ownRun ?? "runs/\(name)" }

    /// Default file of the data's binary form: the configuration's name with .prepared, in its folder.
    var usualPreparedPath: String {
        guard let path = files.first, let slash = path.lastIndex(of: "/") else { return name + ".prepared" }
        return path[...slash] + name + ".prepared"
    }

    /// The run directory whose configuration file was given; nil for a user's own file.
    private var ownRun: String? {
        guard let path = files.first, let file, file.lastPathComponent == "config.json" else { return nil }
        let folder = path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) : "."
        let run = folder.isEmpty ? "/" : folder
        return RunDirectory(run).holdsRun ? run : nil
    }

    /// Loads the configuration, makes the paths of its files absolute, so that a run finds its files from any working directory, and replaces folders and patterns.
    func load() throws -> Configuration {
        if let path = files.first, let meant = configurationMeant(byDirectory: path) {
            throw GroupFailure(exitCode: 66, description: "\(path) is not a configuration file. \(meant)")
        }
        var configuration = try files.first.map { try Configuration.load(path: $0, overrides: overrides) } ?? .embeddedDefault(overrides: overrides)
        // A path in a file is relative to that file's folder, one on the command line to the working directory.
        let here = FileManager.default.currentDirectoryPath
        func folder(ofKey name: String) -> String {
            let isTyped = overrides.contains { $0.hasPrefix(name + "=") }
            return isTyped ? here : file?.deletingLastPathComponent().path ?? here
        }
        try StandardInputFile.check(configuration.data)
        let readsStandardInput = StandardInputFile.isMeant(by: configuration.data)
        if readsStandardInput { configuration.data.files = [] }
        configuration.data.resolveFiles(folder)
        if ownRun == nil { try configuration.data.expandFiles() }
        if readsStandardInput { configuration.data.files = ["-"] }
        configuration.model.initialWeights = configuration.model.initialWeightsPath(relativeTo: folder(ofKey: "model.initialWeights"))
        configuration.model.embeddingFile = configuration.model.embeddingFilePath(relativeTo: folder(ofKey: "model.embeddingFile"))
        return try ownRun.map { try locatingFiles(of: configuration, ofRun: $0) } ?? configuration
    }

    /// A note that the run's files were found in another location than in its configuration; nil if they weren't moved.
    func noteOnMovedFiles(_ configuration: Configuration) throws -> String? {
        guard ownRun != nil, let path = files.first, !overrides.contains(where: Self.namesFiles) else { return nil }
        let own = try Configuration.load(path: path, overrides: overrides).data.allFiles
        return own == configuration.data.allFiles
            ? nil : "the data are not where they were, and are read from \(configuration.data.allFiles.joined(separator: ", "))"
    }

    private var files: [String] { arguments.filter { !Self.isOverride($0) } }
    private var overrides: [String] { arguments.filter(Self.isOverride) }

    /// Whether an argument gives the data's files.
    private static func namesFiles(_ override: String) -> Bool {
        ["data.files=", "data.validationFiles=", "data.testFiles="].contains { override.hasPrefix($0) }
    }

    /// Whether an argument overrides a key: "model.hidden=256". A file name with "=" needs a slash before it, unless the file exists.
    private static func isOverride(_ argument: String) -> Bool {
        guard let sign = argument.firstIndex(of: "=") else { return false }
        let name = argument[..<sign]
        if ConfigurationKey.table.contains(where: { $0.dottedName == name }) { return true }
        return !name.contains("/") && !FileManager.default.fileExists(atPath: argument)
    }
    private var file: URL? { files.first.map { URL(fileURLWithPath: $0) } }
}
