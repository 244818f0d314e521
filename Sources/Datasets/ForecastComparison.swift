/// Errors of a model's forecasts of a part, beside those of forecasts without a model on the same windows.
public struct ForecastComparison: Sendable {
    /// Names of the predicted columns.
    public let targetNames: [String]
    /// Names of the series; empty if the file has a single one.
    public let seriesNames: [String]
    public let horizon: Int
    /// Probability of the forecasts' interval; nil if they have none.
    public let interval: Double?
    /// Rows of a season; 1 for none.
    public let season: Int
    public private(set) var model: ForecastErrors
    public private(set) var naive: [(forecast: NaiveForecast, errors: ForecastErrors)]
    private let windows: SeriesWindows
    private let part: DataPart
    /// By which errors are divided, `[series, targets]`.
    private let scales: [[Double]]

    public init(_ windows: SeriesWindows, part: DataPart) {
        (self.windows, self.part) = (windows, part)
        (targetNames, seriesNames) = (windows.targetNames, windows.seriesNames)
        (horizon, season) = (windows.scaling.horizon, windows.season)
        let none = ForecastErrors(
            outputCount: windows.scaling.horizon * windows.targetNames.count, targetCount: windows.targetNames.count,
            seriesCount: max(1, windows.seriesNames.count))
        model = none
        naive = windows.naiveForecasts.map { ($0, none) }
        let quantiles = windows.scaling.quantiles
        interval = quantiles.isEmpty ? nil : quantiles[quantiles.count - 1] - quantiles[0]
        scales = windows.seasonalDifferences(before: part)
    }

    /// Adds the model's outputs for a window.
    public mutating func add(_ outputs: [Float], ofExample example: Int) {
        let place = windows.series(ofExample: example, in: part)
        let scaling = windows.scaling
        let truth = scaling.medians(of: windows.restored(windows.targets(ofExample: example, in: part), ofExample: example, in: part))
        let deviations = windows.deviations(ofSeries: place)
        func add(_ outputs: [Float], to errors: inout ForecastErrors) {
            let restored = windows.restored(outputs, ofExample: example, in: part)
            errors.add(
                scaling.medians(of: restored), interval: scaling.interval(of: restored), truth: truth, ofSeries: place, scales: scales[place],
                deviations: deviations)
        }
        add(outputs, to: &model)
        for index in naive.indices {
            add(windows.outputs(naive[index].forecast, ofExample: example, in: part), to: &naive[index].errors)
        }
    }
}

extension SeriesWindows {
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
