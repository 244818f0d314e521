import Checkpoints
import Communication
import Foundation
import Network
import Training

/// Tells a person how training goes: aligned lines, and on a terminal a live one below them.
final class ProgressPrinter: TrainingReporter {
    /// Under a launcher standard output may look like a terminal (Open MPI gives each rank one of its own), but what it becomes is a log.
    private let isTerminal = isatty(STDOUT_FILENO) == 1 && !LaunchEnvironment.current().isLaunched
    private let began = ContinuousClock.now
    private var liveShown = ContinuousClock.now
    private var lineCount = 0
    private var isRegression = false

    func began(_ summary: RunSummary) {
        let shape = summary.shape
        isRegression = shape.loss == .squaredError
        line("run         \(summary.runDirectory)")
        line("data        \(summary.dataDescription); \(grouped(summary.batchesPerEpoch)) batches an epoch")
        line("model       \(input(shape)), \(shape.layers) × LSTM(\(shape.hidden)), \(head(shape)): \(grouped(summary.parameterCount)) parameters")
        line(
            "group       \(summary.rankCount) rank\(summary.rankCount == 1 ? "" : "s") × \(summary.threadCount) "
                + "thread\(summary.threadCount == 1 ? "" : "s"), \(summary.shardCount) shards, \(arithmetic(summary.precision))")
        for passedOver in summary.passedOver { say("\(passedOver)") }
        if let resumed = summary.resumed { line("goes on     from \(resumed)") }
        if let earlier = summary.resumedPrecision, earlier != summary.precision {
            line("            in \(summary.precision.rawValue) from here on, no longer in \(earlier.rawValue)")
        }
        if summary.resumedStep >= summary.stepCount { line("            step \(summary.resumedStep) of \(summary.stepCount): nothing is left to do") }
    }

    func stepped(_ step: Int, of stepCount: Int, gradientNorm: Double) {
        guard isTerminal, ContinuousClock.now - liveShown > .milliseconds(200) else { return }
        liveShown = .now
        let share = Double(step) / Double(max(1, stepCount))
        let bar = String(repeating: "━", count: Int(share * 24)) + String(repeating: "┄", count: 24 - Int(share * 24))
        write("\r\u{1B}[K" + String(format: "%@ %5.1f %%  step %d of %d  gradient norm %.3g", bar, 100 * share, step, stepCount, gradientNorm))
    }

    func progressed(_ progress: TrainingProgress) {
        header()
        line(columns(progress))
    }

    func saved(_ checkpoint: CommittedCheckpoint) {
        line("saved       \(checkpoint.path)")
    }

    func failedToSave(_ error: CheckpointError) {
        say("lstm-train: saving failed: \(error) Training goes on (checkpoint.onError).")
    }

    func skipped(_ step: SkippedStep) {
        let sequences = step.sequences.isEmpty ? "" : ", sequences " + step.sequences.prefix(10).map(String.init).joined(separator: ", ")
        say("lstm-train: step \(step.step) is left out: its gradient's norm is \(step.gradientNorm)\(sequences) (\(step.skippedCount) so far).")
    }

    func ended(_ outcome: Trainer.Outcome, weightsSHA256: String, runDirectory: String) {
        line("weights     SHA-256 \(weightsSHA256)")
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        switch outcome {
        case .finished:
            line(String(format: "finished    in %@; next: lstm-train evaluate %@", duration(seconds), runDirectory))
        case .stopped:
            line("stopped     as asked; the same command goes on from here")
        }
    }

    // MARK: Lines

    private func header() {
        if lineCount % 40 == 0 {
            let loss = isRegression ? "loss, MSE" : "loss, nats"
            let judged = isRegression ? "abs error" : "accuracy"
            let names = ["step", "epoch", loss, "validation", judged, "rate", "grad norm", "time steps/s", "left"]
            line(zip(names, Self.widths).map { right($0, $1) }.joined())
        }
        lineCount += 1
    }

    private static let widths = [9, 8, 12, 12, 11, 10, 11, 14, 12]

    private func columns(_ progress: TrainingProgress) -> String {
        let judged = progress.validation.map { evaluation in
            evaluation.accuracy.map { String(format: "%.2f %%", 100 * $0) } ?? figure(evaluation.absoluteError ?? .nan)
        }
        let fields = [
            "\(progress.step)", "\(progress.epoch)/\(progress.epochCount)", figure(progress.loss),
            progress.validation.map { figure($0.loss) } ?? "", judged ?? "", String(format: "%.2e", progress.learningRate),
            String(format: "%.3g", progress.gradientNorm), grouped(Int(progress.timeStepsPerSecond)), duration(progress.secondsLeft),
        ]
        var text = zip(fields, Self.widths).map { right($0, $1) }.joined()
        if progress.endsEpoch { text += "  mean of the epoch" }
        if progress.isBest { text += (progress.endsEpoch ? "," : " ") + " best so far" }
        return text
    }

    private func figure(_ value: Double) -> String { String(format: abs(value) < 1e5 ? "%.4f" : "%.4g", value) }

    private func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }

    private func line(_ text: String) {
        write((isTerminal ? "\r\u{1B}[K" : "") + text.withoutControls + "\n")
    }

    private func write(_ text: String) {
        // A run that trains and saves does what it is for, whatever becomes of its log.
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }

    // MARK: Words

    private func input(_ shape: NetworkShape) -> String {
        switch shape.input {
        case .oneHot(let count): "\(count) symbols"
        case .embedding(let count, let width): "\(count) symbols, embedding \(width)"
        case .vectors(let width): "\(width) numbers"
        }
    }

    private func head(_ shape: NetworkShape) -> String {
        let place = shape.head == .everyStep ? "every step" : "the last step"
        return shape.loss == .crossEntropy ? "softmax(\(shape.outputs)) on \(place)" : "linear(\(shape.outputs)) on \(place)"
    }

    private func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "–" }
        let whole = Int(seconds.rounded())
        if whole < 60 { return String(format: "%.1f s", seconds) }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}
