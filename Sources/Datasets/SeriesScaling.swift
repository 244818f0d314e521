public import Batches
import NumberText

/// Converts table rows to a series model's inputs and outputs back to values, without the table: from the statistics that a run stored.
public struct SeriesScaling: Sendable {
    public let statistics: SeriesStatistics
    /// Number of input columns: the first ones of the statistics.
    public let inputCount: Int
    /// Indices of the predicted columns in the statistics.
    public let targetPlaces: [Int]
    public let length: Int
    public let horizon: Int
    /// Whether a window's last row is subtracted from it, and added to its predictions.
    public let isRelative: Bool
    /// What a window's columns are divided by, and its predictions multiplied.
    public let windowScaling: WindowScaling
    /// Rows before each target from which it is taken as a difference, at most `length`; 0 for none. Rows after the window's end aren't used: those a
    /// multiple of the lag before stand in.
    public let lag: Int
    /// Features of the calendar that the model reads beside the columns, of the time ``horizon`` rows later.
    public private(set) var calendar: [CalendarFeature] = []
    /// Rows before each row to forecast whose values of the predicted columns the model reads, of the row ``horizon`` rows after each time step.
    public private(set) var lags: [Int] = []
    /// Input columns that are known ahead: the model reads their values of ``horizon`` rows later.
    private(set) var futurePlaces: [Int] = []
    /// One of numbers, which says what the outputs for a value are.
    public let loss: Loss
    /// Columns of categories, whose values' indicators are the last input columns.
    let categoryNames: [String]
    /// Whether the model reads where values are missing.
    let marksMissing: Bool
    /// Input columns of 0 and 1, the last ones: indicators of categories, then marks of missing values.
    private let indicatorCount: Int
    /// Of each target the column that says where its value is missing; nil if none ever was.
    let targetMarks: [Int?]

    /// - Parameters:
    ///   - statistics: of the model's input columns, in order, then of targets that aren't inputs.
    ///   - columns: input columns; empty for all columns of the statistics.
    ///   - targets: predicted columns; empty for the input columns.
    ///   - loss: one of numbers.
    ///   - categories: columns of categories, which are inputs, too.
    ///   - marksMissing: whether the columns have marks of missing values among them.
    ///   - file: name of the statistics' file, for messages.
    /// - Throws: ``DatasetError/malformedFile(path:line:column:reason:)`` if they are of other columns.
    public init(
        _ statistics: SeriesStatistics, columns: [String], targets: [String], length: Int, horizon: Int, isRelative: Bool, lag: Int = 0,
        loss: Loss = .squaredError, calendar: [CalendarFeature] = [], future: [String] = [], categories: [String] = [],
        marksMissing: Bool = false, windowScaling: WindowScaling = .none, lags: [Int] = [], file: String
    ) throws(DatasetError) {
        let stored = statistics.columns.map(\.name)
        let indicators = Categories(categories, storedColumns: stored).indicatorNames + (marksMissing ? MissingMarks.names(among: stored) : [])
        let isIndicator = Set(indicators)
        let numbers = columns.isEmpty ? stored.filter { !isIndicator.contains($0) } : columns
        let inputs = numbers + indicators
        let predicted = targets.isEmpty ? numbers : targets
        let read = Set(inputs)
        let wanted = inputs + predicted.filter { !read.contains($0) }
        guard wanted == stored else {
            throw .malformedFile(
                path: file, line: 1, column: 1,
                reason: "the file has statistics of \(DatasetError.list(stored)), and the model is of \(DatasetError.list(wanted)). Restore it from a copy")
        }
        let places = Dictionary(stored.enumerated().map { ($1, $0) }) { first, _ in first }
        self.init(
            statistics, inputCount: inputs.count, targetPlaces: predicted.compactMap { places[$0] }, length: length, horizon: horizon, isRelative: isRelative,
            lag: lag, loss: loss, windowScaling: windowScaling, categoryNames: categories, marksMissing: marksMissing)
        try setKnownAhead(calendar: calendar, future: future, lags: lags)
    }

