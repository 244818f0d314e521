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
            The options that say how symbols are drawn are applied in the order of Hugging Face's generate: repetition penalty, temperature, top-k, top-p, \
            typical. The text is a function of the model, the prompt, these options and the seed.

            EXAMPLES
              lstm-train generate runs/text --prompt "ROMEO:" --length 500 --temperature 0.8
              lstm-train generate runs/text --prompt-file scene.txt --top-p 0.9 --samples 5
            """)

    @Argument(help: ArgumentHelp("A run directory, or one of its checkpoints.", valueName: "run"))
    var path: String

    @OptionGroup var checkpoint: CheckpointOptions

    @Option(parsing: .unconditional, help: "What the text begins with. (default: a line's end if the model knows one, else its first symbol)")
    var prompt: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A file with what the text begins with, or - for standard input; a line end at its end isn't read.", valueName: "file"))
    var promptFile: String?

    @Option(parsing: .unconditional, help: "Symbols to write.")
    var length = 500

    @Option(parsing: .unconditional, help: "Texts to write from the prompt, each under a line with its number. The first one is the text that one alone is.")
    var samples = 1

    @OptionGroup var sampling: SamplingArguments

    private static let largestSampleCount = 1_000_000

    func validate() throws {
        try refuseEmpty([("run", path), ("--prompt-file", promptFile)])
        guard length >= 1 else { throw ValidationError("--length is \(length); it must be at least 1.") }
        guard samples >= 1, samples <= Self.largestSampleCount else {
            throw ValidationError("--samples is \(samples); it must be from 1 to \(Self.largestSampleCount).")
        }
        guard prompt == nil || promptFile == nil else { throw ValidationError("--prompt and --prompt-file both say what the text begins with; give one of them.") }
    }

    func run() throws {
        let trained = try TrainedRun(path, at: checkpoint.choice)
        let generator = try Generator(run: trained, sampling: sampling.options, seed: sampling.seed, team: ThreadTeam(threadCount: 1, spins: false))
        for note in trained.notes { printError(note) }
        let begin = try beginning(generator)
        if samples == 1 { writeOne(generator, begin) } else { writeAll(generator, begin) }
    }

    private func beginning(_ generator: Generator) throws -> [Int32] {
        if let promptFile { return try generator.tokens(ofPromptFile: promptFile == "-" ? nil : promptFile) }
        return try prompt.map { try generator.tokens(of: $0) } ?? generator.usualPrompt
    }

    /// Writes a text, symbol by symbol.
    private func writeOne(_ generator: Generator, _ begin: [Int32]) {
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

    /// Writes each text under a line with its number.
    private func writeAll(_ generator: Generator, _ begin: [Int32]) {
        generator.generateSamples(from: begin, count: samples, length: length, isEnd: generator.isComplete) { sample, text in
            write(Array("--- sample \(sample + 1) ---\n".utf8) + generator.vocabulary.decodeBytes(text) + [10])
            return !StandardOutput.hasFailed
        }
    }

    private func write(_ bytes: [UInt8]) {
        StandardOutput.write(Data(bytes))
    }
}
