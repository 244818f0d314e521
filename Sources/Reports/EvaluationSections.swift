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
