import ArgumentParser
import Charts
import Datasets
import Foundation
import Inference
import NumberText
import Runs
import Threads
import Training

struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Let a trained model write text, sequences of sets of labels or of numbers, or drawings.",
        discussion: """
            The options that say how symbols are drawn are applied in the order of Hugging Face's generate: repetition penalty, temperature, top-k, top-p, \
            typical. The text is a function of the model, the prompt, these options and the seed.

            A model of sets of labels (data.target "next") draws each label of the next set by its own probability, which --temperature changes; at 0 it takes \
            the labels above 0.5. It writes a sequence a line, in the form of the run's data.

            A model of the next numbers, or of the next point of a drawing, draws each step from the mixture that its outputs are; --temperature divides the scores of its \
            components and of the pen, and multiplies the variances. A drawing ends by itself, at every temperature with the probability of its end. With --output drawings go to an SVG file.

            EXAMPLES
              lstm-train generate runs/text --prompt "ROMEO:" --length 500 --temperature 0.8
              lstm-train generate runs/text --prompt-file scene.txt --top-p 0.9 --samples 5
              lstm-train generate runs/chorales --prompt-file opening.txt --length 64 > new.txt
              lstm-train generate runs/kanji --samples 32 --temperature 0.3 --output kanji.svg
            """)

    @Argument(help: ArgumentHelp("A run directory, or one of its checkpoints.", valueName: "run"))
    var path: String

    @OptionGroup var checkpoint: CheckpointOptions

    @Option(
        parsing: .unconditional,
        help: "What the text begins with, or a sequence of sets. (default: a line's end if the model knows one, else its first symbol; of sets nothing: the first one's labels are on as often as in training)")
    var prompt: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "A file with what the text begins with, or - for standard input; a line end at its end isn't read. Of sets, each of its sequences is "
                + "continued.", valueName: "file"))
    var promptFile: String?

    @Option(parsing: .unconditional, help: "Symbols to write, or sets or frames, or points of a drawing at most. (default: 500, and 100 sets)")
    var length: Int?

    @Option(
        parsing: .unconditional,
        help: "Texts to write from the prompt, each under a line with its number, or sequences of sets. The first one is the text that one alone is.")
    var samples = 1

    @OptionGroup var sampling: SamplingArguments

    @Option(help: ArgumentHelp("An .svg file for drawings, side by side. (default: their points as text)", valueName: "file"))
    var output: String?

    private static let largestSampleCount = 1_000_000
    private static let (usualLength, usualSetCount) = (500, 100)
    /// Of an SVG file.
    private static let largestDrawingCount = 10_000

    func validate() throws {
        try refuseEmpty([("run", path), ("--prompt-file", promptFile), ("--output", output)])
        if let output, !output.hasSuffix(".svg") { throw ValidationError("--output is '\(output)'; its name must end in .svg.") }
        if let length, length < 1 { throw ValidationError("--length is \(length); it must be at least 1.") }
        guard samples >= 1, samples <= Self.largestSampleCount else {
            throw ValidationError("--samples is \(samples); it must be from 1 to \(Self.largestSampleCount).")
        }
        guard prompt == nil || promptFile == nil else { throw ValidationError("--prompt and --prompt-file both say what the text begins with; give one of them.") }
    }

    func run() throws {
        let trained = try TrainedRun(path, at: checkpoint.choice)
        let team = ThreadTeam(threadCount: 1, spins: false)
        if try FrameGenerator.serves(trained) { return try writeFrames(trained, team) }
        guard output == nil else { throw ValidationError("--output goes with models of drawings. Leave it out; the text goes to standard output.") }
        if try SetGenerator.serves(trained) { return try writeSets(trained, team) }
        let generator = try Generator(run: trained, sampling: sampling.options, seed: sampling.seed, team: team)
        for note in trained.notes { printError(note) }
        let begin = try beginning(generator)
        if samples == 1 { writeOne(generator, begin) } else { writeAll(generator, begin) }
    }

    // MARK: Texts

    private func beginning(_ generator: Generator) throws -> [Int32] {
        if let promptFile { return try generator.tokens(ofPromptFile: promptFile == "-" ? nil : promptFile) }
        return try prompt.map { try generator.tokens(of: $0) } ?? generator.usualPrompt
    }

    /// Writes a text, symbol by symbol.
    private func writeOne(_ generator: Generator, _ begin: [Int32]) {
        write(generator.vocabulary.decodeBytes(begin))
        var last = begin.last
        _ = generator.generate(
            from: [begin], length: length ?? Self.usualLength, isEnd: generator.isComplete,
            wrote: { _, token in
                write(generator.vocabulary.decodeBytes([token], after: last))
                last = token
            })
        write([10])
    }

    /// Writes each text under a line with its number.
    private func writeAll(_ generator: Generator, _ begin: [Int32]) {
        generator.generateSamples(from: begin, count: samples, length: length ?? Self.usualLength, isEnd: generator.isComplete) { sample, text in
            write(Array("--- sample \(sample + 1) ---\n".utf8) + generator.vocabulary.decodeBytes(text) + [10])
            return !StandardOutput.hasFailed
        }
    }

    // MARK: Sets of labels

    /// Writes sequences in the form of the run's data, one a line: of each beginning all samples.
    private func writeSets(_ trained: TrainedRun, _ team: ThreadTeam) throws {
        if let option = sampling.options.ofSymbols {
            throw ValidationError("\(option.flag) goes with models of texts; this one writes sets, each label by its own probability. Leave it out.")
        }
        let generator = try SetGenerator(run: trained, temperature: sampling.temperature, seed: sampling.seed, team: team)
        let length = length ?? Self.usualSetCount
        guard length <= generator.largestLength else {
            throw ValidationError("--length is \(length); of sets of \(generator.labels.count) labels it must be at most \(generator.largestLength).")
        }
        for note in trained.notes { printError(note) }
        for (row, beginning) in try beginnings(generator).enumerated() {
            generator.generate(from: beginning, row: row, count: samples, length: length) { _, sets in
                write(Array((generator.line(sets) + "\n").utf8))
                return !StandardOutput.hasFailed
            }
            guard !StandardOutput.hasFailed else { return }
        }
    }

    // MARK: Numbers and drawings

    private func writeFrames(_ trained: TrainedRun, _ team: ThreadTeam) throws {
        if let option = sampling.options.ofSymbols {
            throw ValidationError("\(option.flag) goes with models of texts; this one draws numbers. Leave it out.")
        }
        let generator = try FrameGenerator(run: trained, temperature: sampling.temperature, seed: sampling.seed, team: team)
        let length = length ?? Self.usualLength
        guard length <= generator.largestLength else { throw ValidationError("--length is \(length); here it must be at most \(generator.largestLength).") }
        guard output == nil || generator.drawsDrawings else { throw ValidationError("--output goes with models of drawings; this one's numbers are no points. Leave it out.") }
        let file = try output.map { try OutputFile($0, of: "generate", isOwn: Picture.isOurs) }
        for note in trained.notes { printError(note) }
        var drawings: [[[Point]]] = []
        for (row, beginning) in try frameBeginnings(generator).enumerated() {
            generator.generate(from: beginning, row: row, count: samples, length: length) { _, steps in
                guard file == nil else {
                    drawings.append(StrokeDrawings.strokes(ofOffsets: steps))
                    return drawings.count < Self.largestDrawingCount
                }
                write(Array((generator.line(steps) + "\n").utf8))
                return !StandardOutput.hasFailed
            }
            guard !StandardOutput.hasFailed else { return }
        }
        guard let file else { return }
        try file.write(StrokeDrawings("", summary: "\(drawings.count) drawings of the model, point by point.", drawings: drawings).picture.file)
        printLine(field("wrote", "\(file.path), \(counted(drawings.count, "drawing"))"))
    }

    private func frameBeginnings(_ generator: FrameGenerator) throws -> [[[Double]]] {
        guard prompt?.isEmpty != true else { throw ValidationError("--prompt is empty; give at least one step, such as 10,0,0, or leave it out.") }
        if let prompt { return try generator.beginnings(in: TableFile(text: prompt, name: "--prompt")) }
        guard let promptFile else { return [[]] }
        return try generator.beginnings(in: promptFile == "-" ? TableFile.standardInput() : TableFile(path: promptFile))
    }

    // MARK: Sets of labels

    private func beginnings(_ generator: SetGenerator) throws -> [[[Int32]]] {
        guard prompt?.isEmpty != true else { throw ValidationError("--prompt is empty; give at least one set, such as -, or leave it out.") }
        if let prompt { return try generator.beginnings(in: TableFile(text: prompt, name: "--prompt")) }
        guard let promptFile else { return [[]] }
        return try generator.beginnings(in: promptFile == "-" ? TableFile.standardInput() : TableFile(path: promptFile))
    }

    private func write(_ bytes: [UInt8]) {
        StandardOutput.write(Data(bytes))
    }
}
