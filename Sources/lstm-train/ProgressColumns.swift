import Datasets
import Foundation
import NumberText
import Runs
import Training

/// The progress table, at most 80 columns wide.
struct ProgressColumns {
    /// The loss, and the metric beside it; nil if the task has none.
    private let (loss, metric): (Metric, Metric?)
    private let countsTokens: Bool

    init(_ task: any LearningTask) {
        (loss, metric) = (task.loss, task.metrics.first { $0.log != nil })
        countsTokens = task.output.isEveryStep
    }

    private static let widths = [7, 7, 9, 9, 9, 10, 9, 10, 8]

    var header: String {
        line([
            "step", "epoch", loss.unit == .squaredError ? "loss, MSE" : "loss", "valid.", metric?.log?.column ?? "", "rate", "gradient",
            countsTokens ? "tokens/s" : "seqs/s", "left",
        ])
    }

    /// A line with its own step's metrics; an asterisk marks the best validation so far.
    func line(_ progress: TrainingProgress) -> String {
        line([
            "\(progress.step)", epoch(progress), lossText(progress.loss), progress.validation.map { lossText($0.loss) } ?? "",
            evaluated(progress.validation), printed(progress.learningRate, "%.2e"), printed(progress.gradientNorm, "%.3g"),
            speed(progress).map(short) ?? "–", shortDuration(progress.secondsLeft),
        ]) + (progress.marksBest ? " *" : "")
    }

    /// "3/10", or if that is too wide, "1234".
    private func epoch(_ progress: TrainingProgress) -> String {
        let whole = "\(progress.epoch)/\(progress.epochCount)"
        return whole.count < Self.widths[1] ? whole : "\(progress.epoch)"
    }

    private func evaluated(_ validation: Evaluation?) -> String {
        guard let metric, let value = validation?[metric.key] else { return "" }
        return metric.unit.shortText(value)
    }

    func speed(_ progress: TrainingProgress) -> Double? { countsTokens ? progress.timeStepsPerSecond : progress.sequencesPerSecond }
    var speedUnit: String { countsTokens ? "tokens/s" : "sequences/s" }

    /// Right-aligned; a field that is too wide shifts the next ones.
    private func line(_ fields: [String]) -> String {
        zip(fields, Self.widths).map { text, width in text.rightAligned(in: max(width, text.count + 1)) }.joined()
    }
}

extension TrainingProgress {
    /// Whether its validation is the best so far, and better than guessing.
    var marksBest: Bool { isBest && validation?.isWorseThanGuessing == false }
}

/// Schedule of progress lines: ever more rarely, so that an hour's log is short. Everything is in the metrics.
struct LineSchedule {
    private let began = ContinuousClock.now
    private var last: ContinuousClock.Instant?
    /// A tenth of the elapsed time, from half a second to a minute.
    private static let (least, most) = (0.5, 60.0)

    /// Whether a line is due; if so, counts it as printed.
    mutating func isDue() -> Bool {
        let now = ContinuousClock.now
        let gap = min(Self.most, max(Self.least, (now - began) / .seconds(1) / 10))
        if let last, (now - last) / .seconds(1) < gap { return false }
        last = now
        return true
    }

    /// Counts a line as printed, even if it wasn't due.
    mutating func tell() { last = .now }
}
