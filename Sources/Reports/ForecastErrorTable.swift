import Charts
import Datasets
import NumberText

/// Errors of a model's forecasts in the units of the file, beside those of forecasts without a model.
struct ForecastErrorTable {
    private let comparison: ForecastComparison

    init(_ comparison: ForecastComparison) { self.comparison = comparison }

    /// Says that a forecast without a model is as good, or nearly; nil otherwise.
    var sentence: String? {
        guard let verdict = comparison.verdict else { return nil }
        let measure = comparison.hasDistributions ? "mean absolute error, in \(comparison.scaleWords)" : "mean squared error, of standardised values"
        return "The model is \(verdict.words): its \(measure), is \(figure(verdict.models)), and that of \(verdict.forecast.title) \(figure(verdict.its))."
    }

    var table: Table {
        let rows = comparison.targetNames.indices.flatMap { column in
            [row(comparison.targetNames[column], comparison.model, column, isModel: true)]
                + comparison.naive.map { row("  " + $0.forecast.title, $0.errors, column, isModel: false) }
        }
        let interval = comparison.interval.map { ["within the \(figure($0 * 100)) % interval", "weighted quantile loss"] } ?? []
        let names = ["mean absolute error", "root mean squared error", "MAPE, %", "sMAPE, %", "MASE", "OWA"] + interval
            + (comparison.hasDistributions ? ["CRPS"] : [])
        return Table(columns: [.init(name: "column, in the file's own units")] + names.map { .init(name: $0, isNumber: true) }, rows: rows)
    }

    private func row(_ name: String, _ all: ForecastErrors, _ column: Int, isModel: Bool) -> Table.Row {
        let figures = all.figures(column: column)
        let errors: [Double?] = [
            figures.meanAbsoluteError, figures.rootMeanSquaredError, figures.percentageError, figures.symmetricPercentageError, figures.scaledError,
            comparison.overallWeightedAverage(of: all, column: column),
        ]
        let interval = comparison.interval == nil ? [] : [isModel ? shareText(figures.coverage) : "–", figures.weightedQuantileLoss.map { figure($0) } ?? "–"]
        let numbers = errors.map { $0.map { figure($0) } ?? "–" } + interval + (comparison.hasDistributions ? [figure(figures.rankedProbabilityScore)] : [])
        return Table.Row(cells: ([name] + numbers).map { Table.Cell($0) })
    }
}
