import Datasets
import Inference
import StrictJSON

/// The forecasts of a backtest's origins, judged, as it prints them.
struct BacktestText {
    let origins: [Backtest.Origin]
    /// Of all origins.
    private let all: ForecastComparison?

    init(origins: [Backtest.Origin]) {
        self.origins = origins
        var all = origins.first?.comparison
        for origin in origins.dropFirst() { all?.add(origin.comparison) }
        self.all = all
    }

    /// A table with a line for each origin and one for all, of each predicted column.
    var lines: [String] {
        guard let all else { return [] }
        let text = ForecastText(comparison: all, loss: .nan, naiveLosses: [])
        let names = all.targetNames
        return names.indices.flatMap { column in
            let rows = origins.map { origin in
                [name(origin)] + ForecastText(comparison: origin.comparison, loss: .nan, naiveLosses: []).cells(column)
            }
            let title = names.count == 1 ? "forecast after" : JSONValue.printable(names[column], scalarCount: 20)
            return text.table([[title] + text.titles] + rows + [["all \(origins.count)"] + text.cells(column)])
        }
    }

    /// Its date; of series that end at different dates how far it lies before their ends.
    private func name(_ origin: Backtest.Origin) -> String {
        origin.time ?? origin.row.map { "row \($0)" } ?? "the end - \(origin.leftOutRowCount + origin.comparison.horizon) rows"
    }

    var json: JSONValue {
        let values = origins.map { origin -> JSONValue in
            .object([
                "row": origin.row.map(JSONValue.integer) ?? JSONValue(.null), "time": origin.time.map(JSONValue.text) ?? JSONValue(.null),
                "leftOutRows": .integer(origin.leftOutRowCount),
                "forecast": ForecastText(comparison: origin.comparison, loss: .nan, naiveLosses: []).json,
            ])
        }
        let whole = all.map { ForecastText(comparison: $0, loss: .nan, naiveLosses: []).json } ?? JSONValue(.null)
        return .object(["origins": .list(values), "all": whole])
    }
}
