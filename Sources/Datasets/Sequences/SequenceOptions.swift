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
    /// The column whose characters, bytes, words or byte pairs are the sequence; empty for numbers.
    public var text: String
    /// How recordings are read that are the sequences, in place of numbers and texts; nil for none.
    public var audio: AudioOptions?
    /// How a text becomes symbols.
    public var textReading: TextReading
    /// Words that get a token, the most frequent ones of the training part; 0 for all. Of byte pairs the number of tokens, as in ``TextOptions``.
    public var wordLimit: Int
    /// Path of a `tokenizer.json` whose byte pairs are taken in place of learnt ones; empty for none.
    public var tokenizer: String
    /// Characters of a word that are read beside it, the first ones; 0 for none.
    public var characterLimit: Int
    /// Numbers of a time step, where a row is a sequence: that many consecutive columns.
    public var featureCount: Int
    /// The column that says to which sequence a row belongs, where a row is a time step; empty where a row is a sequence.
    public var id: String
    /// With `id`: the column by which a sequence's rows are ordered; empty for the file's order.
    public var step: String
    /// By which mean and deviation numbers are standardised.
    public var standardization: StandardizationRange
    /// Differences of each number that are read beside it: 0 for none, 1 for deltas, 2 for their deltas too.
    public var deltaOrder: Int
    public var split: SplitFractions
    /// What a symbol of a transcript is.
    public var transcriptUnit: TranscriptUnit
    /// How the next numbers are predicted.
    public var mixture: MixtureOptions
    /// Whether sequences whose transcript can't be learnt are left out, in place of an error.
    public var skipsUnalignable: Bool
    /// Whether batches have sequences of about the same length.
    public var isBucketed: Bool
    /// How the sequences of `files` come to their parts, where it isn't by chance.
    public var division: SequenceDivision?
    /// The range to evaluate, without training; nil for training.
    public var evaluated: EvaluatedRange?
    public var reading: TableReading

    public init(
        files: [String], partFiles: PartFiles = PartFiles(), format: SequenceFormat = .auto, target: SequenceTargetKind = .class, label: String,
        columns: [String] = [], text: String = "",
        textReading: TextReading = TextReading(), wordLimit: Int = 0, tokenizer: String = "", featureCount: Int = 1, id: String = "", step: String = "", split: SplitFractions,
        evaluated: EvaluatedRange? = nil, reading: TableReading = TableReading(), targets: [String] = [], loss: Loss = .squaredError,
        needsLabel: Bool = true, characterLimit: Int = 0, division: SequenceDivision? = nil, isBucketed: Bool = false,
        transcriptUnit: TranscriptUnit = .character, skipsUnalignable: Bool = false, audio: AudioOptions? = nil, mixture: MixtureOptions = MixtureOptions(),
        standardization: StandardizationRange = .training, deltaOrder: Int = 0
    ) {
        (self.transcriptUnit, self.skipsUnalignable, self.audio, self.mixture) = (transcriptUnit, skipsUnalignable, audio, mixture)
        (self.standardization, self.deltaOrder) = (standardization, deltaOrder)
        (self.format, self.target, self.targets, self.loss, self.needsLabel) = (format, target, targets, loss, needsLabel)
        (self.files, self.partFiles, self.division, self.isBucketed) = (files, partFiles, division, isBucketed)
        (self.label, self.columns, self.text, self.featureCount, self.id, self.step) = (label, columns, text, featureCount, id, step)
        (self.textReading, self.wordLimit, self.tokenizer, self.characterLimit) = (textReading, wordLimit, tokenizer, characterLimit)
        if evaluated != nil { self.audio?.changes = [] }
        (self.split, self.evaluated, self.reading) = (evaluated?.split(split) ?? split, evaluated, reading)
    }

    /// Whether each sequence must say to which group or part it belongs. Files of one part only, and those to predict, may leave it out.
    var needsDivision: Bool { division != nil && needsLabel && evaluated != .whole }

    /// Whether numbers may be missing, which readers give as NaN then.
    var allowsMissing: Bool { reading.missing != .refuse }

    /// Whether the last number of a time step is a pen's state.
    var hasPen: Bool { format == .strokes }

    /// In the order in which they are read.
    var allFiles: [String] { files + partFiles.all }
    /// Their names, for messages.
    var fileNames: String { shownPaths(allFiles.map(fileName)) }
}
