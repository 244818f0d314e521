import Charts
import Datasets
import NumberText

/// Errors of a model's forecasts in the units of the file, beside those of forecasts without a model.
struct ForecastErrorTable {
    private let comparison: ForecastComparison

    init(_ comparison: ForecastComparison) { self.comparison = comparison }

    /// Says that a forecast without a model has a mean squared error, of standardised values, that is as low; nil otherwise.
    var sentence: String? {
        let loss = comparison.model.figures().standardisedSquaredError
        let best = comparison.naive.min { $0.errors.figures().standardisedSquaredError < $1.errors.figures().standardisedSquaredError }
        guard let best, !(loss < best.errors.figures().standardisedSquaredError) else { return nil }
        return "The model is no better than \(best.forecast.title): its mean squared error, of standardised values, is \(figure(loss)), and that of "
            + "\(best.forecast.title) \(figure(best.errors.figures().standardisedSquaredError))."
    }

    var table: Table {
        let rows = comparison.targetNames.indices.flatMap { column in
            [row(comparison.targetNames[column], comparison.model.figures(column: column))]
                + comparison.naive.map { row("  " + $0.forecast.title, $0.errors.figures(column: column)) }
        }
        return Table(
            columns: [.init(name: "column, in the file's own units")]
                + ["mean absolute error", "root mean squared error", "sMAPE, %", "MASE"].map { .init(name: $0, isNumber: true) }, rows: rows)
    }

    private func row(_ name: String, _ figures: ForecastFigures) -> Table.Row {
        let numbers = [figures.meanAbsoluteError, figures.rootMeanSquaredError, figures.symmetricPercentageError].map { figure($0) }
        return Table.Row(cells: ([name] + numbers + [figures.scaledError.map { figure($0) } ?? "–"]).map { Table.Cell($0) })
    }
}
