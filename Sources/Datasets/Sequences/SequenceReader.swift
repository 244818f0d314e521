import Audio

/// Reads the labelled sequences of one file into a table. Each form of files has one conformer, in a file of its own.
protocol SequenceReader {
    /// - Throws: ``DatasetError`` at the file's first fault, with line and column.
    func read(into table: inout SequenceTable) throws(DatasetError)
}

/// The form of a file of sequences. Its name's ending shows it, without .gz, or `data.format` says it.
enum SequenceForm {
    /// Lines of columns, a word or a time step each, and blank lines between sequences: .conll, .conllu.
    case columns
    /// A sequence a line, of sets of labels.
    case sets
    /// A drawing a line, of points.
    case strokes
    /// A table with a sequence a row.
    case rows
    /// A table with a time step a row: `data.id` names the column that says of which sequence.
    case steps
    /// A file of the UEA & UCR time series archive: .ts.
    case archive
    /// A JSON object a line: .jsonl or .ndjson.
    case jsonLines
    /// NumPy's arrays: .npz.
    case arrays
    /// A recording: .wav, .flac or .ogg.
    case audio

    init(path: String, _ options: SequenceOptions) {
        let table = options.id.isEmpty ? SequenceForm.rows : .steps
        if let audio = options.audio, SequenceRecording.isNamed(path, storesFeatures: audio.frontEnd.features == .stored) {
            self = .audio
            return
        }
        switch options.format {
        case .conll: self = .columns
        case .sets: self = .sets
        case .table: self = table
        case .strokes: self = Self.shown(by: path) == .jsonLines ? .jsonLines : .strokes
        case .auto:
            // NVIDIA NeMo's manifests are JSON Lines.
            let isManifest = options.audio != nil && [".json", ".json.gz"].contains { fileName(path).lowercased().hasSuffix($0) }
            self = isManifest ? .jsonLines : Self.shown(by: path) ?? table
        }
    }

    /// The form that a name's ending shows.
    private static func shown(by path: String) -> SequenceForm? {
        var name = fileName(path).lowercased()
        if name.hasSuffix(".gz") { name.removeLast(3) }
        return endings.first { name.hasSuffix($0.ending) }?.form
    }

    private static let endings: [(ending: String, form: SequenceForm)] = [
        (".ts", .archive), (".jsonl", .jsonLines), (".ndjson", .jsonLines), (".npz", .arrays), (".conll", .columns), (".conllu", .columns),
    ]

    /// Whether `data.label` has to name the class.
    private var needsName: Bool { ![.archive, .arrays, .columns, .sets, .strokes].contains(self) }
    /// Whether `data.features` says how many numbers a time step has.
    private var hasChosenWidth: Bool { self == .rows }

    /// The reader of the file at `path`, which has this form.
    func reader(ofFile path: String, _ options: SequenceOptions) throws(DatasetError) -> any SequenceReader {
        try checkKeys(options, path: path)
        // Arrays are read where they stand in their archive.
        return self == .arrays ? SequenceArrays(path: path, options: options) : try reader(of: TableFile(path: path), options)
    }

    /// The reader of a file that was read, which has this form.
    func reader(of file: TableFile, _ options: SequenceOptions) throws(DatasetError) -> any SequenceReader {
        try checkKeys(options, path: file.name)
        switch self {
        case .columns: return SequenceColumns(file: file, options: options)
        case .sets: return SequenceSets(file: file, options: options)
        case .strokes: return SequenceStrokes(file: file)
        case .rows: return SequenceRows(file: file, options: options)
        case .steps: return SequenceSteps(file: file, options: options)
        case .archive: return SequenceArchive(file: file, options: options)
        case .jsonLines: return SequenceLines(file: file, options: options)
        case .arrays: return SequenceArrays(path: file.name, options: options)
        case .audio: return SequenceRecording(file: file, options: options)
        }
    }

