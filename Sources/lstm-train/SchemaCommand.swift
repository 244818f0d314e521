import ArgumentParser
import Configuration
import StrictJSON
import Training

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of the configuration, for editors and other programs.",
        discussion: """
            EXAMPLE
              lstm-train schema > lstm-train.schema.json
            """)

    @Flag(help: "The manual's table of keys instead, as Markdown.")
    var markdown = false

    func run() throws {
        printLine(markdown ? Configuration.keyTableMarkdown() : Configuration.schema().serialized(indented: true))
    }
}
