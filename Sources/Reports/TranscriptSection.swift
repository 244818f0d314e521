import Charts
import Communication
import Datasets
import Inference
import NumberText
import Runs
import StrictJSON
import Threads
import Training

/// Error rates of transcripts beside the baseline's, what the model gives over time for one sequence, and the sequences with the most errors.
struct TranscriptSection {
    let record: RunRecord
    let data: RunData
    let team: ThreadTeam

    private static let worstCount = 10
    /// Time steps of the model's top layer in the picture at most, and symbols.
    private static let stepLimit = 600
    private static let symbolLimit = 40
    /// Symbols that never have this probability have no row.
    private static let leastProbability = 0.1
    /// The blank's cells are so much fainter.
    private static let blankShare = 0.3

    func write(on page: inout Page) {
        guard let part = data.dataset.evaluatedPart, let sequences = data.dataset as? LabelledSequences, let task = record.task as? TranscriptTask else {
            return page.warning("The run has neither validation nor test examples to evaluate.")
        }
        do {
            let evaluation = try record.trained.evaluate(part, data: data, group: SingleProcess(), team: team)
            let transcripts = try record.trained.transcripts(of: part, data: data, search: nil, group: SingleProcess(), team: team)
            page.metrics(evaluation, of: part, unit: task.unit == .word ? "symbol" : "character")
            let shown = transcripts.firstIndex { !$0.predicted.isEmpty } ?? 0
            let outputs = try record.trained.outputLogarithms(ofExample: shown, in: part, of: sequences, team: team)
            page.widePicture("outputs", strips(outputs, transcripts[shown], task, sequences.place(ofExample: shown, in: part)).picture)
            write(transcripts, task, on: &page) { sequences.place(ofExample: $0, in: part) }
        } catch {
            page.warning("Predictions are missing. \(error)")
        }
    }

    private func strips(_ outputs: OutputLogarithms, _ transcript: PredictedTranscript, _ task: TranscriptTask, _ place: String) -> TimeStrips {
        let timeCount = min(Self.stepLimit, outputs.timeCount)
        func probabilities(_ output: Int) -> [Double] { (0..<timeCount).map { outputs.probability(of: output, at: $0) } }
        let likely = (1..<outputs.outputCount).map { (output: $0, values: probabilities($0)) }
            .filter { ($0.values.max() ?? 0) >= Self.leastProbability }.prefix(Self.symbolLimit)
        let blank = (name: "no symbol", values: probabilities(0).map { $0 * Self.blankShare })
        let rows = [blank] + likely.map { (name: shown(task.symbols[$0.output - 1], scalarCount: 8), values: $0.values) }
        return TimeStrips(
            "Outputs over time: \(place)",
            subtitle: "true: \(shown(task.text(transcript.target), scalarCount: 100)), found: \(shown(task.text(transcript.predicted), scalarCount: 100))",
            summary: "The probability of each symbol at each time step of the model's top layer, as far as it reaches \(Self.leastProbability).", names: [],
            timeCount: timeCount, strips: [TimeStrips.Strip("probability", note: "darker is likelier; that of no symbol is drawn fainter", rows: rows)])
    }

    private func shown(_ text: String, scalarCount: Int) -> String { text == " " ? "blank" : JSONValue.printable(text, scalarCount: scalarCount) }

    private func write(_ transcripts: [PredictedTranscript], _ task: TranscriptTask, on page: inout Page, _ place: (Int) -> String) {
        let rows = transcripts.worst(limit: Self.worstCount).map { example, errorCount in
            Table.Row(cells: [
                .init(place(example)), .init(shown(task.text(transcripts[example].target), scalarCount: 200)),
                .init(shown(task.text(transcripts[example].predicted), scalarCount: 200), isMarked: true), .init(grouped(errorCount)),
            ])
        }
        guard !rows.isEmpty else { return page.paragraph("No transcript has an error.") }
        page.paragraph("The sequences with the most errors:")
        page.table(
            Table(
                columns: [.init(name: "where"), .init(name: "true", isProse: true), .init(name: "found", isProse: true), .init(name: "errors", isNumber: true)],
                rows: rows))
    }
}
