import Datasets
import Network
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

    /// - Parameters:
    ///   - statistics: of the columns that the model reads, then of targets that are none of them.
    ///   - file: where they are from, to be named in messages.
    /// - Throws: `DatasetError.malformedFile` if they aren't of the columns that the model reads and predicts.
    init(_ statistics: SeriesStatistics, shape: NetworkShape, data: Configuration.DataSettings, file: String) throws(DatasetError) {
        let inputCount = shape.inputWidth(ofLayer: 0)
        let places = Dictionary(statistics.columns.enumerated().map { ($1.name, $0) }) { first, _ in first }
        let targets = data.targets.isEmpty ? statistics.columns.prefix(inputCount).map(\.name) : data.targets
        let found = targets.compactMap { places[$0] }
        let columnCount = inputCount + found.count { $0 >= inputCount }
        guard found.count == targets.count, found.count * data.horizon == shape.outputs, statistics.columns.count == columnCount else {
            throw .malformedFile(
                path: file, line: 1, column: 1,
                reason: """
                    the file has statistics of \(statistics.columns.count) columns, which aren't the \(inputCount) that the model reads and the \
                    \(shape.outputs / data.horizon) that it predicts. Restore it from a copy
                    """)
        }
        self.statistics = statistics
        self.inputCount = inputCount
        targetPlaces = found
        length = data.length
        horizon = data.horizon
        isRelative = data.relative
    }

    var targetNames: [String] { targetPlaces.map { statistics.columns[$0].name } }
}
