import ArgumentParser
import Datasets
import Foundation
import Inference
import Threads
import Training

struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Let a trained model write text.",
        discussion: """
            EXAMPLE
              lstm-train generate runs/text --prompt "ROMEO:" --length 500 --temperature 0.8
            """)

    @Argument(help: ArgumentHelp("A run directory, or one of its checkpoints.", valueName: "run"))
    var path: String

    @OptionGroup var checkpoint: CheckpointOptions

    @Option(parsing: .unconditional, help: "What the text begins with. (default: a line's end if the model knows one, else its first symbol)")
    var prompt: String?

    @Option(parsing: .unconditional, help: "Symbols to write.")
    var length = 500

    @Option(parsing: .unconditional, help: "Below 1 the model keeps to what is likely, above 1 it dares; 0 takes the likeliest symbol each time.")
    var temperature = 1.0

    @Option(parsing: .unconditional, help: "Another seed, another text.")
    var seed: UInt64 = 1

    func validate() throws {
        try refuseEmpty([("run", path)])
        guard length >= 1 else { throw ValidationError("--length is \(length); it must be at least 1.") }
        guard temperature >= 0, temperature.isFinite else { throw ValidationError("--temperature is \(temperature); it must be 0 or more.") }
    }

    func run() throws {
        let trained = try TrainedRun(path, at: checkpoint.choice)
        let generator = try Generator(run: trained, temperature: temperature, seed: seed, team: ThreadTeam(threadCount: 1, spins: false))
        for note in trained.notes { printError(note) }
        let begin = try prompt.map { try generator.tokens(of: $0) } ?? generator.usualPrompt
        write(generator.vocabulary.decodeBytes(begin))
        var last = begin.last
        _ = generator.generate(
            from: [begin], length: length, isEnd: generator.isComplete,
            wrote: { _, token in
                write(generator.vocabulary.decodeBytes([token], after: last))
                last = token
            })
        write([10])
    }

    private func write(_ bytes: [UInt8]) {
        StandardOutput.write(Data(bytes))
    }
}
