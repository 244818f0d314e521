import Audio
public import Batches

/// Sequences of a file that are to be classified: read by the meaning that a run stored, with or without their classes.
public struct SequenceInputs: Sendable {
    /// The classes that the file has: of each sequence, or of its time steps; none for a missing one. Nil if it has none.
    public let labels: [[String]]?
    /// What each sequence is called (`data.id`); nil where they have no names.
    public let names: [String]?
    /// For the user: words that the model doesn't know.
    public let notes: [String]
    private let inputs: SequenceEncoding
    private let positions: [SequenceTable.Position]
    private let rowsBefore: Int

    /// - Parameters:
    ///   - options: those of the run. Its files and its label's necessity are replaced.
    ///   - meaning: the run's.
    /// - Throws: ``DatasetError`` at the first error, with line and column; for columns that are missing or of another time step, and for unknown symbols.
    public init(_ file: TableFile, options: SequenceOptions, meaning: SequenceMeaning) throws(DatasetError) {
        var options = options
        // Standard input has the form of the run's files.
        let isRecording = options.audio != nil && file.bytes.areAudio
        let form = isRecording ? .audio : file.isUnnamed ? options.files.first.map { SequenceForm(path: $0, options) } : nil
        guard form != .arrays else {
            throw .optionOutOfRange(key: "the input", found: "standard input", wanted: "an .npz file, as in training, which can't be a pipe")
        }
        (options.files, options.partFiles, options.needsLabel) = ([file.name], PartFiles(), false)
        options.audio?.changes = []
        let table = try SequenceTable(file, form: form, options)
        // With a header, a column before the expected ones is noticed by the names of the first time step.
        let stored = options.ownNames(among: meaning.inputScale.map(\.name))
        let areSameColumns = table.featureNames == stored || options.reading.header == .no && table.featureNames.count == stored.count
        guard areSameColumns || meaning.inputVocabulary != nil || meaning.target == .next else {
            throw .columnsDiffer(path: file.name, found: table.featureNames, stored: stored)
        }
        inputs =
            meaning.target == .next
            ? SequenceEncoding(try SetTargets(table, .next, stored: meaning.classes, needsNext: false), readsLast: true)
            : try SequenceEncoding(table, options: options, trainingRows: [], stored: meaning, readsLast: true)
        if meaning.target == .nextNumbers { _ = try NextNumberTargets(table, options) }
        let targets = table.targets.map(\.names)
        labels = targets.allSatisfy(\.isEmpty) ? nil : targets
        names = table.names.count == table.rowCount ? table.names : nil
        notes = inputs.notes
        (positions, rowsBefore) = (table.positions, file.rowsBefore)
    }

    /// Number of sequences, at least 1.
    public var count: Int { inputs.rowCount }

    /// A sequence's number in its file, from 1.
    package func number(ofRow row: Int) -> Int { rowsBefore + row + 1 }

    /// Time steps of a sequence.
    public func timeCount(ofRow row: Int) -> Int { inputs.timeCount(ofRow: row) }

    /// Line in the file of a sequence, or its number in an array, from 1.
    public func line(ofRow row: Int) -> Int {
        switch positions[row].place {
        case .text(let line, _): line
        case .array(let index): index + 1
        }
    }

    /// The labels that are on at each time step of a sequence of sets, as indices in order.
    public func sets(ofRow row: Int) -> [[Int32]] { inputs.sets(ofRow: row) }

    /// The standardised numbers of a sequence, `[time, features]`.
    public func numbers(ofRow row: Int) -> [Float] { Array(inputs.numbers(ofRow: row)) }

    /// A batch of consecutive sequences, without targets.
    public func batch(ofRows rows: Range<Int>) -> Batch { inputs.batch(ofRows: Array(rows), target: nil, globalIndices: Array(rows)) }
}
