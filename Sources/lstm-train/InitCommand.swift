public import ArgumentParser
public import Configuration
import Datasets
import Foundation
import Runs
import ShellText
import Training

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a small configuration to begin with.",
        discussion: """
            Tasks: \(Configuration.DataKind.allCases.map { "\($0.rawValue) (\($0.summary))" }.joined(separator: ", ")).

            EXAMPLES
              lstm-train init play.txt                   text, since it is no .csv or .tsv file: writes play.json
              lstm-train init prices.csv                 series: finds its columns
              lstm-train init --task textWindows a.txt b.txt --output windows.json
            """)

    @Argument(help: ArgumentHelp("The data to learn from: files, or a folder or pattern of such.", valueName: "file"))
    var files: [String] = []

    @Option(help: "What to learn. (default: what a .csv, .tsv, .ts, .jsonl, .npy or .npz file holds, else text)")
    var task: Configuration.DataKind?

    @Option(help: ArgumentHelp("Where the configuration goes. (default: the first file's name, or the task's, as .json here)", valueName: "file"))
    var output: String?

    @Flag(help: "Replace a configuration that is there.")
    var force = false

    func validate() throws {
        if let kind = task, kind.isGenerated, let file = files.first { throw ValidationError("--task \(kind.rawValue) is generated and reads no file, such as \(file).") }
        try refuseEmpty(files.map { ("a file's name", $0) } + [("--output", output)])
        guard !files.contains("-") else {
            throw ValidationError("init reads its files more than once, so not standard input. Save that to a file, and name it.")
        }
        try InitSources(files: files).validate(output: path)
        if !force, FileManager.default.fileExists(atPath: path) { throw ValidationError("\(path) is there already. Choose --output, or --force.") }
    }

    func run() throws {
        let paths = try filesNamed(by: files)
        try InitSources(files: paths).checkKinds()
        let kind = try task ?? StarterConfiguration.kind(ofFiles: paths)
        let isTable = try looksLikeTable(paths, readAs: kind)
        let starter = try StarterConfiguration(kind, files: files.map(standing), paths: paths)
        try OutputFile(path, of: "init", isOwn: StarterConfiguration.isConfiguration).write(starter.text)
        printLine(field("wrote", path))
        if isTable { printLine(field("note", "\(paths[0]) is read as a text, but looks like a table; --task series reads rows")) }
        for note in starter.notes { for line in field("note", wrapped: note) { printLine(line) } }
        for (index, advice) in starter.advice.enumerated() { printLine(field(index == 0 ? "look at" : "", advice)) }
        if !files.isEmpty || kind.isGenerated {
            printLine(field("next", "lstm-train \(path.shellPath) --dry-run"))
            printLine(field("", "lstm-train \(path.shellPath)"))
        }
    }

    /// Whether the first file, which would be read as text by default, looks like a table.
    private func looksLikeTable(_ paths: [String], readAs kind: Configuration.DataKind) throws -> Bool {
        guard task == nil, kind == .text, let file = paths.first, FileManager.default.fileExists(atPath: file) else { return false }
        return try TableSurvey.looksLikeTable(file)
    }

    private var path: String {
        output ?? (files.first.map { URL(filePath: $0).deletingPathExtension().lastPathComponent } ?? (task ?? .text).rawValue) + ".json"
    }

    /// The file's path as written in the configuration: absolute, unless both are in the working directory.
    private func standing(_ file: String) -> String {
        path.contains("/") ? URL(filePath: file).standardizedFileURL.path : file
    }
}

extension Configuration.DataKind: ExpressibleByArgument {}
