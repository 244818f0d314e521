import Charts
import Checkpoints
import Datasets
import Foundation
import Inference
import NumberText
import Runs
import Threads
import Training

/// Generated text: samples from training, and from the checkpoint.
struct SamplesSection {
    let record: RunRecord
    let team: ThreadTeam

    /// Number of samples from the log that are shown, evenly spaced from first to last.
    private static let shownCount = 5
    private static let freshLength = 400

    func write(on page: inout Page) {
        do {
            page.sample(
                "now, from step \(fixed(Double(record.trained.checkpoint.manifest.step), decimals: 0)), at temperature \(figure(SampleWriter.temperature))", try freshText())
        } catch {
            page.warning("The model can't be made to write. \(error)")
        }
        let samples = record.history.samples
        guard !samples.isEmpty else {
            return page.paragraph("The metrics of this run have no samples: text of earlier steps comes with lines that are written after a validation.")
        }
        page.paragraph("What it wrote while it was trained:")
        for sample in spread(samples) { page.sample("step \(fixed(Double(sample.step), decimals: 0))", sample.text) }
    }

    private func spread(_ samples: [RunHistory.Sample]) -> [RunHistory.Sample] {
        guard samples.count > Self.shownCount else { return samples }
        return (0..<Self.shownCount).map { samples[$0 * (samples.count - 1) / (Self.shownCount - 1)] }
    }

    private func freshText() throws -> String {
        let generator = try Generator(
            run: record.trained, sampling: SamplingOptions(temperature: SampleWriter.temperature), seed: 1, team: team)
        let text = generator.generate(from: [generator.usualPrompt], length: Self.freshLength)[0]
        return generator.vocabulary.decode(text).trimmingCharacters(in: .newlines)
    }
}

/// Generated strings of the embedded Reber grammar, with their evaluation.
struct ReberSection {
    let record: RunRecord
    let team: ThreadTeam

    private static let stringCount = 500
    private static let shownCount = 24

    func write(on page: inout Page) {
        do {
            let evaluation = try ReberEvaluation(
                run: record.trained, stringCount: Self.stringCount, temperature: ReberEvaluation.usualTemperature, seed: record.trained.configuration.seed, team: team)
            write(evaluation, on: &page)
        } catch {
            page.warning("The model can't be made to write. \(error)")
        }
    }

    private func write(_ evaluation: ReberEvaluation, on page: inout Page) {
        func share(_ count: Int) -> String { percentText(Double(count) / Double(evaluation.stringCount), decimals: 1) + " %" }
        page.facts([
            Fact(name: "grammatical", value: share(evaluation.grammaticalCount), below: "of \(counted(evaluation.stringCount, "string")) at temperature \(figure(ReberEvaluation.usualTemperature))"),
            Fact(name: "last but one symbol is the second", value: share(evaluation.matchCount), below: "the long-range dependency"),
        ])
        let wrongFirst = evaluation.strings.filter { !ReberGrammar.isGrammatical($0) } + evaluation.strings.filter { ReberGrammar.isGrammatical($0) }
        page.paragraph("The first of them, ungrammatical ones before all others:")
        let rows = wrongFirst.prefix(Self.shownCount).map { string in
            let isGrammatical = ReberGrammar.isGrammatical(string)
            return Table.Row(
                cells: [.init(string), .init(isGrammatical ? "✓ yes" : "✗ no", isMarked: !isGrammatical), .init(ReberGrammar.longRangeMatch(string) ? "✓ yes" : "✗ no")],
                isStrong: !isGrammatical)
        }
        page.table(Table(columns: [.init(name: "string", isCode: true), .init(name: "grammatical"), .init(name: "last but one = second")], rows: rows))
    }
}
