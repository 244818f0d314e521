import Charts
import Configuration
import Datasets
import Inference
import NumberText
import Runs
import Threads
import Training

/// Forecasts of a series with the true values, on a part that the model wasn't trained on.
struct ForecastSection {
    let record: RunRecord
    let series: SeriesWindows
    let data: RunData
    let team: ThreadTeam
    /// Dates or times of the rows; empty if the table has none.
    private let rowNames: [String]

    init(record: RunRecord, series: SeriesWindows, data: RunData, team: ThreadTeam) {
        (self.record, self.series, self.data, self.team) = (record, series, data, team)
        rowNames = series.rowNames
    }

    /// Maximum number of windows evaluated, and of values kept from them.
    private static let windowLimit = 20_000
    private static let numberLimit = 4_000_000
    /// Maximum number of windows in a chart, so that they can be distinguished.
    private static let shownCount = 300
    private static let targetLimit = 7

    func write(on page: inout Page) {
        guard let part = series.evaluatedPart else {
            return page.warning("The run has neither a validation nor a test part to forecast: data.validationFraction and data.testFraction are 0.")
        }
        do {
            let (residuals, comparison) = try judge(part)
            write(part, residuals, comparison, on: &page)
        } catch {
            page.warning("Forecasts are missing. \(error)")
        }
    }

    private var names: [String] { series.targetNames }
    private var horizon: Int { series.scaling.horizon }

    private func judge(_ part: DataPart) throws -> (Residuals, ForecastComparison) {
        var comparison = ForecastComparison(series, part: part)
        var said: [[Double]] = []
        var truth: [[Double]] = []
        var (low, high): ([[Double]], [[Double]]) = ([], [])
        let limit = min(Self.windowLimit, max(1, Self.numberLimit / max(1, series.scaling.outputCount)))
        try record.trained.visitPredictions(of: part, data: data, limit: limit, team: team) { prediction in
            guard case .numbers = prediction.target else { return }
            comparison.add(prediction.outputs, ofExample: prediction.sequence)
            let restored = series.restored(prediction.outputs, ofExample: prediction.sequence, in: part)
            said.append(series.scaling.medians(of: restored))
            if let interval = series.scaling.interval(of: restored) {
                low.append(interval.low)
                high.append(interval.high)
            }
            truth.append(series.truth(ofExample: prediction.sequence, in: part))
        }
        return (Residuals(said: said, truth: truth, low: low, high: high), comparison)
    }

    private func write(_ part: DataPart, _ residuals: Residuals, _ comparison: ForecastComparison, on page: inout Page) {
        let errors = ForecastErrorTable(comparison)
        if let sentence = errors.sentence { page.warning(sentence) }
        let isAll = residuals.exampleCount == series.exampleCount(of: part)
        page.paragraph(introduction(part, residuals.exampleCount, isAll: isAll))
        page.grid { page in
            for target in names.indices.prefix(Self.targetLimit) {
                page.choice("forecast-\(target + 1)", pictures(target, of: part, residuals))
            }
            if horizon > 1 { page.picture("error-by-lead", errorByLead(comparison).picture) }
            page.picture("residuals", histogram(residuals).picture)
        }
        if names.count > Self.targetLimit { page.paragraph("Of \(names.count) columns the first \(Self.targetLimit) are drawn.") }
        page.table(errors.table)
        page.table(table(residuals))
    }

    private func introduction(_ part: DataPart, _ count: Int, isAll: Bool) -> String {
        let windows = "The \(part.name) part: \(isAll ? "all" : "the first") \(fixed(Double(count), decimals: 0)) windows"
        guard series.seriesNames.isEmpty else { return windows + ". Of each of the first series the last one is drawn." }
        return windows + ", of which the last \(min(Self.shownCount, count)) are drawn."
            + (series.scaling.quantiles.isEmpty ? " " + residualBand : " The band is the forecast's interval.")
    }

    private var residualBand: String {
        "A band goes from the forecast plus the 10 % quantile of these windows' "
            + "residuals to the forecast plus their 90 % quantile: as wide as the model was wrong on this part, not what it knows beforehand."
    }

    private func pictures(_ target: Int, of part: DataPart, _ residuals: Residuals) -> [(String, Picture)] {
        guard series.seriesNames.isEmpty else { return SeriesCharts(series: series, part: part, residuals: residuals).pictures(ofTarget: target) }
        return leads.map { lead in ("\(lead) ahead", chart(target, lead: lead, of: part, residuals).picture) }
    }

    /// The most distant forecast row, then the nearest.
    private var leads: [Int] { horizon > 1 ? [horizon, 1] : [1] }

    private func output(_ target: Int, lead: Int) -> Int { (lead - 1) * names.count + target }

