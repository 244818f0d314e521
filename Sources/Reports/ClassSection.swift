import Charts
import Communication
import Datasets
import Inference
import NumberText
import Runs
import Threads
import Training

/// A classifier's metrics beside the baseline's, its confusion matrix, the figures of each class, and the predictions with the highest losses.
struct ClassSection {
    let record: RunRecord
    let data: RunData
    /// Names of the classes.
    let names: [String]
    let team: ThreadTeam

    /// Maximum number of classes that fit in a picture, and in a table; of more, the table has the worst.
    private static let pictureLimit = 64
    private static let tableLimit = 200
    /// Maximum number of predictions among which the worst are looked for.
    private static let exampleLimit = 50_000

    /// What has a class.
    private var unit: String { record.task.output.isEveryStep ? "time step" : "sequence" }

    func write(on page: inout Page) {
        guard let part = data.dataset.evaluatedPart else { return page.warning("The run has neither validation nor test examples to evaluate.") }
        do {
            let evaluation = try record.trained.evaluate(part, data: data, group: SingleProcess(), team: team)
            guard let counts = evaluation.classCounts(names.count) else { return page.warning("The run's task has no classes.") }
            var worst = WorstPredictions()
            try record.trained.visitPredictions(of: part, data: data, limit: Self.exampleLimit, team: team) { worst.add($0) }
            page.metrics(evaluation, of: part, unit: unit)
            page.grid { page in
                if names.count <= Self.pictureLimit { page.picture("confusion", matrix(counts).picture) }
                page.table(classTable(counts))
            }
            if names.count > Self.pictureLimit { page.paragraph("\(grouped(names.count)) classes are too many for a picture of the confusion matrix.") }
            write(worst, part, on: &page)
        } catch {
            page.warning("Predictions are missing. \(error)")
        }
    }

    // MARK: Classes

    private func matrix(_ counts: ClassCounts) -> ConfusionMatrix {
        let accuracy = percentText(counts.accuracy, decimals: 2)
        return ConfusionMatrix(
            "Confusion matrix", summary: "\(counts.classCount) classes, \(accuracy) % of \(counted(counts.targetCount, unit)) right.", classes: names,
            counts: counts.matrix)
    }

    private func classTable(_ counts: ClassCounts) -> Table {
        let places = names.count <= Self.tableLimit ? Array(names.indices) : counts.worstClasses(limit: Self.tableLimit)
        func row(_ name: String, _ shares: [Double?], _ count: Int) -> Table.Row {
            Table.Row(cells: [.init(name)] + shares.map { .init($0.map { shareText($0) } ?? "–") } + [.init(grouped(count))])
        }
        func average(_ name: String, _ mean: ((Int) -> Double?) -> Double) -> Table.Row {
            row(name, [mean(counts.precision), mean(counts.recall), mean(counts.f1)], counts.targetCount)
        }
        let classes = places.map { row(names[$0], [counts.precision(of: $0), counts.recall(of: $0), counts.f1(of: $0)], counts.trueCounts[$0]) }
        let title = places.count == names.count ? "class" : "the \(places.count) classes of \(grouped(names.count)) with the lowest F1"
        return Table(
            columns: [
                .init(name: title), .init(name: "precision", isNumber: true), .init(name: "recall", isNumber: true), .init(name: "F1", isNumber: true),
                .init(name: unit + "s", isNumber: true),
            ],
            rows: classes + [average("macro average", counts.macroAverage), average("weighted average", counts.weightedAverage)])
    }

    // MARK: Worst predictions

    private func write(_ worst: WorstPredictions, _ part: DataPart, on page: inout Page) {
        let sequences = data.dataset as? LabelledSequences
        let rows = worst.all.map { prediction in
            Table.Row(cells: [
                .init(sequences?.place(ofExample: prediction.sequence, in: part) ?? "sequence \(prediction.sequence + 1)"),
                .init(names[prediction.target]), .init(names[prediction.predicted], isMarked: prediction.predicted != prediction.target),
                .init(figure(prediction.probability)), .init(figure(prediction.loss)),
                .init(sequences?.text(ofExample: prediction.sequence, in: part).map { shortened($0, scalarCount: 120) } ?? ""),
            ])
        }
        guard !rows.isEmpty else { return }
        page.paragraph("The predictions with the highest losses:")
        let hasTexts = sequences?.vocabulary != nil
        let columns: [Table.Column] = [
            .init(name: "where"), .init(name: "class"), .init(name: "predicted"), .init(name: "probability of its class", isNumber: true),
            .init(name: "loss, nats", isNumber: true),
        ]
        page.table(
            Table(
                columns: columns + (hasTexts ? [.init(name: "text", isProse: true)] : []),
                rows: hasTexts ? rows : rows.map { Table.Row(cells: Array($0.cells.dropLast())) }))
    }

    private func shortened(_ text: String, scalarCount: Int) -> String {
        let scalars = text.unicodeScalars
        return scalars.count <= scalarCount ? text : String(String.UnicodeScalarView(scalars.prefix(scalarCount - 1))) + "…"
    }
}
