import ArgumentParser
import Checkpoints
import Communication
import Configuration
import Datasets
import Foundation
import Inference
import NumberText
import Runs
import StrictJSON
import Threads

struct TuneCommand: GroupCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Learn an n-gram of the training transcripts, and choose its weights in the search for transcripts.",
        discussion: """
            A beginning of a transcript is worth ln P by the model, alpha · ln P by the n-gram, and beta for each of the n-gram's symbols or words. Both weights \
            are those with the fewest errors on the validation part: wrong words, or wrong characters where transcripts are single words. The n-gram is \
            interpolated by Witten and Bell. All of it is kept in the run's \(TranscriptDecoding.storedName); predict --beam and evaluate --beam use it from then on.

            EXAMPLES
              lstm-train tune runs/speech
              lstm-train tune runs/speech --unit word --order 2 --lexicon training
            """)

    @Argument(help: ArgumentHelp("A run directory of transcripts, or one of its checkpoints.", valueName: "run"))
    var path: String

    @Option(help: "Symbols of the n-gram: character or word. (default: the run's data.transcriptUnit)")
    var unit: Unit?

    @Option(parsing: .unconditional, help: "Symbols that count together, from 1 to 10. (default: 5 of characters, 2 of words)")
    var order: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("Beginnings that the search keeps.", valueName: "count"))
    var beam = 16

    @Option(
        help: ArgumentHelp(
            "The only words that transcripts may have: training for those of the training part, or a text file of words. (default: any)", valueName: "words"))
    var lexicon: String?

    @Flag(help: "One JSON object instead of lines.")
    var json = false

    @OptionGroup var checkpoint: CheckpointOptions

    static let freeOptions: Set = ["path", "lexicon"]

    private static let largestLexicon = 40_000_000

    enum Unit: String, ExpressibleByArgument, CaseIterable { case character, word }

    func validate() throws {
        try refuseEmpty([("run", path), ("--lexicon", lexicon)])
        if let order, !TranscriptDecoding.orders.contains(order) { throw ValidationError("--order is \(order); it must be from 1 to 10.") }
        guard TranscriptDecoding.widths.contains(beam), beam > 1 else { throw ValidationError("--beam is \(beam); it must be from 2 to 10,000.") }
    }

    func run(in session: Session) throws {
        let trained = try session.group.agree { try TrainedRun(path, at: checkpoint.choice) }
        try session.watch(trained.configuration)
        let stored = try session.group.agree { try trained.meaning() }
        guard let meaning = stored as? SequenceMeaning, meaning.target == .transcript else {
            throw ValidationError("tune goes with models of transcripts (data.target \"transcript\"); \(path) isn't one.")
        }
        let data = try session.group.agree { try trained.data() }
        let decoding = try session.group.agree { try learnt(meaning, data) }
        try RankAgreement(configuration: trained.configuration, dataset: data.dataset, weightsSHA256: trained.checkpoint.manifest.weightsSHA256)
            .check(over: session.group)
        try RankAgreement([("the n-gram and the lexicon", "\(decoding.words), \(decoding.json.utf8.count) bytes")]).check(over: session.group)
        guard data.dataset.coverage(of: .validation).evaluatedCount > 0 else {
            throw GroupFailure(
                exitCode: 78,
                description: "the run has no validation part, by which the weights are chosen. Train with data.validationFraction or data.validationFiles.")
        }
        let file: OutputFile? = try session.group.agree {
            try session.isRoot ? OutputFile(trained.path + "/" + TranscriptDecoding.storedName, of: "tune", isOwn: TranscriptDecoding.isOurs) : nil
        }
        let team = session.team(threadsAsked: trained.configuration.parallelism.threads)
        let choice = try DecodingChoice(decoding, run: trained, meaning: meaning, data: data, group: session.group, team: team) { _ in
            session.group.recorder.advance()
        }
        guard let file else { return }
        session.group.recorder.beginAlone("writing the n-gram")
        if !choice.isWorse {
            do { try file.write(choice.decoding.json) } catch { throw GroupFailure(exitCode: Runs.exitCode(of: error), description: "\(error)") }
        }
        for note in trained.notes { printError(note) }
        guard !json else { return printLine(JSONValue(.object(members(choice))).serialized()) }
        for line in lines(choice, trained, file.path) { printLine(line) }
    }

    private func learnt(_ meaning: SequenceMeaning, _ data: RunData) throws -> TranscriptDecoding {
        guard let sequences = data.dataset as? LabelledSequences else { throw ValidationError("tune goes with models of transcripts.") }
        let own = meaning.transcripts?.unit ?? .character
        let unit = unit.map { $0 == .word ? TranscriptUnit.word : .character } ?? own
        let texts = (0..<sequences.exampleCount(of: .training)).map { example in
            own.text(sequences.transcript(ofExample: example, in: .training).map { meaning.classes[Int($0) - 1] })
        }
        let words: [String]? =
            switch lexicon {
            case nil: nil
            case "training": texts.flatMap { TranscriptUnit.word.symbols(of: $0) }
            case let path?: TranscriptUnit.word.symbols(of: try text(ofFile: path))
            }
        return try TranscriptDecoding(unit: unit, order: order ?? (unit == .word ? 2 : 5), beam: beam, lexicon: words, transcripts: texts)
    }

    private func text(ofFile path: String) throws -> String {
        let bytes: [UInt8]
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? file.close() }
            bytes = [UInt8](try file.read(upToCount: Self.largestLexicon + 1) ?? Data())
        } catch {
            throw DatasetError.unreadableFile(path: path, reason: systemReason(of: error))
        }
        func fault(_ reason: String) -> DatasetError { .unusableFile(path: path, reason: reason) }
        guard bytes.count <= Self.largestLexicon else { throw fault("it has more than 40 MB; give a shorter list of words.") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw fault("it isn't a text in UTF-8. Convert it.") }
        return text
    }

    private func lines(_ choice: DecodingChoice, _ trained: TrainedRun, _ path: String) -> [String] {
        func rate(_ count: Int, _ whole: Int) -> String { percentText(Double(count) / Double(max(1, whole)), decimals: 2) + " %" }
        func line(_ name: String, _ errors: DecodingChoice.Errors) -> String {
            "  " + name.padded(to: 38) + "symbols \(rate(errors.symbols, choice.truth.symbols))"
                + (choice.hasWords ? ", words \(rate(errors.words, choice.truth.words))" : "")
        }
        return [
            "errors on \(counted(choice.sequenceCount, "sequence")) of the validation part, \(trained.checkpoint.path):",
            line("likeliest symbol of each step", choice.greedy), line("search of \(choice.decoding.beam) beginnings", choice.plain),
            line("with alpha \(choice.decoding.alpha), beta \(choice.decoding.beta)", choice.best),
            choice.isWorse
                ? "not kept, since the search without it makes fewer errors: \(choice.decoding.words)"
                : "kept in \(path): \(choice.decoding.words); predict and evaluate use it with --beam",
        ]
    }

    private func members(_ choice: DecodingChoice) -> [JSONMember] {
        func errors(_ name: String, _ errors: DecodingChoice.Errors) -> JSONMember {
            JSONMember(key: name, value: .object(["symbols": .integer(errors.symbols), "words": .integer(errors.words)]))
        }
        return [
            JSONMember(key: "alpha", value: .real(choice.decoding.alpha)), JSONMember(key: "beta", value: .real(choice.decoding.beta)),
            JSONMember(key: "sequences", value: .integer(choice.sequenceCount)), errors("of", choice.truth), errors("greedy", choice.greedy),
            errors("beam", choice.plain), errors("chosen", choice.best), JSONMember(key: "kept", value: .bool(!choice.isWorse)),
        ]
    }
}
