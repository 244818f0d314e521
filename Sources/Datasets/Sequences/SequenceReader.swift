/// Reads the labelled sequences of one file into a table. Each form of files has one conformer, in a file of its own.
protocol SequenceReader {
    /// - Throws: ``DatasetError`` at the file's first fault, with line and column.
    func read(into table: inout SequenceTable) throws(DatasetError)
}

/// The form of a file of labelled sequences. Its name's ending shows it, without .gz.
enum SequenceForm {
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

    init(path: String, _ options: SequenceOptions) {
        var name = fileName(path).lowercased()
        if name.hasSuffix(".gz") { name.removeLast(3) }
        if name.hasSuffix(".ts") {
            self = .archive
        } else if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") {
            self = .jsonLines
        } else if name.hasSuffix(".npz") {
            self = .arrays
        } else {
            self = options.id.isEmpty ? .rows : .steps
        }
    }

    /// Whether `data.label` has to name the class.
    var needsLabel: Bool { self != .archive && self != .arrays }
    /// Whether `data.features` says how many numbers a time step has.
    var hasChosenWidth: Bool { self == .rows }

    func reader(of path: String, _ options: SequenceOptions) throws(DatasetError) -> any SequenceReader {
        if needsLabel && options.label.isEmpty {
            throw .optionOutOfRange(key: "data.label", found: "empty", wanted: "the name of the column or field with the class of each sequence")
        }
        if !hasChosenWidth && options.featureCount != 1 {
            throw .optionOutOfRange(
                key: "data.features", found: "\(options.featureCount)", wanted: "left out: \(fileName(path)) says itself how many numbers a time step has")
        }
        switch self {
        case .rows: return SequenceRows(path: path, options)
        case .steps: return SequenceSteps(path: path, options)
        case .archive: return SequenceArchive(path: path, options)
        case .jsonLines: return SequenceLines(path: path, options)
        case .arrays: return SequenceArrays(path: path, options)
        }
    }
}
