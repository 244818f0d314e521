/// Errors of forecasts in the units of the file, by rows ahead, column and series.
public struct ForecastErrors: Sendable {
    /// Sums over forecasts of one column.
    struct Sums: Sendable {
        var count = 0
        var absolute = 0.0
        var squared = 0.0
        var symmetric = 0.0
        var scaled = 0.0
        /// Number of forecasts with a scaled error.
        var scaledCount = 0
        /// Of standardised values.
        var standardised = 0.0
        /// Number of true values within the interval of the forecast.
        var coveredCount = 0

        mutating func add(_ other: Sums) {
            count += other.count
            absolute += other.absolute
            squared += other.squared
            symmetric += other.symmetric
            scaled += other.scaled
            scaledCount += other.scaledCount
            standardised += other.standardised
            coveredCount += other.coveredCount
        }
    }

    private let targetCount: Int
    /// `[horizon, targets]`, over all series.
    private var outputs: [Sums]
    /// `[series, targets]`, over all rows ahead.
    private var series: [Sums]

    init(outputCount: Int, targetCount: Int, seriesCount: Int) {
        self.targetCount = targetCount
        outputs = Array(repeating: Sums(), count: outputCount)
        series = Array(repeating: Sums(), count: seriesCount * targetCount)
    }

    /// Adds a window's forecast.
    /// - Parameters:
    ///   - forecast: in the units of the file, `[horizon, targets]`, as `truth`.
    ///   - interval: the ends of each forecast's interval; nil for none.
    ///   - scales: by which the errors of each column are divided for the scaled error; 0 for none.
    ///   - deviations: of each column.
    mutating func add(
        _ forecast: [Double], interval: (low: [Double], high: [Double])? = nil, truth: [Double], ofSeries place: Int, scales: [Double], deviations: [Double]
    ) {
        for output in outputs.indices {
            let column = output % targetCount
            let (error, size) = (abs(forecast[output] - truth[output]), abs(forecast[output]) + abs(truth[output]))
            var one = Sums(count: 1, absolute: error, squared: error * error, symmetric: size > 0 ? 200 * error / size : 0)
            if scales[column] > 0 { (one.scaled, one.scaledCount) = (error / scales[column], 1) }
            one.standardised = (error / deviations[column]) * (error / deviations[column])
            if let interval, interval.low[output] <= truth[output], truth[output] <= interval.high[output] { one.coveredCount = 1 }
            outputs[output].add(one)
            series[place * targetCount + column].add(one)
        }
    }

    /// Means of a column's errors; over all columns if `column` is nil, which is of use only for errors without a unit.
    /// - Parameter ahead: rows ahead, from 1; nil for all.
    public func figures(column: Int? = nil, ahead: Int? = nil) -> ForecastFigures {
        var sums = Sums()
        for (output, own) in outputs.enumerated() {
            let (row, target) = output.quotientAndRemainder(dividingBy: targetCount)
            if column ?? target == target, ahead ?? row + 1 == row + 1 { sums.add(own) }
        }
        return ForecastFigures(sums)
    }

    /// Means of the errors of one series.
    public func figures(ofSeries place: Int, column: Int) -> ForecastFigures { ForecastFigures(series[place * targetCount + column]) }
}

/// Means of the errors of forecasts.
public struct ForecastFigures: Sendable, Equatable {
    /// Number of forecast values; the figures are NaN if it is 0.
    public let count: Int
    /// In the units of the file, as ``rootMeanSquaredError``.
    public let meanAbsoluteError: Double
    public let rootMeanSquaredError: Double
    /// sMAPE in percent, as M4 defines it: 200·|error| / (|forecast| + |truth|), and 0 where both are 0.
    public let symmetricPercentageError: Double
    /// MASE: the mean absolute error, divided by that of repeating the row one season before, over the rows before the part (Hyndman & Koehler 2006).
    /// Nil for a series that is the same each season.
    public let scaledError: Double?
    /// In deviations of the training part.
    public let standardisedSquaredError: Double
    /// Share of true values within the interval of the forecast; 0 for forecasts without one.
    public let coverage: Double

    init(_ sums: ForecastErrors.Sums) {
        let count = Double(sums.count)
        self.count = sums.count
        (meanAbsoluteError, rootMeanSquaredError) = (sums.absolute / count, (sums.squared / count).squareRoot())
        symmetricPercentageError = sums.symmetric / count
        scaledError = sums.scaledCount > 0 ? sums.scaled / Double(sums.scaledCount) : nil
        standardisedSquaredError = sums.standardised / count
        coverage = Double(sums.coveredCount) / count
    }
}