    /// Says what the model reads of the rows to forecast.
    /// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)`` for a column that isn't an input, or is predicted, and for windows shorter than the
    ///   forecast.
    mutating func setKnownAhead(calendar: [CalendarFeature], future: [String], lags: [Int]) throws(DatasetError) {
        var places: [Int] = []
        let own = categories
        for name in future {
            if let category = own.columns.first(where: { $0.name == name }) {
                let indicators = Set(own.filter { $0 == category }.indicatorNames)
                places += statistics.columns.prefix(inputCount).indices.filter { indicators.contains(statistics.columns[$0].name) }
                continue
            }
            guard let place = statistics.columns.prefix(inputCount - indicatorCount).firstIndex(where: { $0.name == name }) else {
                throw .optionOutOfRange(
                    key: "data.future", found: "\"\(name)\"", wanted: "a list of columns that the model reads (data.columns, data.categories)")
            }
            guard !targetPlaces.contains(place) else {
                throw .optionOutOfRange(
                    key: "data.future", found: "\"\(name)\", which is predicted",
                    wanted: "a list of columns that are known ahead; data.targets names the predicted ones")
            }
            places.append(place)
        }
        let marks = Set(self.marks)
        if let marked = places.map({ statistics.columns[$0].name }).first(where: { marks.contains(MissingMarks.name(of: $0)) }) {
            throw .optionOutOfRange(
                key: "data.future", found: "\"\(marked)\", which has missing values",
                wanted: "a list of columns without, with data.missing \"mask\". Fill them, or set \"fill\"")
        }
        if let lag = lags.first(where: { $0 < horizon }) {
            throw .optionOutOfRange(
                key: "data.lags", found: "\(lag)",
                wanted: "a list of integers from data.horizon, \(horizon), on: what is less far back isn't known of each row to forecast")
        }
        guard length >= horizon || places.isEmpty && calendar.isEmpty && lags.isEmpty else {
            throw .optionOutOfRange(
                key: "data.length", found: "\(length)",
                wanted: "at least data.horizon, \(horizon): a window has what is known of the rows to forecast beside its last rows (data.calendar, "
                    + "data.future, data.lags)")
        }
        (self.calendar, self.lags, futurePlaces) = (calendar, lags, places)
    }

    /// - Parameters:
    ///   - inputCount: number of columns of `statistics` that are inputs, the first ones.
    ///   - targetPlaces: predicted columns of `statistics`.
    init(
        _ statistics: SeriesStatistics, inputCount: Int, targetPlaces: [Int], length: Int, horizon: Int, isRelative: Bool, lag: Int, loss: Loss,
        windowScaling: WindowScaling = .none, categoryNames: [String] = [], marksMissing: Bool = false
    ) {
        let names = statistics.columns.map(\.name)
        let marks = marksMissing ? MissingMarks.names(among: names) : []
        (self.categoryNames, self.marksMissing) = (categoryNames, marksMissing)
        indicatorCount = Categories(categoryNames, storedColumns: names).indicatorNames.count + marks.count
        targetMarks = targetPlaces.map { place in marks.isEmpty ? nil : names.firstIndex(of: MissingMarks.name(of: names[place])) }
        (self.statistics, self.inputCount, self.targetPlaces) = (statistics, inputCount, targetPlaces)
        (self.length, self.horizon, self.isRelative, self.windowScaling, self.lag, self.loss) = (length, horizon, isRelative, windowScaling, lag, loss)
    }

    /// Whether each series has a scale of its own.
    public var isBySeries: Bool { !statistics.series.isEmpty }

    /// The same with the scale of a series.
    /// - Parameter name: of no effect if all series have the same scale.
    /// - Throws: ``DatasetError/unknownSeries(path:name:)`` for one whose scale isn't known.
    public func ofSeries(_ name: String, path: String) throws(DatasetError) -> SeriesScaling {
        guard isBySeries else { return self }
        guard let own = statistics.series.first(where: { $0.name == name }) else { throw .unknownSeries(path: path, name: name) }
        return of(own)
    }

    /// Of all series that have scales of their own, by name.
    var bySeries: [String: SeriesScaling] { Dictionary(statistics.series.map { ($0.name, of($0)) }) { first, _ in first } }

    private func of(_ series: SeriesStatistics.Series) -> SeriesScaling {
        var scaling = SeriesScaling(
            SeriesStatistics(columns: series.columns), inputCount: inputCount, targetPlaces: targetPlaces, length: length, horizon: horizon,
            isRelative: isRelative, lag: lag, loss: loss, windowScaling: windowScaling, categoryNames: categoryNames, marksMissing: marksMissing)
        (scaling.calendar, scaling.lags, scaling.futurePlaces) = (calendar, lags, futurePlaces)
        return scaling
    }

