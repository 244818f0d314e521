import Checkpoints
import Configuration
import Foundation
import Measurement
import Layers
import Models
import NumberText
import Runs
import Training

/// Prints training progress: aligned lines, ever more rarely, and on a terminal a live view below them.
final class ProgressPrinter: TrainingReporter {
    private let terminal: Terminal
    /// Whether each line of the metrics is printed, because the user set their interval in steps.
    private let tellsAll: Bool
    private let ranks: [RankFacts]
    private var schedule = LineSchedule()
    /// For lines with a validation: if validations are rare, each is printed, regardless of other lines.
    private var judgedSchedule = LineSchedule()
    private var savedSchedule = LineSchedule()
    private var lineCount = 0
    private var columns: ProgressColumns?
    private var live: LiveView
    private var dashboard: Dashboard?
    /// The best validation so far, if its line wasn't due.
    private var pendingBest: TrainingProgress?
    /// The last validation, and the best of this process.
    private(set) var (lastValidation, bestValidation): (Evaluation?, Evaluation?)
    private var saidWorseThanGuessing = false
    private(set) var newestCheckpoint: String?
    private(set) var firstStep = 0

    init(_ settings: Configuration.LogSettings, ranks: [RankFacts]) {
        terminal = Terminal(live: settings.live)
        tellsAll = settings.everySteps > 0
        self.ranks = ranks
        live = LiveView(terminal)
    }

    // MARK: TrainingReporter

    func began(_ summary: RunSummary) {
        announce(summary)
        columns = ProgressColumns(summary.task)
        firstStep = summary.resumedStep
        if terminal.isLive { dashboard = Dashboard(summary, terminal: terminal) }
    }

    /// Prints the plan of a dry run.
    func rehearsed(_ summary: RunSummary) {
        announce(summary)
        let left = summary.validationsSinceImprovement == nil ? max(0, summary.stepCount - summary.resumedStep) : 0
        line(field("dry run", "nothing was written; without --dry-run it trains \(counted(left, "step"))"))
    }

    private func announce(_ summary: RunSummary) {
        for skippedCheckpoints in summary.skippedCheckpoints { printError("\(skippedCheckpoints)") }
        for text in RunAnnouncement(summary: summary, ranks: ranks).lines { line(text) }
    }

    func stepped(_ step: TrainingStep) {
        dashboard?.add(step)
        guard let dashboard, live.isDue else { return }
        write(live.drawing(dashboard.lines))
    }

    func progressed(_ progress: TrainingProgress) {
        dashboard?.add(progress)
        if let evaluation = progress.validation {
            lastValidation = evaluation
            if progress.isBest { bestValidation = evaluation }
        }
        if isDue(progress) {
            if !progress.isBest { printPendingBest() }
            pendingBest = nil
            line(of: progress)
        } else if progress.marksBest {
            pendingBest = progress
        }
        warnOfGuessing(progress)
    }

    /// Whether a line is due; if so, counts it as printed.
    private func isDue(_ progress: TrainingProgress) -> Bool {
        let isEvaluated = progress.validation != nil
        let isDueNow = schedule.isDue()
        let isDueAsJudged = isEvaluated && judgedSchedule.isDue()
        guard tellsAll || progress.isLast || isDueNow || isDueAsJudged else { return false }
        schedule.tell()
        if isEvaluated { judgedSchedule.tell() }
        return true
    }

    /// Prints a new best that occurred between two lines before the second one.
    private func printPendingBest() {
        guard let best = pendingBest else { return }
        pendingBest = nil
        line(of: best)
    }

    private func line(of progress: TrainingProgress) {
        guard let columns else { return }
        if lineCount % 40 == 0 { line(columns.header, .bold) }
        lineCount += 1
        line(columns.line(progress))
    }

    /// Warns once if the loss isn't better than that of guessing.
    private func warnOfGuessing(_ progress: TrainingProgress) {
        guard let evaluation = progress.validation, evaluation.isWorseThanGuessing, !saidWorseThanGuessing else { return }
        saidWorseThanGuessing = true
        let (loss, guess) = (lossText(evaluation.loss), lossText(evaluation.guessLoss))
        line(field("warning", "at step \(grouped(progress.step)) the validation loss is \(loss), worse than guessing (\(guess));"))
        line(field("", "if it rises, optimizer.learningRate is too high (now \(printed(progress.learningRate, "%.3g"))); if it falls, go on"))
    }

    func saved(_ checkpoint: CommittedCheckpoint) {
        newestCheckpoint = checkpoint.path
        dashboard?.saved(checkpoint)
        guard tellsAll || savedSchedule.isDue() else { return }
        printPendingBest()
        line(field("saved", checkpoint.path))
    }

    func failedToSave(_ error: CheckpointError) {
        warn("lstm-train: saving failed: \(error) Training continues (checkpoint.onError).")
    }

    func skipped(_ step: SkippedStep) { warn("lstm-train: \(step.notice)") }

    func ended(_ recap: RunRecap) {
        printPendingBest()
        dashboard = nil
        for text in recap.lines { line(text) }
    }

    /// Removes the live view from the terminal, in every case.
    func close() { write(live.erasing()) }

    // MARK: Lines

    private func warn(_ text: String) {
        write(live.erasing())
        printError(text)
    }

    /// Prints a line above the live view.
    private func line(_ text: String, _ style: Terminal.Style? = nil) {
        let shown = terminal.shown(text.withoutControls)
        write(live.erasing() + (style.map { terminal.styled(shown, $0) } ?? shown) + "\n" + (dashboard.map { live.drawing($0.lines) } ?? ""))
    }

    private func write(_ text: String) {
        guard !text.isEmpty else { return }
        // Errors are ignored: training continues even if its log can't be written.
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
}
