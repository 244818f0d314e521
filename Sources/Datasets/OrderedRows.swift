/// A table's rows in the order in which they are used, with missing values filled if requested.
struct OrderedRows {
    private(set) var values: [Double]
    private(set) var lines: [Int32]
    /// The rows' times in the current order; nil if no column has times.
    private(set) var times: TimeSeries?
    private(set) var order: TimeOrder?
    /// Where a value was missing, `[row, column]`; empty unless ``mask()`` found one.
    private(set) var isMissing: [Bool] = []
    /// Number of rows before a column's first value, which can't be filled.
    private(set) var unfilledCount = 0
    /// The file's direction of time, if the rows were sorted.
    let sortedFrom: TimeOrder.Direction?
    private let columnCount: Int

    /// - Parameters:
    ///   - times: the rows' times, in each possible interpretation.
    ///   - seriesName: of a series of a table with several, for messages.
    ///   - files: of the table, in which lines are counted on.
    /// - Throws: ``DatasetError/rowsOutOfOrder(path:_:)``, ``DatasetError/noOrder(path:reason:)``.
    init(
        values: [Double], lines: [Int32], times series: [TimeSeries], columnCount: Int, order asked: TableReading.Order, path: String, seriesName: String?,
        files: TableFiles = TableFiles()
    ) throws(DatasetError) {
        self.values = values
        self.lines = lines
        self.columnCount = columnCount
        let found = TimeOrder.best(of: series)
        (times, order) = (found?.series, found?.order)
        sortedFrom = asked == .ascending && found?.order.direction != .ascending ? found?.order.direction : nil
        switch asked {
        case .file: break
        case .auto:
            if let found, let fault = RowOrderFault(found.series, found.order, lines: lines, files: files, seriesName: seriesName) {
                throw .rowsOutOfOrder(path: path, fault)
            }
        case .ascending:
            guard let found else { throw .noOrder(path: path, reason: .noTimes) }
            if sortedFrom != nil { try sort(by: found.series, found.order, path: path, files) }
        }
    }

    private mutating func sort(by series: TimeSeries, _ before: TimeOrder, path: String, _ files: TableFiles) throws(DatasetError) {
        if let row = series.times.firstIndex(of: TimeColumns.unknown) {
            throw .noOrder(path: path, reason: .timeMissing(place: files.words(Int(lines[row])), name: series.name))
        }
        if series.isAmbiguous, before.direction == .shuffled { throw .noOrder(path: path, reason: .ambiguous(name: series.name)) }
        let places = series.times.indices.sorted { (series.times[$0], $0) < (series.times[$1], $1) }
        let unsorted = values
        values = places.flatMap { unsorted[$0 * columnCount..<($0 + 1) * columnCount] }
        lines = places.map { lines[$0] }
        var sorted = series
        sorted.times = places.map { series.times[$0] }
        times = sorted
        order = TimeOrder(sorted)
    }

    /// Fills each missing value with the column's last known value, and keeps where it was missing. Before a column's first value it stays NaN.
    mutating func mask() {
        guard values.contains(where: \.isNaN) else { return }
        isMissing = values.map(\.isNaN)
        for place in values.indices.dropFirst(columnCount) where values[place].isNaN { values[place] = values[place - columnCount] }
    }

    /// Fills each missing value with the column's last known value. Drops rows before a column's first value.
    mutating func fill() {
        guard values.contains(where: \.isNaN) else { return }
        let first = (0..<columnCount).map { column in
            lines.indices.first { !values[$0 * columnCount + column].isNaN } ?? lines.count
        }.max() ?? 0
        for place in values.indices.dropFirst(columnCount) where values[place].isNaN { values[place] = values[place - columnCount] }
        guard first > 0 else { return }
        unfilledCount = first
        values.removeFirst(first * columnCount)
        lines.removeFirst(first)
        guard var series = times else { return }
        series.times.removeFirst(first)
        (times, order) = (series, TimeOrder(series))
    }
}

/// Rows that aren't in ascending order of time.
public struct RowOrderFault: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        case newestFirst
        /// `count` rows are older than the previous row.
        case shuffled(count: Int)
    }

    public let kind: Kind
    public let columnName: String
    /// The series of these rows; nil for a table with a single one.
    public let seriesName: String?
    public let rowCount: Int
    /// Lines of a newest-first table's first and last row; of a shuffled table's first row that is older than the previous one, and of that one.
    public let line: Int
    public let time: String
    public let otherLine: Int
    public let otherTime: String
    /// The table's files, of which lines are counted on from one to the next.
    let files: TableFiles

    /// Nil if the rows are in order.
    init?(_ series: TimeSeries, _ order: TimeOrder, lines: [Int32], files: TableFiles, seriesName: String?) {
        (self.seriesName, self.files) = (seriesName, files)
        columnName = series.name
        rowCount = series.times.count
        let rows: (Int, Int)
        switch order.direction {
        case .ascending, .nearlyAscending, .constant: return nil
        case .descending:
            kind = .newestFirst
            rows = (order.firstKnown ?? 0, order.lastKnown ?? 0)
        case .shuffled:
            kind = .shuffled(count: order.backwardCount)
            let row = order.firstBackward ?? 0
            rows = (row, series.times[..<row].lastIndex { $0 != TimeColumns.unknown } ?? row)
        }
        (line, otherLine) = (Int(lines[rows.0]), Int(lines[rows.1]))
        (time, otherTime) = (series.text(rows.0), series.text(rows.1))
    }
}

/// The reason why a table's rows can't be sorted by time.
public enum MissingOrder: Sendable, Equatable {
    case noTimes
    /// `place` is "line 30", and of several files "line 30 of b.csv".
    case timeMissing(place: String, name: String)
    case ambiguous(name: String)
}
