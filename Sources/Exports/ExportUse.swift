import Datasets

/// Use of a model, which determines the functions of the exported code besides a call.
enum ExportUse: Sendable {
    /// Continues text.
    case text(TextUse)
    /// Forecasts a table's next rows.
    case series(SeriesScaling)
    /// Classifies a sequence.
    case classes(ClassUse)
    /// Draws the next numbers, or the next point of a drawing.
    case frames(FrameUse)
    /// Predicts numbers for a sequence.
    case numbers
}

extension ExportUse {
    /// Symbols of the inputs; nil if they are numbers.
    var vocabulary: Vocabulary? {
        switch self {
        case .text(let text): text.vocabulary
        case .classes(let classes): classes.vocabulary
        case .series, .frames, .numbers: nil
        }
    }
}

/// Encoding and decoding of a text model's symbols.
struct TextUse: Sendable {
    let vocabulary: Vocabulary
    let reading: TextReading
    /// Symbols per window, for a model that reads windows from a zero state; nil for one that carries its state.
    let windowLength: Int?
}

/// Classes of a sequence, and how its inputs are encoded.
struct ClassUse: Sendable {
    /// Names of the classes, in the order of the outputs; empty if they aren't known.
    let names: [String]
    /// Symbols of the inputs; nil if they are numbers.
    let vocabulary: Vocabulary?
    /// How a text becomes symbols.
    let reading: TextReading
    /// Scale of a time step's numbers; empty if they aren't scaled.
    let scale: [SeriesStatistics.Column]
    /// What numbers become before they are scaled, by the keys of the configuration.
    var standardization = StandardizationRange.training
    var deltaOrder = 0
    /// What a symbol of a transcript is, if `names` are those of the outputs after the blank; nil for classes.
    var transcript: TranscriptUnit?
}
