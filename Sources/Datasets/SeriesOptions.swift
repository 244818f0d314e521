public import Batches

/// The files of a series, and how its rows become windows.
public struct SeriesOptions: Sendable, Equatable {
    /// Tables of the same columns, or files of another form that ``RecordReader`` has; rows go on from one to the next.
    public var files: [String]
    /// Input columns by name; empty means all.
    public var columns: [String]
    /// Predicted columns by name; empty means the input columns.
    public var targets: [String]
    /// Number of past rows in each window.
    public var length: Int
    /// Number of rows predicted after each window.
    public var horizon: Int
    /// Distance between the starts of consecutive windows, in rows.
    public var stride: Int
    /// Whether each column's value in the window's last past row is subtracted from the whole window and its targets.
    public var relative: Bool
    /// What the columns of each window are divided by.
    public var windowScaling: WindowScaling
    public var split: SeriesSplit
    /// The range to evaluate, without training; nil for training.
    public var evaluated: EvaluatedRange?
    /// Options for reading the file.
    public var reading: TableReading
    /// One of numbers.
    public var loss: Loss
    /// Column with the name of each row's series; empty for a single series, "file" where each file is one.
    public var id: String
    /// Rows before each target from which it is taken as a difference; 0 for none.
    public var lag: Int
    /// Rows before each row to forecast whose values of the predicted columns are read beside the columns.
    public var lags: [Int]
    /// Features of the calendar that are read beside the columns.
    public var calendar: [CalendarFeature]
    /// Input columns that are known ahead.
    public var future: [String]
    /// Columns of categories, which are inputs beside `columns`: each of their values is a column of its own.
    public var categories: [String]
    /// Which rows a series is scaled by.
    public var scaling: SeriesScale
    /// Rows of a season; 0 for what the rows' times say.
    public var season: Int
    /// Rows at the end of each series that aren't used.
    public var leftOutRowCount: Int

    /// The files' paths, for messages.
    var file: String { shownPaths(files) }

    /// - Parameter rowCounts: numbers of rows of the parts, in place of `split`.
    public init(
        file: String, columns: [String] = [], targets: [String] = [], length: Int, horizon: Int, stride: Int = 1, relative: Bool = false,
        split: SplitFractions, rowCounts: PartRowCounts? = nil, evaluated: EvaluatedRange? = nil, reading: TableReading = TableReading(),
        loss: Loss = .squaredError, season: Int = 0,
        id: String = "", scaling: SeriesScale = .global, lag: Int = 0, calendar: [CalendarFeature] = [], future: [String] = [],
        leftOutRowCount: Int = 0, categories: [String] = [], windowScaling: WindowScaling = .none, lags: [Int] = []
    ) {
        self.init(
            files: [file], columns: columns, targets: targets, length: length, horizon: horizon, stride: stride, relative: relative, split: split,
            rowCounts: rowCounts, evaluated: evaluated, reading: reading, loss: loss, season: season, id: id, scaling: scaling, lag: lag,
            calendar: calendar, future: future, leftOutRowCount: leftOutRowCount, categories: categories,
            windowScaling: windowScaling, lags: lags)
    }

    /// - Parameter rowCounts: numbers of rows of the parts, in place of `split`.
    public init(
        files: [String], columns: [String] = [], targets: [String] = [], length: Int, horizon: Int, stride: Int = 1, relative: Bool = false,
        split: SplitFractions, rowCounts: PartRowCounts? = nil, evaluated: EvaluatedRange? = nil, reading: TableReading = TableReading(),
        loss: Loss = .squaredError, season: Int = 0,
        id: String = "", scaling: SeriesScale = .global, lag: Int = 0, calendar: [CalendarFeature] = [], future: [String] = [],
        leftOutRowCount: Int = 0, categories: [String] = [], windowScaling: WindowScaling = .none, lags: [Int] = []
    ) {
        self.files = files
        self.columns = columns
        self.targets = targets
        self.length = length
        self.horizon = horizon
        self.stride = stride
        (self.relative, self.windowScaling, self.lags) = (relative, windowScaling, lags)
        self.split = rowCounts.flatMap { evaluated == .whole ? nil : .rows($0) } ?? .shares(evaluated?.split(split) ?? split)
        self.evaluated = evaluated
        self.reading = reading
        self.loss = loss
        self.season = season
        self.id = id
        self.scaling = scaling
        self.lag = lag
        (self.calendar, self.future, self.categories) = (calendar, future, categories)
        // Another file is judged as a whole.
        self.leftOutRowCount = evaluated == .whole ? 0 : leftOutRowCount
    }

    /// Rows of a window's past: its time steps, and before them those that lags reach back to.
    var pastRowCount: Int { length + lead }
    /// Rows before a window's first time step that lags reach back to.
    var lead: Int { max(0, (lags.max() ?? 0) - horizon) }

    /// The range of `part` in a series of `count` rows.
    func range(of part: DataPart, count: Int) -> Range<Int> { split.range(of: part, count: usedCount(of: count)) }

    /// Rows of a series of `count` that are used.
    func usedCount(of count: Int) -> Int { max(0, count - leftOutRowCount) }
}