    private func chart(_ target: Int, lead: Int, of part: DataPart, _ residuals: Residuals) -> LineChart {
        let output = output(target, lead: lead)
        let sorted = residuals.residuals(ofOutput: output).sorted()
        let (low, high) = sorted.isEmpty ? (0, 0) : (quantile(0.1, of: sorted), quantile(0.9, of: sorted))
        let windows = max(0, residuals.exampleCount - Self.shownCount)..<residuals.exampleCount
        // Named rows are counted from 0, as here; others are shown from 1.
        let first = (rowNames.isEmpty ? 1 : 0) + lead - 1
        func row(_ window: Int) -> Int { series.firstTargetRow(ofExample: window, in: part) + first }
        // What is missing isn't drawn.
        func points(_ value: (Int) -> Double) -> [Point] { windows.map { Point(Double(row($0)), value($0)) }.filter { !$0.y.isNaN } }
        let error = residuals.meanAbsoluteError(ofOutput: output)
        var chart = LineChart(
            "\(names[target]), \(lead) row\(lead == 1 ? "" : "s") ahead",
            summary: "Forecast of \(names[target]) \(lead) rows ahead beside the truth; the mean absolute error over the part is \(figure(error)).",
            x: Axis(rowNames.isEmpty ? "row of the table" : "", areWhole: true, valueNames: rowNames), y: Axis("in the file's own units"),
            series: [
                .init("truth", points { residuals.truth[$0][output] }, colour: 0), .init("forecast", points { residuals.said[$0][output] }, colour: 1),
            ])
        if !residuals.low.isEmpty {
            chart.bands = [
                .init("forecast interval", lower: points { residuals.low[$0][output] }, upper: points { residuals.high[$0][output] }, colour: 1)
            ]
            return chart
        }
        chart.bands = [
            .init(
                "10–90 % of residuals", lower: points { residuals.said[$0][output] + low }, upper: points { residuals.said[$0][output] + high }, colour: 1)
        ]
        return chart
    }

    // MARK: Errors

    /// Errors of all columns together, each in its own deviations, compared with forecasts without a model.
    private func errorByLead(_ comparison: ForecastComparison) -> LineChart {
        let deviations = names.map { name in series.statistics.columns.first { $0.name == name }?.deviation ?? 1 }
        func points(_ errors: ForecastErrors) -> [Point] {
            (1...horizon).map { lead in
                let sum = names.indices.reduce(0) { $0 + errors.figures(column: $1, ahead: lead).meanAbsoluteError / deviations[$1] }
                return Point(Double(lead), sum / Double(max(1, names.count)))
            }
        }
        let model = points(comparison.model)
        var lines = [LineChart.Series("the model", model, style: .dottedLine, colour: 1)]
        for (place, naive) in comparison.naive.filter({ ![.mean, .windowMean, .drift, .adjustedLastRow(series.season)].contains($0.forecast) }).enumerated() {
            lines.append(.init(naive.forecast.title, points(naive.errors), style: .dottedLine, colour: place == 0 ? 0 : 2))
        }
        return LineChart(
            "Error by rows ahead",
            summary: "The model's mean absolute error is \(figure(model.first?.y ?? 0)) deviations one row ahead, and "
                + "\(figure(model.last?.y ?? 0)) \(counted(horizon, "row")) ahead.",
            x: Axis("rows ahead", areWhole: true), y: Axis("mean absolute error, in deviations of the training part", including: [0]), series: lines)
    }

    private func histogram(_ residuals: Residuals) -> Histogram {
        let target = names.count - 1
        return Histogram(
            "Residuals of \(names[target]), \(horizon) row\(horizon == 1 ? "" : "s") ahead", summary: "How often the truth lay how far above the forecast.",
            name: "truth − forecast", values: residuals.residuals(ofOutput: output(target, lead: horizon)))
    }

    private func table(_ residuals: Residuals) -> Table {
        let rows = names.indices.map { target in
            let output = output(target, lead: horizon)
            let sorted = residuals.residuals(ofOutput: output).sorted()
            let quantiles = [0.1, 0.5, 0.9].map { sorted.isEmpty ? "–" : figure(quantile($0, of: sorted), digits: 3) }
            return Table.Row(
                cells: [
                    .init(names[target]), .init(figure(residuals.meanAbsoluteError(ofOutput: output))), .init(figure(residuals.rootMeanSquaredError(ofOutput: output))),
                ] + quantiles.map { Table.Cell($0) })
        }
        return Table(
            columns: [
                .init(name: "column, \(horizon) row\(horizon == 1 ? "" : "s") ahead", isCode: true), .init(name: "mean absolute error", isNumber: true),
                .init(name: "root mean squared error", isNumber: true), .init(name: "residual 10 %", isNumber: true), .init(name: "median", isNumber: true),
                .init(name: "90 %", isNumber: true),
            ], rows: rows)
    }
}
