import Datasets
import NumberText
import StrictJSON

/// Errors of forecasts in the units of the file, as `evaluate` prints them.
struct ForecastText {
    let comparison: ForecastComparison
    /// The model's.
    let loss: Double
    /// Of forecasts without a model.
    let naiveLosses: [(forecast: NaiveForecast, loss: Double)]

    /// Maximum number of columns in the table; all are in the JSON.
    private static let columnLimit = 20

    /// A sentence if a forecast without a model is as good, the losses of those, and a table with a line for each column.
    var lines: [String] {
        let names = comparison.targetNames
        let rows = names.indices.prefix(Self.columnLimit).map { [JSONValue.printable(names[$0], scalarCount: 20)] + cells($0) }
        let left = names.count - rows.count
        return sentence + (naiveLosses.isEmpty ? [] : [losses]) + table([["in the file's units"] + titles] + rows)
            + (left > 0 ? ["  \(counted(left, "more column")): --json has all"] : [])
    }

    /// Of the cells of a column's errors.
    var titles: [String] {
        let repeats = ["last row's"] + (comparison.season > 1 ? ["last season's"] : [])
        return ["mean abs. error"] + repeats + ["RMSE", "sMAPE, %", "MASE", "OWA"] + (comparison.interval == nil ? [] : ["coverage", "wQL"])
            + (comparison.hasDistributions ? ["CRPS"] : [])
    }

    /// Rows of cells, of which the first has the titles.
    func table(_ rows: [[String]]) -> [String] {
        let widths = [22, 17] + titles.dropFirst().map { max(11, $0.count + 2) }
        return rows.map { line($0, widths) }
    }

    private var sentence: [String] {
        if comparison.hasDistributions {
            return comparison.verdict.map { ["  \($0.words), whose mean absolute error is \(figure($0.its)) \(comparison.scaleWords); the medians' is \(figure($0.models))"] } ?? []
        }
        guard let best = naiveLosses.min(by: { $0.loss < $1.loss }), let words = best.forecast.words(loss: best.loss, modelsLoss: loss) else { return [] }
        return ["  \(words), whose loss is \(lossText(best.loss))"]
    }

    private var losses: String { "  loss of " + naiveLosses.map { "\($0.forecast.title) \(lossText($0.loss))" }.joined(separator: ", ") }

    /// The model's errors of a column, and the mean absolute errors of forecasts that repeat rows.
    func cells(_ column: Int) -> [String] {
        let figures = comparison.model.figures(column: column)
        let repeats = comparison.naive.filter { $0.forecast == .lastRow || $0.forecast == .season(comparison.season) }
        return [figure(figures.meanAbsoluteError)] + repeats.map { figure($0.errors.figures(column: column).meanAbsoluteError) }
            + [figure(figures.rootMeanSquaredError), figure(figures.symmetricPercentageError), figures.scaledError.map { figure($0) } ?? "–",
                comparison.overallWeightedAverage(of: comparison.model, column: column).map { figure($0) } ?? "–"]
            + (comparison.interval == nil ? [] : [shareText(figures.coverage), figures.weightedQuantileLoss.map { figure($0) } ?? "–"])
            + (comparison.hasDistributions ? [figure(figures.rankedProbabilityScore)] : [])
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        "  " + zip(cells, widths).enumerated().map { place, cell in
            let gap = String(repeating: " ", count: max(place == 0 ? 0 : 1, cell.1 - cell.0.count))
            return place == 0 ? cell.0 + gap : gap + cell.0
        }.joined()
    }

    // MARK: JSON

    var json: JSONValue {
        var members = [JSONMember(key: "season", value: .integer(comparison.season))] + unitless(comparison.model)
        if let interval = comparison.interval { members.append(JSONMember(key: "interval", value: .real(interval))) }
        members.append(JSONMember(key: "columns", value: .list(comparison.targetNames.indices.map(column))))
        members.append(JSONMember(key: "naive", value: .list(comparison.naive.map(naive))))
        if !comparison.seriesNames.isEmpty { members.append(JSONMember(key: "series", value: .list(comparison.seriesNames.indices.compactMap(series)))) }
        return JSONValue(.object(members))
    }