    /// Numbers that the model reads of a time step: the input columns, values a lag before, then the calendar's.
    public var featureCount: Int { inputCount + lags.count * targetPlaces.count + calendarWidth }
    /// Rows of a window's past: its time steps, and before them those that lags reach back to.
    public var pastRowCount: Int { length + lead }
    /// Rows before a window's first time step that lags reach back to.
    package var lead: Int { max(0, (lags.max() ?? 0) - horizon) }
    package var calendarWidth: Int { calendar.width }
    /// Columns whose values at the rows to forecast a forecast needs.
    public var futureNames: [String] { futurePlaces.map { statistics.columns[$0].name } }
    /// The same as the file has them: categories in place of their indicators.
    var futureColumns: [String] { categories.collapsed(futureNames) }
    /// The values of the columns of categories.
    var categories: Categories { Categories(categoryNames, storedColumns: statistics.columns.map(\.name)) }
    /// Whether the model reads columns of 0 and 1 that a file doesn't have: of categories, or marks of missing values.
    public var readsIndicators: Bool { indicatorCount > 0 }
    /// Names of the marks of missing values.
    var marks: [String] { marksMissing ? MissingMarks.names(among: statistics.columns.map(\.name)) : [] }
    /// Place of the first mark among the columns.
    package var firstMarkPlace: Int { inputCount - marks.count }
    /// Whether the model reads something of the rows to forecast.
    public var readsAhead: Bool { !calendar.isEmpty || !futurePlaces.isEmpty }
    /// Values that are known ahead as the model reads them: of each row to forecast, by input column.
    /// - Parameter future: `[rows, futureNames]`, in the units of the file; at least ``horizon`` rows.
    /// - Throws: ``DatasetError/valueOutOfScale(path:row:column:)``; rows from 1.
    public func standardisedFuture(_ future: [[Double]]) throws(DatasetError) -> [[Int: Float]] {
        guard !futurePlaces.isEmpty else { return [] }
        precondition(future.count >= horizon && future.allSatisfy { $0.count == futurePlaces.count }, "what is known of each row to forecast")
        var known: [[Int: Float]] = []
        for (row, values) in future.enumerated() {
            var own: [Int: Float] = [:]
            for (place, value) in zip(futurePlaces, values) {
                guard let number = statistics.columns[place].number(value) else {
                    throw .valueOutOfScale(path: "the rows to forecast", row: row + 1, column: statistics.columns[place].name)
                }
                own[place] = number
            }
            known.append(own)
        }
        return known
    }

    /// How many rows later the value of each input column is read.
    public var aheads: [Int] { (0..<inputCount).map { futurePlaces.contains($0) ? horizon : 0 } }

    /// Number of outputs: predicted rows × predicted columns × outputs for each value.
    public var outputCount: Int { valueCount * outputsPerValue }
    /// Predicted rows × predicted columns.
    public var valueCount: Int { horizon * targetPlaces.count }
    /// Number of outputs for each predicted value: quantiles, or a distribution's parameters.
    public var outputsPerValue: Int { loss.outputsPerNumber }

    /// Input columns of 0 and 1, the last ones: indicators of categories, then marks of missing values.
    package var indicatorPlaces: Range<Int> { inputCount - indicatorCount..<inputCount }

    /// Columns of a row that a forecast needs, in order: the input columns; and if targets are taken from their past values or scaled by them, the predicted
    /// columns that aren't inputs.
    public var neededColumns: [String] {
        statistics.columns.prefix(isRelative || lag > 0 || !lags.isEmpty || windowScaling != .none ? statistics.columns.count : inputCount).map(\.name)
    }

    public var targetNames: [String] { targetPlaces.map { statistics.columns[$0].name } }

    /// Notes on values of `rows` that lie more than 1,000 deviations from the training part's mean: sentences without a full stop, possibly none.
    /// - Parameter rows: each with ``neededColumns``.
    public func notes(on rows: [[Double]]) -> [String] {
        neededColumns.indices.compactMap { place in
            let column = statistics.columns[place]
            let far = rows.indices.filter { abs(column.standardised(rows[$0][place])) > SeriesStatistics.farDeviationCount }
            guard let first = far.first else { return nil }
            return SeriesStatistics.farSentence(column: column.name, count: far.count, first: rows[first][place], place: "row \(first + 1)")
        }
    }
}
