import ArgumentParser
import Checkpoints
import Communication
import Batches
import Configuration
import Datasets
import Foundation
import Inference
import NumberText
import Runs
import Threads

struct PredictCommand: GroupCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Apply a trained model to new data: the class of each row or of its time steps, the rows that follow a series, or the continuation of each line of a text.",
        discussion: """
            An input has the form of the run's data, and is read in the same way: columns are found by their names, and that of the classes may be \
            absent. Of sequences with a class, each row is answered by its class and the probability of every class; where each time step has a class, by these \
            and their probabilities; a transcript comes with the logarithm of its probability and the time step of each symbol. Of a series, the answers are the next \
            data.horizon rows after the file's end, in its units; --rows goes on from there, from what was forecast. Of a text, each line is a prompt, \
            answered by the symbols that follow.

            Several ranks share out the rows of files of sequences; rank 0 alone answers the rest, and standard input. The answers are the same on any \
            number of ranks and threads. Sequences that stand in a row or line each are answered as they are read.

            EXAMPLES
              lstm-train predict runs/digits new.csv
              lstm-train predict runs/series shop.csv --output forecast.csv
              echo "ROMEO:" | lstm-train predict runs/text - --length 40
            """)

    @Argument(help: ArgumentHelp("A run directory, or one of its checkpoints (…/checkpoints/step-…).", valueName: "run"))
    var path: String

    @Argument(help: ArgumentHelp("Files of the form of the run's data, folders or patterns of such, or - for standard input.", valueName: "input"))
    var inputs: [String] = []

    @Option(help: ArgumentHelp("Where answers go: a .csv, .jsonl (a JSON object a line) or .npz file. (default: standard output, in CSV)", valueName: "file"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Series: a table with the columns of data.future, of the rows to forecast, or - for standard input. Needed where the model reads some.", valueName: "file"))
    var future: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Series: rows to forecast, a multiple of data.horizon: what was forecast is the past of the next rows. (default: data.horizon)", valueName: "count"))
    var rows: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Series, of a model with a distribution: paths that are drawn, whose quantiles are the forecast after the first data.horizon rows. (default: 500)",
            valueName: "count"))
    var paths: Int?

    @Flag(help: "Series, of a model with a distribution: write the paths that were drawn in place of their quantiles. Rows of the same data.horizon are drawn independently of each other.")
    var writePaths = false

    @Option(parsing: .unconditional, help: "Texts: symbols to write after each line. (default: 50)")
    var length: Int?

    @Option(parsing: .unconditional, help: "Texts: 0 takes the likeliest symbol each time; above it, symbols are drawn, as by generate. (default: 0)")
    var temperature: Double?

    @Option(parsing: .unconditional, help: "Texts, and paths of series: another seed, other draws. (default: 1)")
    var seed: UInt64?

    @Option(parsing: .unconditional, help: "Transcripts: beginnings that the search keeps; 1 takes the likeliest symbol of each time step. (default: 1)")
    var beam: Int?

    @Flag(help: "Transcripts: search without the n-gram and the words that tune kept with the run.")
    var withoutLanguage = false

    @Flag(
        help: ArgumentHelp(
            "Transcripts: read time steps from standard input as they come, a line of numbers each, an empty line after a sequence, and write symbols at once. For models "
                + "without a bidirectional layer."))
    var stream = false

    @OptionGroup var checkpoint: CheckpointOptions

    static let freeOptions: Set = ["path", "inputs", "output", "future"]

    func validate() throws {
        try refuseEmpty([("run", path), ("--output", output), ("--future", future)] + inputs.map { ("input", $0) })
        guard !inputs.isEmpty else {
            throw ValidationError("predict needs an input: a file of the form of the run's data, or - for standard input. evaluate judges the run's own data.")
        }
        guard inputs.count == 1 || !inputs.contains("-") else {
            throw ValidationError("- stands for standard input, and can't be read beside files; leave one out.")
        }
        guard future != "-" || inputs != ["-"] else {
            throw ValidationError("both the input and --future are -, and standard input is read once. Name a file for one of them.")
        }
        if let length, length < 1 { throw ValidationError("--length is \(length); it must be at least 1.") }
        if let beam, !TranscriptDecoding.widths.contains(beam) { throw ValidationError("--beam is \(beam); it must be from 1 to 10,000.") }
        if let temperature, !(temperature >= 0 && temperature.isFinite) { throw ValidationError("--temperature is \(temperature); it must be 0 or more.") }
        if let paths, !(1...100_000).contains(paths) { throw ValidationError("--paths is \(paths); it must be from 1 to 100000.") }
        if let rows, !(1...1_000_000).contains(rows) { throw ValidationError("--rows is \(rows); it must be from 1 to 1000000.") }
        if stream, !readsStandardInput || output != nil || beam ?? 1 > 1 {
            throw ValidationError("--stream reads standard input and writes symbols as they come: give - as the input, and neither --output nor --beam.")
        }
        guard let output else { return }
        do { _ = try AnswerFormat(path: output) } catch { throw ValidationError("\(error)") }
    }

    func run(in session: Session) throws {
        var command = self
        if !readsStandardInput { command.inputs = try session.group.agree { try filesNamed(by: inputs) } }
        try command.answer(in: session)
    }

    private func answer(in session: Session) throws {
        let trained = try session.group.agree { try TrainedRun(path, at: checkpoint.choice) }
        try session.watch(trained.configuration)
        try RankAgreement([
            ("the checkpoint's weights", "SHA-256 \(trained.checkpoint.manifest.weightsSHA256)"),
            ("the input", readsStandardInput ? standardInputName : counted(inputs.count, "file")),
        ]).check(over: session.group)
        let meaning = try session.group.agree { try storedMeaning(of: trained) }
        let output: AnswerOutput? = try session.group.agree { try session.isRoot ? AnswerOutput(self.output) : nil }
        try refuseOptions(of: meaning, kind: trained.configuration.data.kindName)
        if beam != nil || withoutLanguage || stream, (meaning as? SequenceMeaning)?.target != .transcript {
            throw ValidationError("--beam, --without-language and --stream go with models of transcripts (data.target \"transcript\"). Leave them out.")
        }
        if session.isRoot { for note in trained.notes { printError(note) } }
        switch meaning {
        case let meaning as SequenceMeaning where stream: try alone(session, output) { _ in try transcribeStream(trained, meaning, session) }
        case let meaning as SequenceMeaning: try answerRows(trained, meaning, session, output)
        case is SeriesScaling: try alone(session, output) { try forecast(trained, $0) }
        default: try alone(session, output) { try continueLines(trained, $0) }
        }
    }

    /// Refuses options that are of no effect for a model.
    private func refuseOptions(of meaning: any DataMeaning, kind: String) throws {
        if (meaning as? SequenceMeaning)?.target == .nextNumbers {
            throw ValidationError("a model of the next numbers has no answers; lstm-train generate continues sequences, and lstm-train evaluate judges it.")
        }
        if !(meaning is Vocabulary), length != nil || temperature != nil || seed != nil && !(meaning is SeriesScaling) {
            let (found, names) = meaning is SeriesScaling ? ("numbers", "--length and --temperature") : ("classes", "--length, --temperature and --seed")
            throw ValidationError("\(names) go with models of texts; this one predicts \(found). Leave them out.")
        }
        let given = [("--future", future != nil), ("--rows", rows != nil), ("--paths", paths != nil), ("--write-paths", writePaths)]
        if !(meaning is SeriesScaling), let option = given.first(where: \.1)?.0 {
            throw ValidationError("\(option) goes with models of series; this one is of data.kind \"\(kind)\". Leave it out.")
        }
    }

    var readsStandardInput: Bool { inputs == ["-"] }

    private func storedMeaning(of trained: TrainedRun) throws -> any DataMeaning {
        let kind = trained.configuration.data.kindName
        guard let meaning = try trained.meaning() else {
            let writesText = try trained.task().uses.contains(.generate)
            throw PredictionError.generatesData(run: trained.path, kind: kind, writesText: writesText)
        }
        guard meaning is SequenceMeaning || meaning is SeriesScaling || meaning is Vocabulary else {
            throw PredictionError.answersNoFiles(run: trained.path, kind: kind)
        }
        return meaning
    }

    /// Rank 0 works, and the others leave.
    private func alone(_ session: Session, _ output: AnswerOutput?, _ work: (AnswerOutput) throws -> Void) throws {
        guard let output else { return }
        session.group.recorder.beginAlone("answering")
        do { try work(output) } catch { throw GroupFailure(exitCode: Runs.exitCode(of: error), description: "\(error)") }
    }

    func printNotes(_ notes: [String]) {
        for note in notes { for line in field("note", wrapped: note) { printError(line) } }
    }

    func named(_ answers: [any Answer], _ file: String) -> [any Answer] {
        inputs.count > 1 ? answers.map { FileAnswer($0, file: file) } : answers
    }

    // MARK: Kinds of data

    private func answerer(_ trained: TrainedRun, _ meaning: SequenceMeaning, _ team: ThreadTeam) throws -> any RowAnswerer {
        switch meaning.target {
        case .class: try RowClassifier(run: trained, meaning: meaning, team: team)
        case .classes: try RowLabeller(run: trained, meaning: meaning, team: team)
        case .multiLabel, .next: try SetLabeller(run: trained, meaning: meaning, team: team)
        case .nextNumbers: preconditionFailure("refused before: refuseOptions(of:kind:)")
        case .transcript:
            try RowTranscriber(
                run: trained, meaning: meaning, search: trained.transcriptSearch(width: beam ?? 1, usesLanguage: !withoutLanguage, meaning: meaning).search, team: team)
        case .numbers, .numbersEveryStep: try RowForecaster(run: trained, meaning: meaning, team: team)
        }
    }

    private func answerRows(_ trained: TrainedRun, _ meaning: SequenceMeaning, _ session: Session, _ output: AnswerOutput?) throws {
        output?.needsAllAnswers = inputs.count > 1
        guard !readsStandardInput else {
            let team = session.isRoot ? session.team(threadsAsked: trained.configuration.parallelism.threads) : nil
            return try alone(session, output) { output in
                guard let team else { return }
                try answerRows(of: nil, by: self.answerer(trained, meaning, team), trained, group: SingleProcess(), output.add)
                try output.finish()
            }
        }
        let team = session.team(threadsAsked: trained.configuration.parallelism.threads)
        let answerer = try session.group.agree { try self.answerer(trained, meaning, team) }
        for input in inputs {
            try answerRows(of: input, by: answerer, trained, group: session.group) { try output?.add(named($0, input)) }
        }
        try alone(session, output) { try $0.finish() }
    }

    /// Answers the sequences of a file, or of standard input, piece by piece. Collective.
    private func answerRows(
        of input: String?, by answerer: any RowAnswerer, _ trained: TrainedRun, group: any Communicator, _ answered: ([any Answer]) throws -> Void
    ) throws {
        let pieces = try group.agree { SequencePieces(path: input, options: try trained.configuration.sequenceOptions()) }
        if !pieces.areDivided, let input { try group.agree { try MemoryNeed.check(files: [input]) } }
        var count = 0
        while true {
            let piece = try group.agree { try pieces.next() }
            try RankAgreement([("the input", try piece.map { "SHA-256 \(try $0.sha256())" } ?? "its end")]).check(over: group)
            guard var piece else { break }
            piece.rowsBefore = count
            let rows = try group.agree { try answerer.rows(of: piece) }
            if group.rank == 0 { printNotes(rows.notes) }
            let answers = try group.agree { try answerer.answers(for: rows, of: piece.name, group: group) as [any Answer] }
            try group.agree { try answered(answers) }
            count += rows.count
            if group.rankCount == 1, StandardOutput.hasFailed { break }
        }
    }
}
