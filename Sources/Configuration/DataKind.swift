package import Datasets

extension Configuration {
    /// Kind of training data.
    public enum DataKind: String, ConfigurationChoice {
        /// Text as contiguous streams, divided into chunks: truncated BPTT with (h, c) carried.
        case text
        /// Windows of a text, each followed by the symbol to predict.
        case textWindows
        /// Windows of the rows of a CSV file, each followed by the row to predict.
        case series
        /// Sequences, each with a class.
        case sequences
        /// Strings of the embedded Reber grammar (Hochreiter & Schmidhuber 1997, experiment 1), symbol by symbol.
        case embeddedReber
        /// The adding problem (experiment 4).
        case adding
        /// Temporal order (experiment 6).
        case temporalOrder
    }
}

extension Configuration.DataKind {
    static let fromFiles: [Self] = [.text, .textWindows, .series, .sequences]
    package static let fromTexts: [Self] = [.text, .textWindows]
    /// Kinds that read a text, or may.
    static let withTexts: [Self] = [.text, .textWindows, .sequences]
    /// Kinds whose parts may have files of their own.
    static let withPartFiles: [Self] = [.text, .textWindows, .sequences]
    /// Kinds that `lstm-train prepare` writes a binary form of.
    static let withPreparedForm: [Self] = [.text, .textWindows, .series, .sequences]
    static let inWindows: [Self] = [.textWindows, .series]
    /// Kinds that read a table.
    static let ofTables: [Self] = [.series, .sequences]
    /// Kinds that predict numbers, or may.
    static let withNumbers: [Self] = [.series, .sequences, .adding]
    static let generated: [Self] = [.embeddedReber, .adding, .temporalOrder]
    /// Kinds whose sequences have the length given by `data.length`.
    static let ofChosenLength: [Self] = [.text, .textWindows, .series, .adding, .temporalOrder]

    /// Whether the sequences are generated from the seed, without a file.
    public var isGenerated: Bool { Self.generated.contains(self) }

    /// Whether the targets are numbers, not symbols or classes.
    var predictsNumbers: Bool {
        switch self {
        case .series, .adding: true
        case .text, .textWindows, .sequences, .embeddedReber, .temporalOrder: false
        }
    }

    /// What is learned, for the help of `init`.
    public var summary: String {
        switch self {
        case .text: "the next symbol of a text, with the state carried on"
        case .textWindows: "the same of windows of a text"
        case .series: "the next rows of a table, or of series in .jsonl or .npz files"
        case .sequences: "the class of each row of a CSV file, or of each sequence of a .ts, .jsonl or .npz file"
        case .embeddedReber, .adding, .temporalOrder: "generated"
        }
    }

    /// The time steps with an output if `model.head` is "auto".
    public var usualHead: Configuration.HeadPlacement {
        switch self {
        case .text, .embeddedReber: .every
        case .textWindows, .series, .sequences, .adding, .temporalOrder: .last
        }
    }

    /// Valid values of `model.head` besides "auto": the time steps at which the data have targets.
    public var possibleHeads: [Configuration.HeadPlacement] {
        self == .textWindows ? [.every, .last] : [usualHead]
    }

    /// Sequences per epoch if `data.trainingExamples` is 0; 0 for kinds that aren't generated.
    public var usualTrainingExampleCount: Int {
        switch self {
        case .text, .textWindows, .series, .sequences: 0
        case .embeddedReber: 4_096
        case .adding: 50_000
        case .temporalOrder: 20_000
        }
    }
}

extension Configuration.DataSettings {
    /// Name of the kind of data, for messages and tags.
    public var kindName: String { kind.rawValue }

    /// Whether inputs are the symbols of a text in files.
    var readsText: Bool { Configuration.DataKind.withTexts.contains(kind) && hasTokens }

    /// Whether inputs are tokens, not real vectors.
    package var hasTokens: Bool {
        switch kind {
        case .text, .textWindows, .embeddedReber, .temporalOrder: true
        case .series, .adding: false
        case .sequences: !text.isEmpty
        }
    }
}

extension Configuration.DataSettings {
    /// What is predicted of a sequence: ``target``, but for the next numbers, which are those of the inputs.
    package var sequenceTarget: SequenceTargetKind { target == .next && (format == .strokes || !columns.isEmpty) ? .nextNumbers : target }
    /// Whether each time step of a sequence has a target.
    private var labelsSteps: Bool { kind == .sequences && target != .class && target != .numbers }
    /// The time steps with an output if `model.head` is "auto".
    var usualHead: Configuration.HeadPlacement { labelsSteps ? .every : kind.usualHead }
    /// Valid values of `model.head` besides "auto": the time steps at which the data have targets.
    var possibleHeads: [Configuration.HeadPlacement] { !labelsSteps ? kind.possibleHeads : target == .classes ? [.every, .crf] : [.every] }
    /// Whether the targets are symbols that aren't aligned with time steps, so that layers may change the number of these.
    var predictsTranscripts: Bool { kind == .sequences && target == .transcript }
    /// Whether the target of a time step is among the later inputs, so that no layer may read ahead.
    var predictsOwnInput: Bool { !labelsSteps || target == .next }
    /// Whether the targets are numbers, not symbols or classes.
    var predictsNumbers: Bool { kind.predictsNumbers || kind == .sequences && target.isOfNumbers }
    /// Whether the targets are labels that are on or off.
    var predictsSets: Bool { kind == .sequences && (target == .multiLabel || sequenceTarget == .next) }
    /// What makes the targets numbers, for messages.
    var targetReason: String { kind.predictsNumbers ? "data.kind \"\(kind.rawValue)\"" : "data.target \"\(target.rawValue)\"" }
    /// What asks for the outputs, for messages.
    var headReason: String { labelsSteps ? "data.target \"\(target.rawValue)\"" : "data.kind \"\(kind.rawValue)\"" }
}

extension Configuration {
    /// Which time steps have an output; resolves `auto`.
    public var headPlacement: HeadPlacement { model.head == .auto ? data.usualHead : model.head }

    /// The defaults for a model of numbers whose data aren't known.
    public static var ofUnknownNumbers: Configuration { Configuration(kind: .adding) }
}
