import Checkpoints
import Foundation
import NumberText
import Runs
import Training

/// Contents of the live view.
struct Dashboard {
    private let summary: RunSummary
    private let terminal: Terminal
    private let columns: ProgressColumns
    private let began = ContinuousClock.now
    private var history = LossHistory(capacity: 512)
    private var step: TrainingStep?
    /// Whether rank 0 knows each step's loss; otherwise the curve shows the progress lines' losses.
    private var hasStepLosses = false
    /// The epoch of which the curve has partial means, so that its total mean is omitted.
    private var epochInParts = 0
    private var progress: TrainingProgress?
    private var validation: (loss: Double, step: Int)?
    private var best: (loss: Double, step: Int)?
    private var checkpoint: (name: String, time: ContinuousClock.Instant)?

    init(_ summary: RunSummary, terminal: Terminal) {
        self.summary = summary
        self.terminal = terminal
        columns = ProgressColumns(summary.task)
    }

    mutating func add(_ step: TrainingStep) {
        self.step = step
        if let loss = step.loss {
            hasStepLosses = true
            history.add(loss)
        }
    }

    mutating func add(_ progress: TrainingProgress) {
        self.progress = progress
        if !hasStepLosses, !progress.endsEpoch || progress.epoch != epochInParts {
            history.add(progress.loss)
            if !progress.endsEpoch { epochInParts = progress.epoch }
        }
        guard let evaluation = progress.validation else { return }
        validation = (evaluation.loss, progress.step)
        if progress.marksBest { best = (evaluation.loss, progress.step) }
    }

    mutating func saved(_ checkpoint: CommittedCheckpoint) {
        self.checkpoint = (URL(filePath: checkpoint.path).lastPathComponent, .now)
    }

    var lines: [LiveView.Line] {
        guard let step else { return [] }
        return [headline(step), losses(step), machine] + curve
    }

    private func headline(_ step: TrainingStep) -> LiveView.Line {
        let share = Double(step.step) / Double(max(1, summary.stepCount))
        let width = max(8, min(40, terminal.columnCount - 58))
        let filled = Int(share * Double(width))
        let (full, empty) = terminal.usesUnicode ? ("━", "┄") : ("#", "-")
        let epoch = summary.batchesPerEpoch > 0 ? ", epoch \(summary.epoch(ofStep: step.step))" : ""
        return LiveView.Line([
            (String(repeating: full, count: filled), .green), (String(repeating: empty, count: width - filled), .dim),
            (printed(100 * share, " %4.1f %%  "), .bold), ("left \(shortDuration(secondsLeft(step)))", .cyan),
            ("  step \(grouped(step.step)) of \(grouped(summary.stepCount))\(epoch)", nil),
        ])
    }

    private func secondsLeft(_ step: TrainingStep) -> Double {
        let done = step.step - summary.resumedStep
        return (ContinuousClock.now - began) / .seconds(1) / Double(max(1, done)) * Double(summary.stepCount - step.step)
    }

    private func losses(_ step: TrainingStep) -> LiveView.Line {
        var parts: [(String, Terminal.Style?)] = [("loss ", .dim), (history.points.last.map(lossText) ?? "–", .bold), (trend, nil)]
        if let validation {
            let isBest = validation.step == best?.step
            parts += [("  validation ", .dim), (lossText(validation.loss), .bold), (isBest ? " best" : " at \(validation.step)", .dim)]
            if let best, !isBest { parts += [(", best ", .dim), (lossText(best.loss), nil), (" at \(best.step)", .dim)] }
        }
        parts += [("  rate ", .dim), (printed(step.learningRate, "%.2e"), nil), ("  gradient ", .dim), (printed(step.gradientNorm, "%.3g"), nil)]
        return LiveView.Line(parts)
    }

    private var trend: String {
        guard let change = history.recentChange, let trend = history.trend else { return "" }
        let sign =
            switch trend {
            case .falling: terminal.usesUnicode ? " ↘" : " falling"
            case .steady: terminal.usesUnicode ? " →" : " steady"
            case .rising: terminal.usesUnicode ? " ↗" : " rising"
            }
        return sign + printed(100 * change, " %+.1f %%")
    }

    private var machine: LiveView.Line {
        var parts: [(String, Terminal.Style?)] = []
        if let progress {
            if let speed = columns.speed(progress) { parts += [(short(speed), .bold), (" \(columns.speedUnit)  ", .dim)] }
            if let share = progress.peakShare { parts += [(printed(100 * share, "%.0f %%"), .bold), (" of the FMA peak  ", .dim)] }
        }
        let saved = checkpoint.map { "saved \($0.name) \(shortDuration((ContinuousClock.now - $0.time) / .seconds(1))) ago" }
        return LiveView.Line(parts + [(saved ?? "nothing saved yet", .dim)])
    }

    // MARK: Curve

    private static let curveRowCount = 3

    private var curve: [LiveView.Line] {
        let curve = TerminalCurve(
            values: history.points, columnCount: max(10, min(64, terminal.columnCount - 14)), rowCount: Self.curveRowCount, usesBraille: terminal.usesUnicode)
        guard let range = curve.range, history.points.count >= 8 else { return [] }
        let labels = [lossText(range.upperBound)] + Array(repeating: "", count: Self.curveRowCount - 2) + [lossText(range.lowerBound)]
        return zip(labels, curve.lines).map { label, text in
            LiveView.Line([(label.rightAligned(in: 10) + (terminal.usesUnicode ? " ┤" : " |"), .dim), (text, .yellow)])
        }
    }
}
