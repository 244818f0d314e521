public import Datasets
public import Runs
public import Threads

extension TrainedRun {
    /// Errors of the model's forecasts of a part in the units of the file, beside those of forecasts without a model; nil if the data aren't a series.
    /// Not collective: this process computes all of them.
    /// - Throws: as ``visitPredictions(of:data:limit:team:_:)``.
    public func forecastComparison(of part: DataPart, data: RunData, team: ThreadTeam) throws -> ForecastComparison? {
        guard let windows = data.dataset as? SeriesWindows else { return nil }
        var comparison = ForecastComparison(windows, part: part)
        try visitPredictions(of: part, data: data, team: team) { comparison.add($0.outputs, ofExample: $0.sequence) }
        return comparison
    }
}
