import Charts
import Communication
import Datasets
import Inference
import Kernels
import NumberText
import Runs
import Threads
import Training

/// Figures of labels that are on or off beside the baseline's, those of each label, a sequence's piano roll, and the time steps with the highest losses.
struct LabelSection {
    let record: RunRecord
    let data: RunData
    /// Names of the labels.
    let names: [String]
    let team: ThreadTeam

    /// Maximum number of labels in the table; of more, it has the worst.
    private static let tableLimit = 200
    /// Maximum number of time steps that are counted by label.
    private static let stepLimit = 200_000
    private static let namedWorstCount = 5

    /// Time steps from a prediction's own to that of its labels.
    private var ahead: Int { record.task.uses.contains(.generate) ? 1 : 0 }

    func write(on page: inout Page) {
        guard let part = data.dataset.evaluatedPart else { return page.warning("The run has neither validation nor test examples to evaluate.") }
        do {
            let evaluation = try record.trained.evaluate(part, data: data, group: SingleProcess(), team: team)
            var counts = LabelCounts(labelCount: names.count)
            var example = Example()
            try record.trained.visitPredictions(of: part, data: data, limit: Self.stepLimit, team: team) { prediction in
                counts.add(prediction)
                example.add(prediction)
            }
            page.metrics(evaluation, of: part, unit: "time step")
            if counts.stepCount < evaluation.targetCount { page.paragraph("By label, of the first \(grouped(counts.stepCount)) time steps:") }
            page.table(table(counts))
            write(worstLabels: counts, on: &page)
            page.widePicture("labels", roll(example, part).picture)
            write(counts.worst, part, on: &page)
        } catch {
            page.warning("Predictions are missing. \(error)")
        }
    }

    // MARK: Labels

    private func table(_ counts: LabelCounts) -> Table {
        let isWhole = names.count <= Self.tableLimit
        func cell(_ share: Double?) -> Table.Cell { .init(share.map { shareText($0) } ?? "–") }
        func row(_ name: String, _ counted: (on: Int, named: Int)?, _ shares: [Double?], _ loss: Double?) -> Table.Row {
            Table.Row(
                cells: [.init(name), .init(counted.map { grouped($0.on) } ?? ""), .init(counted.map { grouped($0.named) } ?? "")] + shares.map(cell)
                    + [.init(loss.map { figure($0) } ?? "")])
        }
        let labels = isWhole ? Array(names.indices) : counts.worstLabels(limit: Self.tableLimit)
        let rows = labels.map { label in
            row(
                names[label], (counts.onCounts[label], counts.namedCounts[label]),
                [counts.precision(of: label), counts.recall(of: label), counts.f1(of: label)],
                counts.loss(of: label))
        }
        let (together, sums) = (counts.together, (counts.onCounts.reduce(0, +), counts.namedCounts.reduce(0, +)))
        return Table(
            columns: [
                .init(name: isWhole ? "label" : "the \(labels.count) labels of \(grouped(names.count)) with the lowest F1"),
                .init(name: "on, time steps", isNumber: true), .init(name: "named", isNumber: true), .init(name: "precision", isNumber: true),
                .init(name: "recall", isNumber: true), .init(name: "F1", isNumber: true), .init(name: "loss, nats a time step", isNumber: true),
            ],
            rows: rows + [
                row("macro average", nil, [counts.precision, counts.recall, counts.f1].map(counts.macroAverage), nil),
                row("all labels together", sums, [together.precision, together.recall, together.f1], nil),
            ])
    }

    private func write(worstLabels counts: LabelCounts, on page: inout Page) {
        let worst = counts.worstLabels(limit: Self.namedWorstCount)
        guard worst.count == Self.namedWorstCount else { return }
        let words = worst.map { "\(names[$0]) (F1 \(shareText(counts.f1(of: $0) ?? 0)), on at \(counted(counts.onCounts[$0], "time step")))" }
        page.paragraph("Least well predicted of the labels that are on at all: \(words.joined(separator: ", ")).")
    }

    // MARK: Examples

    /// The part's first sequence.
    private struct Example {
        var sequence: Int?
        var target: [[Double]] = []
        var probabilities: [[Double]] = []

        mutating func add(_ prediction: Prediction) {
            guard case .numbers(let numbers) = prediction.target, sequence ?? prediction.sequence == prediction.sequence else { return }
            guard target.count < LabelRoll.stepLimit else { return }
            sequence = prediction.sequence
            target.append(numbers.map(Double.init))
            probabilities.append(prediction.outputs.map { Double(sigmoid($0)) })
        }
    }

    private func place(_ sequence: Int, _ part: DataPart) -> String {
        (data.dataset as? LabelledSequences)?.place(ofExample: sequence, in: part) ?? "sequence \(sequence + 1)"
    }

    private func roll(_ example: Example, _ part: DataPart) -> LabelRoll {
        LabelRoll(
            title: "A sequence of the \(part.name) part: \(place(example.sequence ?? 0, part))",
            summary: "Which labels are on at each time step, and how likely each is by the model" + (ahead > 0 ? " after the time steps before." : "."),
            names: names, strips: [("what is on", example.target), ("how likely the model says it is", example.probabilities)])
    }

    private func write(_ worst: HighestLosses<LabelCounts.Step>, _ part: DataPart, on page: inout Page) {
        func words(_ labels: [Int]) -> String { labels.isEmpty ? "none" : labels.map { names[$0] }.joined(separator: ", ") }
        let rows = worst.all.map { loss, step in
            Table.Row(cells: [
                .init(place(step.sequence, part)), .init(grouped(step.time + ahead + 1)), .init(words(step.target)),
                .init(words(step.named), isMarked: step.named != step.target), .init(figure(loss)),
            ])
        }
        guard !rows.isEmpty else { return }
        page.paragraph("The time steps with the highest losses:")
        page.table(
            Table(
                columns: [
                    .init(name: "where"), .init(name: "time step", isNumber: true), .init(name: "on", isProse: true), .init(name: "named", isProse: true),
                    .init(name: "loss, nats", isNumber: true),
                ], rows: rows))
    }
}

/// A generated sequence of sets of labels.
struct SetSamplesSection {
    let record: RunRecord
    let team: ThreadTeam

    private static let length = 100

    func write(on page: inout Page) {
        do {
            let generator = try SetGenerator(run: record.trained, temperature: 1, seed: 1, team: team)
            var sample: [[Int32]] = []
            generator.generate(from: [], count: 1, length: Self.length) { _, sets in
                sample = sets
                return true
            }
            let steps = sample.map { set in generator.labels.indices.map { set.contains(Int32($0)) ? 1.0 : 0 } }
            page.widePicture(
                "written",
                LabelRoll(
                    title: "A sequence that the model writes", summary: "\(Self.length) sets of labels, each drawn after those before.",
                    names: generator.labels, strips: [("at temperature 1", steps)]
                ).picture)
            page.sample("the same, as generate writes it", generator.line(sample))
        } catch {
            page.warning("The model can't be made to write. \(error)")
        }
    }
}
