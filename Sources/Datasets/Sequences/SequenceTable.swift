import NumberText
import StrictJSON

/// Labelled sequences as read, of one file or several: of numbers, or of a text. A row is a sequence.
struct SequenceTable {
    /// Where a row begins: in a file line and column, from 1; in an array an index, from 0.
    struct Position {
        enum Place {
            case text(line: Int, column: Int)
            case array(index: Int)
        }

        let path: String
        let place: Place
    }

    /// The target of each row, and its position.
    private(set) var targets: [RowTarget] = []
    private(set) var positions: [Position] = []
    /// All rows' numbers, or bytes of texts in UTF-8, one after the other.
    private(set) var numbers = StoredNumbers<Double>([])
    private(set) var texts = StoredNumbers<UInt8>([])
    /// Where each row begins in `numbers` or `texts`; at the end, their count.
    private(set) var starts = [0]
    /// Names of the numbers of a time step; empty for texts.
    private(set) var featureNames: [String] = []
    /// Names of the targets that are numbers.
    private(set) var targetNames: [String] = []
    /// What each row is called, where a file's rows have names: by `data.id`.
    private(set) var names: [String] = []
    /// What each row has in the column of ``SequenceOptions/division``; "" where the file doesn't have it.
    private(set) var divisions: [String] = []
    /// Rows behind those of all files: changed copies for training, each the row that it is a copy of.
    private(set) var copies: [Int] = []
    /// Rows up to the end of each file.
    private(set) var fileEnds: [Int] = []
    /// While files are read, what will be `numbers` or `texts`.
    private var readNumbers: [Double] = []
    private var readTexts: [UInt8] = []
    /// Numbers of `readCopies`.
    private var copiedCount = 0
    private var readCopies: [(row: Int, numbers: [Float])] = []
    private var path = ""
    private var pendingDivision = ""

    /// Reads all files of `options`.
    /// - Throws: ``DatasetError`` at the first fault, with line and column.
    init(_ options: SequenceOptions) throws(DatasetError) {
        for path in options.allFiles {
            self.path = path
            try add(SequenceForm(path: path, options).reader(ofFile: path, options))
        }
        finish()
    }

    /// Reads one file.
    /// - Parameter form: nil for the one that the file's name shows.
    init(_ file: TableFile, form: SequenceForm?, _ options: SequenceOptions) throws(DatasetError) {
        path = file.name
        try add((form ?? SequenceForm(path: file.name, options)).reader(of: file, options))
        finish()
    }

    /// Takes what an earlier reading found.
    init(
        targets: [RowTarget], positions: [Position], numbers: StoredNumbers<Double>, texts: StoredNumbers<UInt8>, starts: [Int], featureNames: [String],
        targetNames: [String], names: [String], divisions: [String], fileEnds: [Int], copies: [Int]
    ) {
        (self.targets, self.positions, self.numbers, self.texts, self.starts) = (targets, positions, numbers, texts, starts)
        (self.featureNames, self.targetNames, self.names, self.divisions, self.fileEnds) = (featureNames, targetNames, names, divisions, fileEnds)
        self.copies = copies
    }

    private mutating func finish() {
        for copy in readCopies {
            readNumbers.append(contentsOf: copy.numbers.lazy.map(Double.init))
            starts.append(readNumbers.count)
            targets.append(targets[copy.row])
            divisions.append(divisions[copy.row])
            positions.append(positions[copy.row])
            copies.append(copy.row)
        }
        readCopies = []
        (numbers, texts) = (StoredNumbers(readNumbers), StoredNumbers(readTexts))
        (readNumbers, readTexts) = ([], [])
    }

    private mutating func add(_ reader: any SequenceReader) throws(DatasetError) {
        try reader.read(into: &self)
        guard targets.count > fileEnds.last ?? 0 else { throw error("the file has no sequence. Add one, or leave the file out", line: 1, column: 1) }
        fileEnds.append(targets.count)
    }

    var rowCount: Int { targets.count }

