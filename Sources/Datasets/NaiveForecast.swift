import Batches

/// A forecast without a model, with which a model's forecasts are compared.
public enum NaiveForecast: Sendable, Hashable {
    /// The window's last row again.
    case lastRow
    /// The line through the series' first row and the window's last.
    case drift
    /// The training part's mean.
    case mean
    /// The row one season, of so many rows, before; the last row where there is none.
    case season(Int)

    /// In an evaluation's JSON.
    public var key: String {
        switch self {
        case .lastRow: "lastRow"
        case .drift: "drift"
        case .mean: "mean"
        case .season: "seasonalNaive"
        }
    }

    public var title: String {
        switch self {
        case .lastRow: "repeating the last row"
        case .drift: "drift"
        case .mean: "the training mean"
        case .season(let count): "repeating the last season (\(count) rows)"
        }
    }
}

extension SeriesWindows {
    /// Forecasts without a model: the seasonal one only if a season has several rows.
    public var naiveForecasts: [NaiveForecast] { [.lastRow, .drift, .mean] + (season > 1 ? [.season(season)] : []) }

    /// A forecast in the scale of the model's outputs, the same for all quantiles. `[horizon, targets, quantiles]`.
    func outputs(_ forecast: NaiveForecast, ofExample example: Int, in part: DataPart) -> [Float] {
        let (place, start) = starts(of: part)[example]
        let (width, series) = (statistics.columns.count, series[place])
        let last = start + scaling.length - 1
        let bases = targetBases(ofWindowAt: start)
        return (1...scaling.horizon).flatMap { ahead in
            scaling.targetPlaces.enumerated().flatMap { target, column -> [Float] in
                let lastValue = values[last * width + column]
                let value: Float
                switch forecast {
                case .lastRow: value = lastValue
                case .mean: value = 0
                case .drift:
                    let slope = last > series.lowerBound ? (lastValue - values[series.lowerBound * width + column]) / Float(last - series.lowerBound) : 0
                    value = lastValue + slope * Float(ahead)
                case .season(let count):
                    let row = last + ahead - (ahead + count - 1) / count * count
                    value = row < series.lowerBound ? lastValue : values[row * width + column]
                }
                return Array(repeating: value - bases[(ahead - 1) * scaling.targetPlaces.count + target], count: scaling.outputsPerValue)
            }
        }
    }

    /// The true values in the scale of the model's outputs, the same for all quantiles. `[horizon, targets, quantiles]`.
    func targets(ofExample example: Int, in part: DataPart) -> [Float] {
        let start = starts(of: part)[example].row
        let width = statistics.columns.count
        return targetBases(ofWindowAt: start).enumerated().flatMap { place, base in
            let (ahead, target) = place.quotientAndRemainder(dividingBy: scaling.targetPlaces.count)
            let value = values[(start + scaling.length + ahead) * width + scaling.targetPlaces[target]] - base
            return Array(repeating: value, count: scaling.outputsPerValue)
        }
    }

    /// The mean loss of each forecast without a model over a part, as the model's loss is computed; empty for a part without a window.
    /// Cost: visits all windows.
    public func naiveLosses(of part: DataPart) -> [(forecast: NaiveForecast, loss: Double)] {
        guard let numberLoss = task.output.loss.ofNumbers, exampleCount(of: part) > 0 else { return [] }
        var sums = Array(repeating: 0.0, count: naiveForecasts.count)
        for example in 0..<exampleCount(of: part) {
            let targets = targets(ofExample: example, in: part)
            for (place, forecast) in naiveForecasts.enumerated() {
                let outputs = outputs(forecast, ofExample: example, in: part)
                for output in targets.indices { sums[place] += numberLoss.value(ofError: outputs[output] - targets[output], output: output) }
            }
        }
        let count = Double(exampleCount(of: part) * scaling.outputCount)
        return zip(naiveForecasts, sums).map { ($0, $1 / count) }
    }

    /// The forecast without a model with the lowest loss on a part; nil for a part without a window.
    public func bestNaive(of part: DataPart) -> (forecast: NaiveForecast, loss: Double)? { naiveLosses(of: part).min { $0.loss < $1.loss } }
}
