import Charts
import Datasets

/// Forecasts of several series: of each the last window of a part, its past, the forecast and the truth.
struct SeriesCharts {
    let series: SeriesWindows
    let part: DataPart
    let residuals: Residuals

    /// Maximum number of series drawn.
    private static let seriesLimit = 12
    /// Past rows drawn, as a multiple of the horizon.
    private static let pastShare = 3

    /// A chart of each series for a predicted column, with the series' name.
    func pictures(ofTarget target: Int) -> [(String, Picture)] {
        series.lastWindows(in: part).prefix(Self.seriesLimit).filter { $0.example < residuals.exampleCount }.map { window in
            (window.name, chart(window.name, window.example, target).picture)
        }
    }

    private func chart(_ name: String, _ example: Int, _ target: Int) -> LineChart {
        let (horizon, names) = (series.scaling.horizon, series.targetNames)
        let past = series.past(ofExample: example, in: part).suffix(max(2, Self.pastShare * horizon)).map { $0[target] }
        func ahead(_ values: [Double]) -> [Point] {
            (1...horizon).map { Point(Double($0), values[($0 - 1) * names.count + target]) }.filter { !$0.y.isNaN }
        }
        let known = past.enumerated().map { Point(Double($0 - past.count + 1), $1) }
        var chart = LineChart(
            "\(names[target]) of \(name)", summary: "The last rows of \(name), their forecast and what came.",
            x: Axis("rows after the last known one", areWhole: true), y: Axis("in the file's own units"),
            series: [
                .init("truth", known + ahead(residuals.truth[example]), colour: 0), .init("forecast", ahead(residuals.said[example]), colour: 1),
            ])
        if !residuals.low.isEmpty {
            chart.bands = [.init("forecast interval", lower: ahead(residuals.low[example]), upper: ahead(residuals.high[example]), colour: 1)]
        }
        return chart
    }
}