    /// Numbers of a time step, or 1 for a text.
    var width: Int { max(1, featureNames.count) }
    /// The bytes of a row's text.
    func text(ofRow row: Int) -> [UInt8] { texts[starts[row]..<starts[row + 1]] }

    // MARK: For readers

    /// Says what the numbers of a time step are called in the file that is being read. In every further file there must be as many.
    mutating func setFeatureNames(_ names: [String]) throws(DatasetError) {
        guard fileEnds.isEmpty || names.count == featureNames.count else {
            throw error(
                "a time step has \(counted(names.count, "number")) here, but \(featureNames.count) in the files before. "
                    + "Give all files the same columns", line: 1,
                column: 1)
        }
        if fileEnds.isEmpty { featureNames = names }
    }

    /// Says what the targets are called that are numbers, in the file that is being read. In every further file there must be as many.
    mutating func setTargetNames(_ names: [String]) throws(DatasetError) {
        guard fileEnds.isEmpty || names.count == targetNames.count else {
            throw error("there are \(counted(names.count, "target")) here, but \(targetNames.count) in the files before. Give all files the same", line: 1, column: 1)
        }
        if fileEnds.isEmpty { targetNames = names }
    }

    /// Says to which group or part the row belongs that is added next.
    mutating func setDivision(_ text: String) { pendingDivision = text.trimmed }

    /// Appends a sequence of `numbers`, `[time, features]`: whole time steps.
    mutating func add(_ target: RowTarget, line: Int, column: Int, numbers: some Sequence<Double>, name: String? = nil) {
        if let name { names.append(name) }
        readNumbers.append(contentsOf: numbers)
        add(target, .text(line: line, column: column), end: readNumbers.count)
    }

    /// The same of an array.
    mutating func add(_ target: RowTarget, index: Int, numbers: ArraySlice<Double>) {
        readNumbers += numbers
        add(target, .array(index: index), end: readNumbers.count)
    }

    /// Appends the frames of a recording; those of its changed copies follow all files' rows.
    /// - Throws: ``DatasetError/unusableFile(path:reason:)`` where the frames of all recordings are more than the memory holds with what is made of them.
    mutating func add(_ target: RowTarget, _ place: Position.Place, recording frames: [[Float]]) throws(DatasetError) {
        let row = rowCount
        readNumbers.append(contentsOf: frames[0].lazy.map(Double.init))
        add(target, place, end: readNumbers.count)
        readCopies += frames.dropFirst().map { (row, $0) }
        copiedCount += frames.dropFirst().reduce(0) { $0 + $1.count }
        let byteCount = (readNumbers.count + copiedCount) * MemoryLayout<Double>.stride
        guard byteCount <= halfOfMemory else {
            throw .unusableFile(
                path: path, reason: "the frames of its recordings take more than \(bytes(Double(halfOfMemory))), half of the memory that this process may take. "
                    + "Give fewer recordings, or a larger data.hopMilliseconds.")
        }
    }

    /// Appends a sequence that is a text.
    mutating func add(_ target: RowTarget, line: Int, column: Int, text: String) {
        readTexts += text.utf8
        add(target, .text(line: line, column: column), end: readTexts.count)
    }

    /// The same of an array.
    mutating func add(_ target: RowTarget, index: Int, text: String) {
        readTexts += text.utf8
        add(target, .array(index: index), end: readTexts.count)
    }

    private mutating func add(_ target: RowTarget, _ place: Position.Place, end: Int) {
        starts.append(end)
        targets.append(target)
        divisions.append(pendingDivision)
        pendingDivision = ""
        positions.append(Position(path: path, place: place))
    }

    private func error(_ reason: String, line: Int, column: Int) -> DatasetError { .malformedFile(path: path, line: line, column: column, reason: reason) }

    /// The error for a fault of a row.
    func error(_ reason: String, at position: Position) -> DatasetError {
        switch position.place {
        case .text(let line, let column): .malformedFile(path: position.path, line: line, column: column, reason: reason)
        case .array(let index): .unusableFile(path: "\(position.path), sequence \(index)", reason: reason + ".")
        }
    }
}
