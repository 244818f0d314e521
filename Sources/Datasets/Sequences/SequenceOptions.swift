/// The file of labelled sequences, one a row, and how it is read.
public struct SequenceOptions: Sendable, Equatable {
    /// A CSV file.
    public var file: String
    /// The column with a sequence's class.
    public var label: String
    /// Whether each row must have a class. Otherwise the column may be absent, and its fields may be empty.
    public var needsLabel: Bool
    /// Columns of a sequence's numbers in order, `[time, features]`; empty means all but the label. Of no effect with `text`.
    public var columns: [String]
    /// The column whose characters are the sequence; empty for numbers.
    public var text: String
    /// Numbers of a time step: that many consecutive columns.
    public var featureCount: Int
    public var split: SplitFractions
    /// The range to evaluate, without training; nil for training.
    public var evaluated: EvaluatedRange?
    public var reading: TableReading

    public init(
        file: String, label: String, columns: [String] = [], text: String = "", featureCount: Int = 1, split: SplitFractions,
        evaluated: EvaluatedRange? = nil, reading: TableReading = TableReading(), needsLabel: Bool = true
    ) {
        (self.file, self.label, self.columns, self.text, self.featureCount) = (file, label, columns, text, featureCount)
        (self.split, self.evaluated, self.reading) = (evaluated?.split(split) ?? split, evaluated, reading)
        self.needsLabel = needsLabel
    }
}
