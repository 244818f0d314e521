public import Batches

/// Files of labelled sequences, and how they are read.
public struct SequenceOptions: Sendable, Equatable {
    /// Divided into parts by `split`.
    public var files: [String]
    /// `split` has no share for a part that has files.
    public var partFiles: PartFiles
    public var format: SequenceFormat
    /// What is predicted.
    public var target: SequenceTargetKind
    /// The column or field with a sequence's class, or the classes of its time steps; empty where the form of the file has a place for it.
    public var label: String
    /// The columns or fields with the targets that are numbers; empty where the form of the file has a place for them.
    public var targets: [String]
    /// Of targets that are numbers: one of those.
    public var loss: Loss
    /// Whether each sequence must have its target. Otherwise its column may be absent, and its fields may be empty.
    public var needsLabel: Bool
    /// Columns of a sequence's numbers in order, `[time, features]`; empty means all but the others that are named here. Of no effect with `text`.
    public var columns: [String]
    /// The column whose characters, bytes or words are the sequence; empty for numbers.
    public var text: String
    /// How a text becomes symbols.
    public var textReading: TextReading
    /// Words that get a token, the most frequent ones of the training part; 0 for all.
    public var wordLimit: Int
    /// Numbers of a time step, where a row is a sequence: that many consecutive columns.
    public var featureCount: Int
    /// The column that says to which sequence a row belongs, where a row is a time step; empty where a row is a sequence.
    public var id: String
    /// With `id`: the column by which a sequence's rows are ordered; empty for the file's order.
    public var step: String
    public var split: SplitFractions
    /// The range to evaluate, without training; nil for training.
    public var evaluated: EvaluatedRange?
    public var reading: TableReading

    public init(
        files: [String], partFiles: PartFiles = PartFiles(), format: SequenceFormat = .auto, target: SequenceTargetKind = .class, label: String,
        columns: [String] = [], text: String = "",
        textReading: TextReading = TextReading(), wordLimit: Int = 0, featureCount: Int = 1, id: String = "", step: String = "", split: SplitFractions,
        evaluated: EvaluatedRange? = nil, reading: TableReading = TableReading(), targets: [String] = [], loss: Loss = .squaredError,
        needsLabel: Bool = true
    ) {
        (self.format, self.target, self.targets, self.loss, self.needsLabel) = (format, target, targets, loss, needsLabel)
        (self.files, self.partFiles) = (files, partFiles)
        (self.label, self.columns, self.text, self.featureCount, self.id, self.step) = (label, columns, text, featureCount, id, step)
        (self.textReading, self.wordLimit) = (textReading, wordLimit)
        (self.split, self.evaluated, self.reading) = (evaluated?.split(split) ?? split, evaluated, reading)
    }

    /// In the order in which they are read.
    var allFiles: [String] { files + partFiles.all }
    /// Their names, for messages.
    var fileNames: String { allFiles.map(fileName).joined(separator: ", ") }
}
