import Datasets
import Training

/// What a model is for: what its exported code offers besides a call.
enum ModelUse: Sendable {
    /// Continues text.
    case text(TextUse)
    /// Forecasts a table's next rows.
    case series(SeriesUse)
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

/// How a series model's rows are made from a table's and back.
struct SeriesUse: Sendable {
    let statistics: SeriesStatistics
    /// Columns that the model reads: the first ones of the statistics.
    let inputCount: Int
    /// Places of the predicted columns in the statistics.
    let targetPlaces: [Int]
    let length: Int
    let horizon: Int
    /// Whether the window's last row is subtracted from it and added to what follows.
    let isRelative: Bool

    /// - Parameter statistics: of the columns that the model reads, then of targets that are none of them.
    init(_ statistics: SeriesStatistics, inputCount: Int, data: Configuration.DataSettings) {
        self.statistics = statistics
        self.inputCount = inputCount
        let names = statistics.columns.map(\.name)
        targetPlaces = data.targets.isEmpty ? Array(0..<inputCount) : data.targets.compactMap(names.firstIndex(of:))
        length = data.length
        horizon = data.horizon
        isRelative = data.relative
    }

    var targetNames: [String] { targetPlaces.map { statistics.columns[$0].name } }
}
