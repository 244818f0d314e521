import Batches
import Datasets

/// Rows of a series before a forecast, which moves on: what is forecast becomes past, from which the next rows are forecast.
struct ForecastWindow {
    /// That of its series.
    let scaling: SeriesScaling
    /// Standardised, `[past rows + rows to forecast, neededColumns]`; of the rows to forecast what is known, else 0.
    private var values: [Float]
    /// What the calendar says of the row ``SeriesScaling/horizon`` rows after each: `[length + rows to forecast - horizon, …]`.
    private let calendar: [Float]
    /// Rows that were forecast and are past now.
    private(set) var movedCount = 0

    /// - Parameters:
    ///   - rows: the last ``SeriesScaling/pastRowCount`` rows, `[rows, neededColumns]`, in the units of the file.
    ///   - calendar: ``SeriesPast/calendar``.
    ///   - future: ``SeriesPast/future``.
    ///   - rowCount: rows to forecast; nil for ``SeriesScaling/horizon``.
    /// - Throws: ``DatasetError/valueOutOfScale(path:row:column:)``, rows from 1, ``DatasetError/unknownSeries(path:name:)``.
    init(
        _ rows: [[Double]], ofSeries series: String, scaling: SeriesScaling, calendar: [Float] = [], future: [[Double]] = [], rowCount: Int? = nil
    ) throws(DatasetError) {
        let width = scaling.neededColumns.count
        precondition(rows.count == scaling.pastRowCount && rows.allSatisfy { $0.count == width }, "\(rows.count) rows of \(scaling.pastRowCount)")
        self.scaling = try scaling.ofSeries(series, path: Self.name)
        self.calendar = calendar
        values = try self.scaling.statistics.standardised(rows.flatMap { $0 }, columnCount: width, of: Self.name)
        let ahead = rowCount ?? scaling.horizon
        precondition(calendar.count == (scaling.length + ahead - scaling.horizon) * scaling.calendarWidth, "the model reads the calendar of each row")
        let known = try self.scaling.standardisedFuture(future)
        // A column of 0 and 1 that isn't known ahead stays as it is in all rows; of what is forecast nothing is missing.
        let last = Array(values.suffix(width))
        for row in 0..<ahead {
            var own = Array(repeating: Float(0), count: width)
            for column in scaling.indicatorPlaces.prefix(while: { $0 < scaling.firstMarkPlace }) { own[column] = last[column] }
            if known.indices.contains(row) { for (column, value) in known[row] { own[column] = value } }
            values += own
        }
    }

    /// What messages call its rows, which are counted from the first that the model reads.
    static let name = "the rows to forecast from"

    private var width: Int { scaling.neededColumns.count }

    /// A value of the window's past rows.
    private func value(_ row: Int, _ column: Int) -> Float { values[(movedCount + row) * width + column] }

    var frame: WindowFrame { scaling.frame(columnCount: width, value) }

    /// What the model reads: `[length, features]`.
    var input: [Float] {
        let (frame, aheads, calendarWidth) = (frame, scaling.aheads, scaling.calendarWidth)
        func scaled(_ row: Int, _ column: Int) -> Float { (value(row, column) - frame.bases[column]) / frame.scales[column] }
        return (0..<scaling.length).flatMap { time in
            let (row, known) = (scaling.lead + time, (movedCount + time) * calendarWidth)
            let lagged = scaling.lags.flatMap { lag in scaling.targetPlaces.map { scaled(row + scaling.horizon - lag, $0) } }
            return (0..<scaling.inputCount).map { scaled(row + aheads[$0], $0) } + lagged + calendar[known..<known + calendarWidth]
        }
    }

    /// What outputs say, in the units of the file: `[horizon][targets · quantiles]`.
    func quantiles(_ outputs: [Float]) -> [[Double]] {
        let restored = scaling.restored(outputs, frame)
        let width = scaling.targetPlaces.count * scaling.forecastsPerValue
        return (0..<scaling.horizon).map { Array(restored[$0 * width..<($0 + 1) * width]) }
    }

    /// Numbers drawn from the distribution that outputs say, each independently of the others, in the units of the file: `[horizon][targets]`.
    /// - Parameter uniform: a number above 0 and below 1 for each value, `[horizon, targets]`.
    func draws(_ outputs: [Float], of family: DistributionFamily, uniform: (Int) -> Double) -> [[Double]] {
        let (frame, width) = (frame, scaling.targetPlaces.count)
        return (0..<scaling.horizon).map { row in
            (0..<width).map { scaling.forecast(at: uniform(row * width + $0), of: family, outputs, value: row * width + $0, frame) }
        }
    }

    /// Makes rows that were forecast the past's last ones.
    /// - Parameter rows: `[horizon][targets]`, in the units of the file.
    /// - Returns: false if a number is out of the scale; then the window isn't to be used any more.
    mutating func move(over rows: [[Double]]) -> Bool {
        for (row, numbers) in rows.enumerated() {
            for (column, number) in zip(scaling.targetPlaces, numbers) where column < width {
                guard let value = scaling.statistics.columns[column].number(number) else { return false }
                values[(movedCount + scaling.pastRowCount + row) * width + column] = value
            }
        }
        movedCount += rows.count
        return true
    }
}
