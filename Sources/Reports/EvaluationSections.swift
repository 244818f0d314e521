import Charts
import Configuration
import Datasets
import Inference
import NumberText
import Runs
import Threads
import Training

/// Predicted numbers at the end of sequences with their targets, for tasks other than series: the adding problem.
struct RegressionSection {
    let record: RunRecord
    let data: RunData
    /// Errors above it are counted; nil if none are.
    let tolerance: Double?
    let team: ThreadTeam

    private static let exampleLimit = 5000

    func write(on page: inout Page) {
        guard let part = data.dataset.evaluatedPart else { return page.warning("The run has neither validation nor test examples to evaluate.") }
        do {
            var said: [[Double]] = []
            var truth: [[Double]] = []
            try record.trained.visitPredictions(of: part, data: data, limit: Self.exampleLimit, team: team) { prediction in
                guard case .numbers(let target) = prediction.target else { return }
                said.append(prediction.outputs.map(Double.init))
                truth.append(target.map(Double.init))
            }
            write(part, Residuals(said: said, truth: truth), on: &page)
        } catch {
            page.warning("Predictions are missing. \(error)")
        }
    }

    private func write(_ part: DataPart, _ residuals: Residuals, on page: inout Page) {
        let errors = residuals.residuals(ofOutput: 0)
        page.paragraph(
            "\(counted(residuals.exampleCount, "sequence")) of the \(part.name) part: mean absolute error \(figure(residuals.meanAbsoluteError(ofOutput: 0)))"
                + ", root mean squared error \(figure(residuals.rootMeanSquaredError(ofOutput: 0)))" + wrongCount(errors) + ".")
        let pairs = zip(residuals.truth, residuals.said).map { Point($0[0], $1[0]) }
        let ends = [pairs.map(\.x).min() ?? 0, pairs.map(\.x).max() ?? 1]
        page.grid { page in
            page.picture(
                "predictions",
                LineChart(
                    "Said and right", summary: "What the model says of each sequence over what is right; on the line both are the same.", x: Axis("right"),
                    y: Axis("said"), series: [.init("a sequence", pairs, style: .dots, colour: 1), .init("said = right", ends.map { Point($0, $0) }, colour: 0)]
                ).picture)
            page.picture("residuals", Histogram("Residuals", summary: "How often the right number lay how far above what was said.", name: "right − said", values: errors).picture)
        }
    }

    private func wrongCount(_ errors: [Double]) -> String {
        tolerance.map { tolerance in "; an error above \(figure(tolerance)) in \(errors.count { abs($0) > tolerance })" } ?? ""
    }
}

/// Confusion matrix of a classifier.
struct ConfusionSection {
    let record: RunRecord
    let data: RunData
    /// Names of the classes.
    let names: [String]
    let team: ThreadTeam

    private static let exampleLimit = 50_000
    /// Maximum number of classes that fit in a picture.
    private static let classLimit = 64

    func write(on page: inout Page) {
        guard let part = data.dataset.evaluatedPart else { return page.warning("The run has neither validation nor test examples to evaluate.") }
        guard classCount <= Self.classLimit else { return page.warning("\(classCount) classes are too many for a picture.") }
        do {
            var counts = Array(repeating: Array(repeating: 0, count: classCount), count: classCount)
            try record.trained.visitPredictions(of: part, data: data, limit: Self.exampleLimit, team: team) { prediction in
                guard case .token(let right) = prediction.target else { return }
                counts[Int(right)][prediction.likeliest] += 1
            }
            write(part, counts, on: &page)
        } catch {
            page.warning("The confusion matrix is missing. \(error)")
        }
    }

    private var classCount: Int { names.count }

    private func write(_ part: DataPart, _ counts: [[Int]], on page: inout Page) {
        let total = counts.joined().reduce(0, +)
        let rightCount = counts.indices.reduce(0) { $0 + counts[$1][$1] }
        let accuracy = percentText(Double(rightCount) / Double(max(1, total)), decimals: 2)
        page.paragraph("\(counted(total, "sequence")) of the \(part.name) part, \(accuracy) % of them right.")
        page.grid { page in
            page.picture(
                "confusion",
                ConfusionMatrix(
                    "Confusion matrix", summary: "\(classCount) classes, \(accuracy) % of \(counted(total, "sequence")) right.", classes: names, counts: counts
                ).picture)
            page.table(table(counts))
        }
    }

    private func table(_ counts: [[Int]]) -> Table {
        let rows = counts.indices.map { place in
            let (own, said) = (counts[place].reduce(0, +), counts.reduce(0) { $0 + $1[place] })
            func share(_ whole: Int) -> Table.Cell { .init(whole == 0 ? "–" : percentText(Double(counts[place][place]) / Double(whole), decimals: 1) + " %") }
            return Table.Row(cells: [.init(names[place]), .init(fixed(Double(own), decimals: 0)), share(own), share(said)])
        }
        return Table(
            columns: [
                .init(name: "class"), .init(name: "sequences", isNumber: true), .init(name: "found (recall)", isNumber: true),
                .init(name: "right when said (precision)", isNumber: true),
            ], rows: rows)
    }
}
