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
    private var needsName: Bool { self != .archive && self != .arrays }
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
        case .rows: return SequenceRows(file: file, options: options)
        case .steps: return SequenceSteps(file: file, options: options)
        case .archive: return SequenceArchive(file: file, options: options)
        case .jsonLines: return SequenceLines(file: file, options: options)
        case .arrays: return SequenceArrays(path: file.name, options: options)
        }
    }

    private func checkKeys(_ options: SequenceOptions, path: String) throws(DatasetError) {
        if needsName && options.label.isEmpty && options.needsLabel {
            throw .optionOutOfRange(key: "data.label", found: "missing", wanted: "the name of the column or field with the class of each sequence")
        }
        if !hasChosenWidth && options.featureCount != 1 {
            throw .optionOutOfRange(
                key: "data.features", found: "\(options.featureCount)", wanted: "left out, since \(fileName(path)) shows how many numbers a time step has")
        }
    }
}
