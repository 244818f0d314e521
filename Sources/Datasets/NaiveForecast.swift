import Batches

/// A forecast without a model, with which a model's forecasts are compared.
public enum NaiveForecast: Sendable, Hashable {
    /// The window's last row again.
    case lastRow
    /// The line through the series' first row and the window's last.
    case drift
    /// The training part's mean.
    case mean
    /// The mean of the window's rows: a moving average.
    case windowMean
    /// The row one season, of so many rows, before; the last row where there is none.
    case season(Int)
    /// The M4 competition's Naive 2: the last row without its season, of so many rows, with the season of the row to forecast.
    case adjustedLastRow(Int)

    /// In an evaluation's JSON.
    public var key: String {
        switch self {
        case .lastRow: "lastRow"
        case .drift: "drift"
        case .mean: "mean"
        case .windowMean: "windowMean"
        case .season: "seasonalNaive"
        case .adjustedLastRow: "naive2"
        }
    }

    public var title: String {
        switch self {
        case .lastRow: "repeating the last row"
        case .drift: "drift"
        case .mean: "the training mean"
        case .windowMean: "the window's mean"
        case .season(let count): "repeating the last season (\(count) rows)"
        case .adjustedLastRow: "Naive 2 (the last row, seasonally adjusted)"
        }
    }

    /// How a model compares with this forecast: "no better than drift"; nil if its loss is lower by 1 % or more.
    public func words(loss: Double, modelsLoss: Double) -> String? {
        guard modelsLoss < loss else { return "no better than \(title)" }
        return modelsLoss > 0.99 * loss ? "less than 1 % better than \(title)" : nil
    }
}

/// Forecasts without a model of a part's windows.
struct NaiveForecasts: Sendable {
    let all: [NaiveForecast]
    private let windows: SeriesWindows
    private let part: DataPart
    /// `[series, targets]`
    private let indices: [[SeasonalIndices]]

    /// Those of seasons only if a season has several rows. Cost: reads the rows before the part.
    init(_ windows: SeriesWindows, part: DataPart) {
        (self.windows, self.part) = (windows, part)
        let season = windows.season
        all = [.lastRow, .drift, .mean, .windowMean] + (season > 1 ? [.season(season), .adjustedLastRow(season)] : [])
        indices = season > 1 ? windows.seasonalIndices(before: part) : []
    }

    /// A forecast in the frame of ``SeriesWindows/targets(ofExample:in:)``. `[horizon, targets]`.
    func values(_ forecast: NaiveForecast, ofExample example: Int) -> [Float] {
        let (place, start) = windows.starts(of: part)[example]
        let (scaling, values) = (windows.scaling, windows.values)
        let (width, series) = (windows.statistics.columns.count, windows.series[place])
        let last = start + scaling.pastRowCount - 1
        let (frame, own) = (windows.frame(ofWindowAt: start), windows.scaling(ofSeries: place).statistics.columns)
        return (1...scaling.horizon).flatMap { ahead in
            scaling.targetPlaces.enumerated().map { target, column -> Float in
                let lastValue = values[last * width + column]
                let value: Float
                switch forecast {
                case .lastRow: value = lastValue
                case .mean: value = windows.meanValue(own[column])
                case .windowMean:
                    value = (start + scaling.lead...last).reduce(Float(0)) { $0 + values[$1 * width + column] } / Float(scaling.length)
                case .drift:
                    let slope = last > series.lowerBound ? (lastValue - values[series.lowerBound * width + column]) / Float(last - series.lowerBound) : 0
                    value = lastValue + slope * Float(ahead)
                case .season(let count):
                    let row = last + ahead - (ahead + count - 1) / count * count
                    value = row < series.lowerBound ? lastValue : values[row * width + column]
                case .adjustedLastRow:
                    let (share, row) = (indices[place][target], last - series.lowerBound)
                    value = Float(own[column].standardised(own[column].restored(Double(lastValue)) / share[row] * share[row + ahead]))
                }
                let output = (ahead - 1) * scaling.targetPlaces.count + target
                return (value - frame.base(ofValue: output)) / frame.scale(ofValue: output)
            }
        }
    }
}

extension SeriesWindows {
    /// By the rows before `part`, of training those of the part. `[series, targets]`.
    fileprivate func seasonalIndices(before part: DataPart) -> [[SeasonalIndices]] {
        let width = statistics.columns.count
        return series.indices.map { place in
            let (rows, own) = (rows(ofSeries: place, before: part), scaling(ofSeries: place).statistics.columns)
            return scaling.targetPlaces.map { column in
                SeasonalIndices(rows.map { own[column].restored(Double(values[$0 * width + column])) }, season: season)
            }
        }
    }

    /// The training part's mean of a predicted column, standardised.
    fileprivate func meanValue(_ column: SeriesStatistics.Column) -> Float {
        scaling.loss.distribution?.isOfCounts == true ? Float(1 - 1 / column.deviation) : 0
    }

    /// The mean loss of each forecast without a model over a part, as the model's loss is computed; empty for a part without a window,
    /// and where the loss is one of a distribution, which those forecasts don't have.
    /// Cost: visits all windows.
    public func naiveLosses(of part: DataPart) -> [(forecast: NaiveForecast, loss: Double)] {
        guard let numberLoss = task.output.loss.ofNumbers, exampleCount(of: part) > 0 else { return [] }
        let naive = NaiveForecasts(self, part: part)
        var sums = Array(repeating: 0.0, count: naive.all.count)
        var count = 0
        for example in 0..<exampleCount(of: part) {
            let targets = targets(ofExample: example, in: part)
            count += targets.count { !$0.isNaN } * scaling.outputsPerValue
            for (place, forecast) in naive.all.enumerated() {
                for (value, forecast) in naive.values(forecast, ofExample: example).enumerated() where !targets[value].isNaN {
                    for output in value * scaling.outputsPerValue..<(value + 1) * scaling.outputsPerValue {
                        sums[place] += numberLoss.value(ofError: forecast - targets[value], output: output)
                    }
                }
            }
        }
        return zip(naive.all, sums).map { ($0, $1 / Double(count)) }
    }

    /// The forecast without a model with the lowest loss on a part; nil for a part without a window.
    public func bestNaive(of part: DataPart) -> (forecast: NaiveForecast, loss: Double)? { naiveLosses(of: part).min { $0.loss < $1.loss } }
}