    private func checkKeys(_ options: SequenceOptions, path: String) throws(DatasetError) {
        try checkAudio(options, path: path)
        if let division = options.division, ![.rows, .steps, .jsonLines, .audio].contains(self) {
            throw .optionOutOfRange(
                key: division.key, found: "\"\(division.column)\"", wanted: "left out: \(fileName(path)) has no columns or fields beside its sequences; "
                    + "tables and .jsonl files have")
        }
        if !options.target.forms.contains(self) {
            throw .optionOutOfRange(
                key: "data.target", found: "\"\(options.target.rawValue)\"", wanted: "another one for \(fileName(path)): \(options.target.formWords)")
        }
        if options.target.isOfNumbers && !options.label.isEmpty {
            throw .optionOutOfRange(
                key: "data.label", found: "set", wanted: "left out: data.target \"\(options.target.rawValue)\" predicts the numbers of data.targets")
        }
        if options.target == .nextNumbers {
            guard options.label.isEmpty else {
                throw .optionOutOfRange(key: "data.label", found: "set", wanted: "left out: data.target \"next\" predicts the numbers that the model reads")
            }
        } else if needsName && options.target.isOfNumbers {
            guard !options.targets.isEmpty || !options.needsLabel else {
                throw .optionOutOfRange(key: "data.targets", found: "empty", wanted: "the columns or fields of \(fileName(path)) with the numbers to predict")
            }
        } else if needsName && options.label.isEmpty && options.needsLabel {
            let owner =
                [.class, .transcript].contains(options.target)
                ? "\(options.target.noun) of each sequence" : "\(options.target == .classes ? "classes" : "labels") of each sequence's time steps"
            throw .optionOutOfRange(key: "data.label", found: "missing", wanted: "the name of the column or field with the \(owner)")
        }
        if (!hasChosenWidth || options.audio != nil) && options.featureCount != 1 {
            throw .optionOutOfRange(
                key: "data.features", found: "\(options.featureCount)", wanted: "left out, since \(fileName(path)) shows how many numbers a time step has")
        }
    }
}

extension SequenceForm {
    /// Recordings are named by the rows of a table or of JSON Lines, or are the files themselves.
    private func checkAudio(_ options: SequenceOptions, path: String) throws(DatasetError) {
        guard let audio = options.audio else { return }
        guard [.rows, .jsonLines, .audio].contains(self) else {
            throw .optionOutOfRange(
                key: "data.audio", found: "\"\(audio.column)\"",
                wanted: "left out for \(fileName(path)): recordings are named by tables with a sequence a row and by .jsonl files, or are the files themselves")
        }
        for (key, isSet) in [("data.columns", !options.columns.isEmpty), ("data.text", !options.text.isEmpty)] where isSet {
            throw .optionOutOfRange(key: key, found: "set", wanted: "left out: data.audio says what the sequences are")
        }
        guard self == .audio, options.needsLabel else { return }
        let names = [SequenceRecording.name, SequenceRecording.folder]
        for (key, value) in [("data.label", options.label)] + (options.needsDivision ? options.division.map { [($0.key, $0.column)] } ?? [] : []) where !names.contains(value) {
            throw .optionOutOfRange(
                key: key, found: "\"\(value)\"", wanted: "\"name\" or \"folder\", since \(fileName(path)) is a recording itself: its own name, or that of its folder")
        }
    }
}

extension SequenceTargetKind {
    /// The forms of files that have such targets.
    fileprivate var forms: [SequenceForm] {
        switch self {
        case .class: [.rows, .steps, .archive, .jsonLines, .arrays, .columns, .audio]
        case .classes: [.rows, .steps, .jsonLines, .arrays, .columns]
        case .multiLabel: [.rows, .jsonLines]
        case .next: [.sets, .jsonLines]
        case .nextNumbers: [.strokes, .jsonLines]
        case .numbers: [.rows, .jsonLines, .arrays, .archive]
        case .numbersEveryStep: [.steps, .jsonLines, .arrays]
        case .transcript: [.rows, .steps, .jsonLines, .arrays, .audio]
        }
    }

    /// The same for messages.
    fileprivate var formWords: String {
        switch self {
        case .class: "a class a sequence is read from all files but those of data.format \"sets\""
        case .classes:
            "classes of time steps are read from tables, .jsonl and .npz files and CoNLL's columns, and a .ts file's lines end with the class of the sequence"
        case .multiLabel: "sets of labels are read from .jsonl files, and from tables with a sequence a row"
        case .next: "sets of labels to predict the next one of are read from .jsonl files, or with data.format \"sets\"; points of drawings with data.format \"strokes\""
        case .nextNumbers: "numbers to predict the next ones of are read from .jsonl files with data.columns, and points of drawings with data.format \"strokes\""
        case .numbers: "numbers of a sequence are read from tables with a sequence a row and from .jsonl, .npz and .ts files"
        case .transcript: "transcripts are read from tables and from .jsonl and .npz files"
        case .numbersEveryStep: "numbers of time steps are read from tables with a time step a row (data.id) and from .jsonl and .npz files"
        }
    }
}

/// What the files of sequences are, where their names' endings don't say it.
public enum SequenceFormat: String, Sendable, Hashable, CaseIterable {
    /// Each file's ending says it; a table if it is none that is known.
    case auto
    /// CSV and the like.
    case table
    /// Columns of CoNLL's shared tasks.
    case conll
    /// Lines of sets of labels, as of piano rolls.
    case sets
    /// Drawings: points with a pen, a drawing a line.
    case strokes
}
