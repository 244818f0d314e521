import Checkpoints
import Foundation
import Network
import NumberText
import Training

/// Tells a person how training goes: aligned lines, ever fewer of them, and on a terminal a live view below them.
final class ProgressPrinter: TrainingReporter {
    private let terminal = Terminal()
    /// Whether each line of the metrics is told: somebody has asked for them by steps.
    private let tellsAll: Bool
    private let ranks: [RankFacts]
    private var schedule = LineSchedule()
    private var savedSchedule = LineSchedule()
    private var lineCount = 0
    private var columns: ProgressColumns?
    private var live: LiveView
    private var dashboard: Dashboard?
    /// Judged, but not told yet.
    private var untold: (evaluation: Evaluation, isBest: Bool)?
    private(set) var newestCheckpoint: String?
    private(set) var firstStep = 0

    init(tellsAll: Bool, ranks: [RankFacts]) {
        self.tellsAll = tellsAll
        self.ranks = ranks
        live = LiveView(terminal)
    }

    // MARK: What the trainer reports

    func began(_ summary: RunSummary) {
        announce(summary)
        columns = ProgressColumns(summary.shape)
        firstStep = summary.resumedStep
        if terminal.isLive { dashboard = Dashboard(summary, terminal: terminal) }
    }

    /// Says what would be done.
    func rehearsed(_ summary: RunSummary) {
        announce(summary)
        let left = max(0, summary.stepCount - summary.resumedStep)
        line(field("dry run", "nothing was written; without --dry-run it trains \(counted(left, "step"))"))
    }

    private func announce(_ summary: RunSummary) {
        for passedOver in summary.passedOver { say("\(passedOver)") }
        for text in RunAnnouncement(summary: summary, ranks: ranks).lines { line(text) }
    }

    func stepped(_ step: TrainingStep) {
        dashboard?.add(step)
        guard let dashboard, live.isDue else { return }
        write(live.drawing(dashboard.lines))
    }

    func progressed(_ progress: TrainingProgress) {
        dashboard?.add(progress)
        if let evaluation = progress.validation { untold = (evaluation, progress.isBest || untold?.isBest == true) }
        guard let columns, tellsAll || progress.step == progress.stepCount || schedule.isDue() else { return }
        schedule.tell()
        if lineCount % 40 == 0 { line(columns.header, .bold) }
        lineCount += 1
        line(columns.line(progress, validation: untold?.evaluation, isBest: untold?.isBest ?? false))
        untold = nil
    }

    func saved(_ checkpoint: CommittedCheckpoint) {
        newestCheckpoint = checkpoint.path
        dashboard?.saved(checkpoint)
        if tellsAll || savedSchedule.isDue() { line(field("saved", checkpoint.path)) }
    }

    func failedToSave(_ error: CheckpointError) {
        warn("lstm-train: saving failed: \(error) Training goes on (checkpoint.onError).")
    }

    func skipped(_ step: SkippedStep) {
        let sequences = step.sequences.isEmpty ? "" : ", sequences " + step.sequences.prefix(10).map(String.init).joined(separator: ", ")
        warn("lstm-train: step \(step.step) is left out: its gradient's norm is \(step.gradientNorm)\(sequences) (\(step.skippedCount) so far).")
    }

    func ended(_ recap: RunRecap) {
        dashboard = nil
        for text in recap.lines { line(text) }
    }

    /// Leaves the terminal as it should be found, whatever happened.
    func close() { write(live.erasing()) }

    // MARK: Lines

    private func warn(_ text: String) {
        write(live.erasing())
        say(text)
    }

    /// Writes a line above the live view.
    private func line(_ text: String, _ style: Terminal.Style? = nil) {
        let shown = terminal.shown(text.withoutControls)
        write(live.erasing() + (style.map { terminal.styled(shown, $0) } ?? shown) + "\n" + (dashboard.map { live.drawing($0.lines) } ?? ""))
    }

    private func write(_ text: String) {
        guard !text.isEmpty else { return }
        // A run that trains and saves does what it is for, whatever becomes of its log.
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
}
