public import Batches

/// Sequences of a table, one a row, to be classified: read by the meaning that a run stored, with or without the column of classes.
public struct SequenceRows: Sendable {
    /// The classes that the file has, "" for an empty field; nil if it has no such column.
    public let labels: [String]?
    private let inputs: SequenceEncoding
    private let lines: [Int]

    /// - Parameters:
    ///   - options: those of the run. Its file and its label's necessity are replaced.
    ///   - meaning: the run's.
    /// - Throws: ``DatasetError`` at the first error, with line and column; for columns that are missing or of another time step, and for unknown symbols.
    public init(_ file: TableFile, options: SequenceOptions, meaning: SequenceMeaning) throws(DatasetError) {
        var options = options
        (options.file, options.needsLabel) = (file.name, false)
        let table = try SequenceTable(options, from: CSVRecords(file, reading: options.reading))
        // With a header, a column before the expected ones is noticed by the names of the first time step.
        let stored = meaning.inputScale.map(\.name)
        guard table.featureNames == stored || meaning.inputVocabulary != nil || options.reading.header == .no else {
            throw .columnsDiffer(path: file.name, found: table.featureNames, stored: stored)
        }
        inputs = try SequenceEncoding(table, options: options, trainingRows: [], stored: meaning)
        labels = table.labels.isEmpty ? nil : table.labels
        lines = table.positions.map(\.line)
    }

    /// Number of rows, at least 1.
    public var count: Int { inputs.rowCount }

    /// Time steps of a row.
    public func timeCount(ofRow row: Int) -> Int { inputs.timeCount(ofRow: row) }

    /// Line in the file of a row, from 1.
    public func line(ofRow row: Int) -> Int { lines[row] }

    /// A batch of consecutive rows, without targets.
    public func batch(ofRows rows: Range<Int>) -> Batch { inputs.batch(ofRows: Array(rows), target: nil, globalIndices: Array(rows)) }
}