    private func unitless(_ errors: ForecastErrors) -> [JSONMember] {
        let figures = errors.figures()
        return [
            JSONMember(key: "standardisedSquaredError", value: .real(figures.standardisedSquaredError)),
            JSONMember(key: "symmetricPercentageError", value: .real(figures.symmetricPercentageError)),
            JSONMember(key: "scaledError", value: figures.scaledError.map(JSONValue.real) ?? JSONValue(.null)),
            JSONMember(key: "overallWeightedAverage", value: comparison.overallWeightedAverage(of: errors).map(JSONValue.real) ?? JSONValue(.null)),
        ]
    }

    private func members(_ figures: ForecastFigures) -> [JSONMember] {
        [
            JSONMember(key: "meanAbsoluteError", value: .real(figures.meanAbsoluteError)),
            JSONMember(key: "rootMeanSquaredError", value: .real(figures.rootMeanSquaredError)),
            JSONMember(key: "symmetricPercentageError", value: .real(figures.symmetricPercentageError)),
            JSONMember(key: "scaledError", value: figures.scaledError.map(JSONValue.real) ?? JSONValue(.null)),
            JSONMember(key: "percentageError", value: figures.percentageError.map(JSONValue.real) ?? JSONValue(.null)),
        ] + probabilistic(figures)
    }

    /// Of forecasts with an interval, and of distributions; of the forecasts beside them the same, so that they can be compared.
    private func probabilistic(_ figures: ForecastFigures) -> [JSONMember] {
        let losses = comparison.interval == nil
            ? [] : [JSONMember(key: "weightedQuantileLoss", value: figures.weightedQuantileLoss.map(JSONValue.real) ?? JSONValue(.null))]
        return losses + (comparison.hasDistributions ? [JSONMember(key: "rankedProbabilityScore", value: .real(figures.rankedProbabilityScore))] : [])
    }

    private func column(_ place: Int) -> JSONValue {
        let ahead = (1...comparison.horizon).map { comparison.model.figures(column: place, ahead: $0) }
        let byHorizon: JSONValue = .object([
            "meanAbsoluteError": .list(ahead.map { .real($0.meanAbsoluteError) }), "rootMeanSquaredError": .list(ahead.map { .real($0.rootMeanSquaredError) }),
        ])
        let figures = comparison.model.figures(column: place)
        let coverage = comparison.interval == nil ? [] : [JSONMember(key: "coverage", value: .real(figures.coverage))]
        return named(place, figures, coverage + [JSONMember(key: "byHorizon", value: byHorizon)])
    }

    private func named(_ place: Int, _ figures: ForecastFigures, _ more: [JSONMember] = []) -> JSONValue {
        JSONValue(.object([JSONMember(key: "column", value: .text(comparison.targetNames[place]))] + members(figures) + more))
    }

    private func naive(_ naive: (forecast: NaiveForecast, errors: ForecastErrors)) -> JSONValue {
        let columns = comparison.targetNames.indices.map { named($0, naive.errors.figures(column: $0)) }
        return JSONValue(
            .object(
                [JSONMember(key: "forecast", value: .text(naive.forecast.key))] + unitless(naive.errors) + [JSONMember(key: "columns", value: .list(columns))]))
    }

    /// Nil for a series without a window in the part.
    private func series(_ place: Int) -> JSONValue? {
        guard comparison.model.figures(ofSeries: place, column: 0).count > 0 else { return nil }
        let columns = comparison.targetNames.indices.map { named($0, comparison.model.figures(ofSeries: place, column: $0)) }
        return .object(["id": .text(comparison.seriesNames[place]), "columns": .list(columns)])
    }
}
