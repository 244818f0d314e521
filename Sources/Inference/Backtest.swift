public import Configuration
public import Datasets
import NumberText
import Runs
public import Threads

/// Forecasts of a series from several earlier rows, as if the file had ended there: rolling origins (Tashman 2000).
///
/// A model forecasts the rows after an origin from those before it. Either one model, trained on what was before the first origin, makes all forecasts; or each
/// origin has a model of its own, trained on all before it.
public struct Backtest: Sendable {
    /// The rows after each origin's forecast, in the order of time: those that are left out of the file.
    public let leftOutRowCounts: [Int]
    /// Whether each origin has a model of its own.
    public let retrains: Bool
    private let configuration: Configuration
    private let validationRowCount: Int

    /// - Parameters:
    ///   - configuration: of a series; its parts are replaced: before each origin lie the rows of validation, and before them those of training.
    ///   - originCount: number of forecasts of each series, at least 1.
    ///   - distance: rows from one origin to the next, at least 1; the last origin is a forecast's length before the end.
    ///   - shortest: rows of the shortest series, of which validation has its share unless the configuration says how many rows.
    public init(_ configuration: Configuration, originCount: Int, distance: Int, retrains: Bool, shortest: Int) {
        precondition(originCount >= 1 && distance >= 1)
        self.configuration = configuration
        self.retrains = retrains
        leftOutRowCounts = (0..<originCount).reversed().map { $0 * distance + configuration.data.leaveOutRows }
        let data = configuration.data
        if data.trainingRows > 0 || data.validationRows > 0 || data.testRows > 0 {
            validationRowCount = data.validationRows
        } else {
            let share = Int(data.validationFraction * Double(shortest))
            validationRowCount = data.validationFraction > 0 ? max(share, data.horizon) : 0
        }
    }

    /// The origins whose models are trained: all, or the first.
    public var trainedCounts: [Int] { retrains ? leftOutRowCounts : Array(leftOutRowCounts.prefix(1)) }

    /// Of the model that forecasts the rows before the last `leftOutRowCount`.
    public func trainingConfiguration(leavingOut leftOutRowCount: Int) -> Configuration {
        var own = configuration
        // A form has the parts of the whole file.
        own.data.prepared = ""
        own.data.divideByRows(validation: validationRowCount, test: own.data.horizon, leavingOut: leftOutRowCount)
        return own
    }

    /// One origin's forecasts, judged.
    public struct Origin: Sendable {
        /// The rows after its forecast.
        public let leftOutRowCount: Int
        /// Date or time of the last row before the forecast; nil if the file has none, or series have different ones.
        public let time: String?
        /// Number of rows before the forecast; nil if there are several series.
        public let row: Int?
        public let comparison: ForecastComparison
    }

    /// Judges the forecast of each series. Not collective.
    /// - Parameter run: the model of the origin.
    /// - Throws: ``DatasetError`` if no series is long enough.
    public func origin(leavingOut leftOutRowCount: Int, run: TrainedRun, team: ThreadTeam) throws -> Origin {
        let data = try run.dataOfOneForecast(leavingOut: leftOutRowCount)
        guard let windows = data.dataset as? SeriesWindows, let comparison = try run.forecastComparison(of: .test, data: data, team: team) else {
            throw TrainingError.forecastsNothing(kind: run.configuration.data.kindName)
        }
        let firstRows = (0..<windows.exampleCount(of: .test)).map { windows.firstTargetRow(ofExample: $0, in: .test) }
        let names = windows.rowNames
        let times = Set(firstRows.map { $0 > 0 && !names.isEmpty ? names[$0 - 1] : "" })
        return Origin(
            leftOutRowCount: leftOutRowCount, time: times.count == 1 ? times.first.flatMap { $0.isEmpty ? nil : $0 } : nil,
            row: windows.seriesNames.isEmpty ? firstRows.first : nil, comparison: comparison)
    }
}
