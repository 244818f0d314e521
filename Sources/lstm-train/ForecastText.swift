import Datasets
import NumberText
import StrictJSON

/// Errors of forecasts in the units of the file, as `evaluate` prints them.
struct ForecastText {
    let comparison: ForecastComparison
    /// The forecast without a model with the lowest loss, if the model's isn't lower.
    let better: (forecast: NaiveForecast, loss: Double)?

    /// Maximum number of columns in the table; all are in the JSON.
    private static let columnLimit = 20

    init(_ comparison: ForecastComparison, loss: Double, best: (forecast: NaiveForecast, loss: Double)?) {
        self.comparison = comparison
        better = best.flatMap { loss < $0.loss ? nil : $0 }
    }

    /// A sentence if a forecast without a model is as good, then a line for each column and forecast.
    var lines: [String] {
        let names = comparison.targetNames
        var rows = [["errors in the file's units", "mean absolute", "root mean sq.", "sMAPE, %", "MASE"]]
        for column in names.indices.prefix(Self.columnLimit) {
            rows.append([JSONValue.printable(names[column], scalarCount: 34)] + cells(comparison.model.figures(column: column)))
            for naive in comparison.naive { rows.append(["  \(naive.forecast.title)"] + cells(naive.errors.figures(column: column))) }
        }
        let left = names.count - min(names.count, Self.columnLimit)
        return sentence + rows.map(line) + (left > 0 ? ["  \(counted(left, "more column")): --json has all"] : [])
    }

    private var sentence: [String] {
        better.map { ["  no better than \($0.forecast.title), whose loss is \(lossText($0.loss))"] } ?? []
    }

    private func cells(_ figures: ForecastFigures) -> [String] {
        [
            figure(figures.meanAbsoluteError), figure(figures.rootMeanSquaredError), figure(figures.symmetricPercentageError),
            figures.scaledError.map { figure($0) } ?? "–",
        ]
    }

    private func line(_ cells: [String]) -> String {
        let numbers = cells.dropFirst().map { String(repeating: " ", count: max(1, 14 - $0.count)) + $0 }
        return "  " + cells[0].padded(to: 36) + numbers.joined()
    }

    // MARK: JSON

    var json: JSONValue {
        var members = [JSONMember(key: "season", value: .integer(comparison.season))] + unitless(comparison.model)
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
        ]
    }

    private func members(_ figures: ForecastFigures) -> [JSONMember] {
        [
            JSONMember(key: "meanAbsoluteError", value: .real(figures.meanAbsoluteError)),
            JSONMember(key: "rootMeanSquaredError", value: .real(figures.rootMeanSquaredError)),
            JSONMember(key: "symmetricPercentageError", value: .real(figures.symmetricPercentageError)),
            JSONMember(key: "scaledError", value: figures.scaledError.map(JSONValue.real) ?? JSONValue(.null)),
        ]
    }

    private func column(_ place: Int) -> JSONValue {
        let ahead = (1...comparison.horizon).map { comparison.model.figures(column: place, ahead: $0) }
        let byHorizon: JSONValue = .object([
            "meanAbsoluteError": .list(ahead.map { .real($0.meanAbsoluteError) }), "rootMeanSquaredError": .list(ahead.map { .real($0.rootMeanSquaredError) }),
        ])
        return named(place, comparison.model.figures(column: place), [JSONMember(key: "byHorizon", value: byHorizon)])
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
