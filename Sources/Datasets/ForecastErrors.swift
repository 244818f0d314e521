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
        /// Of true values, their sizes; and of those that aren't 0, their number and the errors' shares of them.
        var truth = 0.0
        var truthCount = 0
        var share = 0.0
        /// Number of true values within the interval of the forecast.
        var coveredCount = 0
        /// Twice the mean quantile loss over the forecast's levels; of a single number its absolute error.
        var quantile = 0.0
        /// Continuous ranked probability scores; of a single number its absolute error.
        var ranked = 0.0
        /// Of standardised values.
        var standardisedAbsolute = 0.0

        mutating func add(_ other: Sums) {
            count += other.count
            absolute += other.absolute
            squared += other.squared
            symmetric += other.symmetric
            scaled += other.scaled
            scaledCount += other.scaledCount
            standardised += other.standardised
            (truth, truthCount, share) = (truth + other.truth, truthCount + other.truthCount, share + other.share)
            coveredCount += other.coveredCount
            quantile += other.quantile
            (ranked, standardisedAbsolute) = (ranked + other.ranked, standardisedAbsolute + other.standardisedAbsolute)
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

    /// What a forecast of a window says, in the units of the file, each `[horizon, targets]`.
    struct Forecast {
        /// A single number for each value, or the median.
        let numbers: [Double]
        /// The ends of each interval; nil for none.
        var interval: (low: [Double], high: [Double])?
        /// Levels of the interval's ends.
        var levels: (low: Double, high: Double) = (0.5, 0.5)
        /// Continuous ranked probability scores; nil if the forecast isn't a distribution.
        var scores: [Double]?
    }

    /// Adds a window's forecast.
    /// - Parameters:
    ///   - truth: in the units of the file, `[horizon, targets]`; NaN where it is missing.
    ///   - scales: by which the errors of each column are divided for the scaled error; 0 for none.
    ///   - deviations: of each column.
    mutating func add(_ forecast: Forecast, truth: [Double], ofSeries place: Int, scales: [Double], deviations: [Double]) {
        // What is missing has no error.
        for output in outputs.indices where !truth[output].isNaN {
            let column = output % targetCount
            let (number, truth) = (forecast.numbers[output], truth[output])
            let (error, size) = (abs(number - truth), abs(number) + abs(truth))
            var one = Sums(count: 1, absolute: error, squared: error * error, symmetric: size > 0 ? 200 * error / size : 0)
            if scales[column] > 0 { (one.scaled, one.scaledCount) = (error / scales[column], 1) }
            one.standardised = (error / deviations[column]) * (error / deviations[column])
            one.truth = abs(truth)
            if truth != 0 { (one.truthCount, one.share) = (1, error / abs(truth)) }
            one.quantile = error
            if let interval = forecast.interval {
                let (low, high) = (interval.low[output], interval.high[output])
                if low <= truth, truth <= high { one.coveredCount = 1 }
                one.quantile = (error + Self.twice(truth - low, forecast.levels.low) + Self.twice(truth - high, forecast.levels.high)) / 3
            }
            one.ranked = forecast.scores?[output] ?? error
            one.standardisedAbsolute = error / deviations[column]
            outputs[output].add(one)
            series[place * targetCount + column].add(one)
        }
    }

    /// Twice the quantile loss of a quantile that lies `excess` below the truth.
    private static func twice(_ excess: Double, _ level: Double) -> Double { 2 * (excess > 0 ? level * excess : (level - 1) * excess) }

    /// Adds other errors of as many rows, columns and series.
    mutating func add(_ other: ForecastErrors) {
        for place in outputs.indices { outputs[place].add(other.outputs[place]) }
        for place in series.indices where place < other.series.count { series[place].add(other.series[place]) }
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
    /// MAPE in percent: 100·|error| / |truth|, over the true values that aren't 0; nil if there is none.
    public let percentageError: Double?
    /// Share of true values within the interval of the forecast; 0 for forecasts without one.
    public let coverage: Double
    /// Twice the sum of the quantile losses, averaged over the forecast's levels, divided by the sum of the true values' sizes: GluonTS's mean weighted quantile
    /// loss. Of forecasts that are single numbers the sum of absolute errors, divided by that. Nil where all true values are 0.
    public let weightedQuantileLoss: Double?
    /// CRPS, in the units of the file; of forecasts that aren't distributions the mean absolute error.
    public let rankedProbabilityScore: Double
    /// In deviations of the training part.
    public let standardisedAbsoluteError: Double

    init(_ sums: ForecastErrors.Sums) {
        let count = Double(sums.count)
        self.count = sums.count
        (meanAbsoluteError, rootMeanSquaredError) = (sums.absolute / count, (sums.squared / count).squareRoot())
        symmetricPercentageError = sums.symmetric / count
        scaledError = sums.scaledCount > 0 ? sums.scaled / Double(sums.scaledCount) : nil
        standardisedSquaredError = sums.standardised / count
        percentageError = sums.truthCount > 0 ? 100 * sums.share / Double(sums.truthCount) : nil
        coverage = Double(sums.coveredCount) / count
        weightedQuantileLoss = sums.truth > 0 ? sums.quantile / sums.truth : nil
        (rankedProbabilityScore, standardisedAbsoluteError) = (sums.ranked / count, sums.standardisedAbsolute / count)
    }
}
