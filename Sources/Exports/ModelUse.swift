import Datasets

/// What a model is for: what its exported code offers besides a call.
enum ModelUse: Sendable {
    /// Continues text.
    case text(TextUse)
    /// Forecasts a table's next rows.
    case series(SeriesScaling)
    /// Says a sequence's class.
    case classes
    /// Says numbers about a sequence.
    case numbers

    /// As it stands in files.
    var task: String {
        switch self {
        case .text: "text generation"
        case .series: "time series forecasting"
        case .classes: "sequence classification"
        case .numbers: "sequence regression"
        }
    }

    /// The same in Hugging Face's list of tasks; nil where that has none.
    var pipelineTag: String? {
        switch self {
        case .text: "text-generation"
        case .series: "time-series-forecasting"
        case .classes, .numbers: nil
        }
    }
}

/// How a text model's symbols are read and written.
struct TextUse: Sendable {
    let vocabulary: Vocabulary
    let reading: TextReading
    /// Symbols of a window that is read from a zero state; nil for a model that carries its state.
    let windowLength: Int?
}
