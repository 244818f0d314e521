import Datasets
import Foundation
import NumberText
import Runs
import ShellText
import Training

/// "early: 3 validations in a row without improvement (training.patience)".
func earlyEndText(_ validationCount: Int) -> String {
    "early: \(counted(validationCount, "validation"))\(validationCount == 1 ? "" : " in a row") without improvement (training.patience)"
}

/// The summary printed at the end of a run.
struct RunRecap {
    let outcome: Trainer.Outcome
    let runDirectory: String
    let weightsSHA256: String
    let stepCount: Int
    let seconds: Double
    let best: BestValidation?
    /// The last validation; nil without one.
    let validation: Evaluation?
    /// The best validation, if it was in this process.
    let bestValidation: Evaluation?
    /// The forecast without a model with the lowest loss on the validation part; nil for data that aren't a series.
    let bestNaive: (forecast: NaiveForecast, loss: Double)?
    /// The best checkpoint, if it isn't the newest.
    let bestCheckpoint: String?
    let phaseTimes: PhaseTimes
    /// The last committed checkpoint.
    let checkpoint: String?
    let writesText: Bool
    /// Whether the run started from a given checkpoint.
    let startedElsewhere: Bool
    let validationsSinceImprovement: Int
    /// Whether commands take the run's best checkpoint without being asked.
    let usesBestCheckpoint: Bool

    var lines: [String] {
        var lines: [String] = []
        let rate = seconds > 0 ? ": \(short(Double(stepCount) / seconds)) steps/s" : ""
        switch outcome {
        case .finished, .finishedEarly:
            lines.append(field("finished", "\(counted(stepCount, "step")) in \(shortDuration(seconds))\(rate)"))
            if outcome == .finishedEarly { lines.append(field("", earlyEndText(validationsSinceImprovement))) }
        case .stopped:
            let command = "the same command" + (startedElsewhere ? " without --resume" : "")
            lines.append(field("stopped", "as asked, after \(counted(stepCount, "step")) in \(shortDuration(seconds)); \(command) resumes it"))
        }
        if let best { lines += bestLines(best) } else if guessLoss != nil { lines.append(field("best", "none: no validation loss was a number")) }
        if let usableBest { lines.append(field("", usableBest)) }
        lines += baselineLines
        lines += field("time", parts: shares)
        if let slowest { lines.append(field("slowest", slowest)) }
        lines.append(field("weights", "SHA-256 \(weightsSHA256)"))
        if let checkpoint { lines.append(field("checkpoint", checkpoint)) }
        return lines + next
    }

    /// The best checkpoint, if it isn't the newest, and is better than guessing.
    private var usableBest: String? {
        guard let best, let guessLoss, Evaluation.isWorse(best.loss, thanGuessing: guessLoss) else { return bestCheckpoint }
        return nil
    }

    /// Loss of guessing; nil without validation.
    private var guessLoss: Double? { validation?.guessLoss }

    /// The baseline's figures beside those of the best validation.
    private var baselineLines: [String] {
        guard let validation, let baseline = validation.baselineText else { return [] }
        return [field("baseline", baseline)] + (bestValidation?.notBetterText.map { [field("", "the best validation is \($0)")] } ?? [])
    }

    /// The best validation's accuracy, where the baseline's is shown below.
    private var accuracyText: String {
        guard let bestValidation, bestValidation.baselineTitle != nil, let accuracy = bestValidation.accuracy else { return "" }
        return ", accuracy \(percentText(accuracy, decimals: 2)) %"
    }

    private func bestLines(_ best: BestValidation) -> [String] {
        let step = best.step.map { " at step \($0)" } ?? ""
        guard let guessLoss, Evaluation.isWorse(best.loss, thanGuessing: guessLoss) else {
            return [field("best", "validation loss \(lossText(best.loss))\(step)\(accuracyText)")] + naiveLines(best)
        }
        return [
            field("best", "none: the lowest validation loss, \(lossText(best.loss))\(step), is worse"),
            field("", "than guessing (\(lossText(guessLoss))); lower optimizer.learningRate"),
        ]
    }

    /// Says if a forecast without a model is as good.
    private func naiveLines(_ best: BestValidation) -> [String] {
        guard let bestNaive, let words = bestNaive.forecast.words(loss: bestNaive.loss, modelsLoss: best.loss) else { return [] }
        return field("", wrapped: "\(words), whose validation loss is \(lossText(bestNaive.loss))")
    }

    /// Phases' shares of the time of all ranks, without negligible ones.
    private var shares: [String] {
        let seconds = PhaseTimes.phaseNames.indices.map { phaseTimes.meanSeconds(ofPhase: $0) }
        let total = seconds.reduce(0, +)
        guard total > 0, stepCount > 0 else { return [] }
        let noticeable = zip(PhaseTimes.phaseNames, seconds).filter { $0.1 / total >= 0.005 }
        return noticeable.map { String(format: "%@ %.0f %%", $0.0, 100 * $0.1 / total) }
    }

    private var slowest: String? {
        guard let slowest = phaseTimes.slowest, slowest.othersWaitingShare >= 0.02 else { return nil }
        return String(format: "rank %d: the others waited %.0f %% of their time", slowest.rank, 100 * slowest.othersWaitingShare)
    }

    private var next: [String] {
        guard outcome != .stopped else { return [] }
        let commands = ["evaluate"] + (writesText ? ["generate"] : []) + ["report"]
        let run = runDirectory.shellPath + (usableBest == nil || usesBestCheckpoint ? "" : " --best")
        return commands.enumerated().map { field($0.offset == 0 ? "next" : "", "lstm-train \($0.element) \(run)") }
    }
}
