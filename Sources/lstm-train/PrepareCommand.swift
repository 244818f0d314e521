import ArgumentParser
import Configuration
import Datasets
import Foundation
import NumberText
import Runs
import ShellText

struct PrepareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare",
        abstract: "Write a configuration's data in binary, which training maps into memory instead of reading the files.",
        discussion: """
            For texts, tables of series and labelled sequences. The key data.prepared names the file. A run starts at once, takes \
            no memory for the data, and has the same weights; data may be larger than the memory. The files must stay: their size and date, or their SHA-256, show whether the form is theirs. It is refused \
            when a file or a key that it depends on has changed.

            EXAMPLES
              lstm-train prepare play.json                      writes play.prepared
              lstm-train play.json data.prepared=play.prepared  trains with it
            """)

    @OptionGroup var configured: ConfigurationArguments

    @Option(help: ArgumentHelp("The file to write. (default: data.prepared, else the configuration's name with .prepared, beside it)", valueName: "file"))
    var output: String?

    func validate() throws {
        try refuseEmpty([("--output", output)])
        guard output != "-" else { throw ValidationError("--output is a file to map, so not standard output. Name a file.") }
    }

    func run() throws {
        let configuration = try configured.load()
        guard !configuration.data.allFiles.contains("-") else { throw StandardInputError.notPrepared }
        let path = output ?? (configuration.data.prepared.isEmpty ? configured.usualPreparedPath : configuration.data.prepared)
        let file = try OutputFile(path, of: "prepare", isOwn: isPreparedForm)
        let began = ContinuousClock.now
        let facts = try configuration.prepareData(to: file.path, command: command)
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        printLine(field("read", "\(shownPaths(configuration.data.allFiles.map(fileName))): \(bytes(Double(facts.sourceByteCount)))"))
        printLine(field("wrote", "\(path): \(bytes(Double(facts.byteCount))), \(facts.description), in \(String(format: "%.1f", seconds)) s"))
        if configuration.data.prepared.isEmpty {
            let arguments = configured.arguments + ["data.prepared=\(path)"]
            printLine(field("next", "lstm-train " + arguments.map(\.shellWord).joined(separator: " ")))
        }
    }

    /// The same command, for messages about a form that has become stale.
    private var command: String {
        (["lstm-train", "prepare"] + configured.arguments.map(\.shellWord) + (output.map { ["--output", $0.shellPath] } ?? [])).joined(separator: " ")
    }
}
