import Batches

/// Errors of a model's forecasts of a part, beside those of forecasts without a model on the same windows.
public struct ForecastComparison: Sendable {
    /// Names of the predicted columns.
    public let targetNames: [String]
    /// Names of the series; empty if the file has a single one.
    public let seriesNames: [String]
    public let horizon: Int
    /// Probability of the forecasts' interval; nil if they have none.
    public let interval: Double?
    /// Whether the forecasts are distributions.
    public let hasDistributions: Bool
    /// What a standardised error is counted in: "deviations".
    public let scaleWords: String
    /// Rows of a season; 1 for none.
    public let season: Int
    public private(set) var model: ForecastErrors
    public private(set) var naive: [(forecast: NaiveForecast, errors: ForecastErrors)]
    private let windows: SeriesWindows
    private let forecasts: NaiveForecasts
    private let part: DataPart
    /// By which errors are divided, `[series, targets]`.
    private let scales: [[Double]]

    public init(_ windows: SeriesWindows, part: DataPart) {
        (self.windows, self.part) = (windows, part)
        forecasts = NaiveForecasts(windows, part: part)
        (targetNames, seriesNames) = (windows.targetNames, windows.seriesNames)
        (horizon, season) = (windows.scaling.horizon, windows.season)
        let none = ForecastErrors(
            outputCount: windows.scaling.horizon * windows.targetNames.count, targetCount: windows.targetNames.count,
            seriesCount: max(1, windows.seriesNames.count))
        model = none
        naive = forecasts.all.map { ($0, none) }
        hasDistributions = windows.scaling.loss.distribution != nil
        scaleWords = windows.scaling.loss.distribution?.isOfCounts == true ? "units of 1 + the mean count" : "deviations"
        let quantiles = windows.scaling.quantiles
        interval = quantiles.isEmpty ? nil : quantiles[quantiles.count - 1] - quantiles[0]
        scales = windows.seasonalDifferences(before: part)
    }

    /// Adds the model's outputs for a window.
    public mutating func add(_ outputs: [Float], ofExample example: Int) {
        let place = windows.series(ofExample: example, in: part)
        let (truth, deviations) = (windows.truth(ofExample: example, in: part), windows.deviations(ofSeries: place))
        model.add(
            windows.forecast(outputs, truth: truth, ofExample: example, in: part), truth: truth, ofSeries: place, scales: scales[place], deviations: deviations)
        for index in naive.indices {
            let values = forecasts.values(naive[index].forecast, ofExample: example)
            naive[index].errors.add(
                .init(numbers: windows.restoredValues(values, ofExample: example, in: part)), truth: truth, ofSeries: place, scales: scales[place],
                deviations: deviations)
        }
    }

    /// Adds the errors of other forecasts of the same columns. Those by series only if the series are the same.
    public mutating func add(_ other: ForecastComparison) {
        model.add(other.model)
        for index in naive.indices { naive[index].errors.add(other.naive[index].errors) }
    }

    /// OWA, the M4 competition's measure of some forecasts: half of the sum of sMAPE and MASE, each divided by that of Naive 2; below 1 for a better one.
    /// Nil where these aren't above 0. Of series without a season Naive 2 is the last row.
    /// - Parameter column: nil for all.
    public func overallWeightedAverage(of errors: ForecastErrors, column: Int? = nil) -> Double? {
        let (own, base) = (errors.figures(column: column), naive.first { $0.forecast == (season > 1 ? .adjustedLastRow(season) : .lastRow) })
        guard let base = base?.errors.figures(column: column), let scaled = own.scaledError, let baseScaled = base.scaledError,
            baseScaled > 0, base.symmetricPercentageError > 0
        else { return nil }
        return (own.symmetricPercentageError / base.symmetricPercentageError + scaled / baseScaled) / 2
    }

    /// The best forecast without a model, if the model is no better than it or hardly better: the words for that, and both errors. Of distributions the mean absolute
    /// error of their medians in deviations; otherwise the mean squared error of standardised values.
    public var verdict: (words: String, forecast: NaiveForecast, its: Double, models: Double)? {
        func figure(_ errors: ForecastErrors) -> Double {
            hasDistributions ? errors.figures().standardisedAbsoluteError : errors.figures().standardisedSquaredError
        }
        guard let best = naive.min(by: { figure($0.errors) < figure($1.errors) }) else { return nil }
        let (its, models) = (figure(best.errors), figure(model))
        return best.forecast.words(loss: its, modelsLoss: models).map { ($0, best.forecast, its, models) }
    }
}

extension SeriesWindows {
    /// What a model's outputs say of a window, in the units of the file.
    func forecast(_ outputs: [Float], truth: [Double], ofExample example: Int, in part: DataPart) -> ForecastErrors.Forecast {
        let (place, row) = starts(of: part)[example]
        let (own, frame) = (scaling(ofSeries: place), frame(ofWindowAt: row))
        let restored = own.restored(outputs, frame)
        var forecast = ForecastErrors.Forecast(numbers: own.medians(of: restored), interval: own.interval(of: restored))
        if let low = own.quantiles.first, let high = own.quantiles.last { forecast.levels = (low, high) }
        forecast.scores = own.rankedProbabilityScores(outputs, truth: truth, frame)
        return forecast
    }

    /// Mean absolute difference of the rows before `part`, of training those of the part, from the rows one season before, in the units of the file.
    /// `[series, targets]`; 0 where there is no such row.
    func seasonalDifferences(before part: DataPart) -> [[Double]] {
        series.indices.map { place in
            let rows = rows(ofSeries: place, before: part)
            let (width, deviations) = (statistics.columns.count, deviations(ofSeries: place))
            return scaling.targetPlaces.enumerated().map { target, column in
                guard rows.count > season else { return 0 }
                let sum = (rows.lowerBound + season..<rows.upperBound).reduce(0.0) { sum, row in
                    sum + abs(Double(values[row * width + column]) - Double(values[(row - season) * width + column]))
                }
                return sum / Double(rows.count - season) * deviations[target]
            }
        }
    }
}
