import Datasets
import NumberText
import Runs
import Training

extension Page {
    /// Adds an evaluation's figures beside the baseline's, and says where the model isn't better.
    /// - Parameter unit: of targets: "sequence".
    mutating func metrics(_ evaluation: Evaluation, of part: DataPart, unit: String) {
        paragraph("\(counted(evaluation.targetCount, unit)) of the \(part.name) part.")
        if let sentence = evaluation.notBetterText { warning("The model is \(sentence).") }
        let title = evaluation.baselineTitle
        func text(_ metric: Metric, _ value: Double) -> Table.Cell { .init(value.isNaN ? "–" : metric.unit.text(value)) }
        let rows = evaluation.values.map { value in
            Table.Row(cells: [.init(value.metric.title), text(value.metric, value.model)] + (title == nil ? [] : [text(value.metric, value.baseline)]))
        }
        table(
            Table(
                columns: [.init(name: "metric"), .init(name: "model", isNumber: true)] + (title.map { [.init(name: $0, isNumber: true)] } ?? []), rows: rows))
    }
}
