import Checkpoints
import Foundation
import StrictJSON
import TensorBoard

/// What a run tells programs as it goes: its metrics, TensorBoard's event file and Prometheus's text file. Rank 0's alone.
final class RunLogs {
    private let run: LockedRun
    private let settings: Configuration.LogSettings
    private var metrics: MetricsLog
    private var events: EventLog?
    private var published: ContinuousClock.Instant?

    /// - Parameter step: that the run goes on from; below 0 where it starts anew.
    init(_ run: LockedRun, settings: Configuration.LogSettings, goingOnFrom step: Int) throws(CheckpointError) {
        self.run = run
        self.settings = settings
        metrics = try run.openMetrics(goingOnFrom: step)
        events = settings.tensorBoard ? try run.openEvents(goingOnFrom: step, wallTime: Self.wallTime) : nil
    }

    private static var wallTime: Double { Date().timeIntervalSince1970 }

    /// - Parameter histograms: by tag, of this line's step.
    func append(_ progress: TrainingProgress, histograms: [(tag: String, histogram: Histogram)], isLast: Bool) throws(CheckpointError) {
        try metrics.append(progress.metrics)
        try events?.append(event(of: progress, histograms))
        // Whoever scrapes looks every few seconds.
        let now = ContinuousClock.now
        guard settings.prometheus, isLast || published.map({ now - $0 >= .seconds(1) }) ?? true else { return }
        published = now
        try run.publishText(PrometheusText(progress: progress, run: run.directory.path).text, named: PrometheusText.fileName)
    }

    func append(_ skipped: SkippedStep) throws(CheckpointError) { try metrics.append(skipped.metrics) }

    /// Returns when all lines are on disk.
    func synchronize() throws(CheckpointError) {
        try metrics.synchronize()
        try events?.synchronize()
    }

    private func event(of progress: TrainingProgress, _ histograms: [(tag: String, histogram: Histogram)]) -> TensorBoardEvent {
        var event = TensorBoardEvent(step: progress.step, wallTime: Self.wallTime)
        for scalar in progress.scalars where scalar.value.isFinite { event.add(scalar.tag, scalar: scalar.value) }
        for (tag, histogram) in histograms where histogram.count > 0 { event.add(tag, histogram: histogram) }
        // As it stands, not as Markdown reads it.
        if let sample = progress.sample { event.add("sample", text: "    " + sample.replacing("\n", with: "\n    ")) }
        return event
    }
}

extension TrainingProgress {
    /// A number of a line: its key in the metrics, TensorBoard's tag, and what it is.
    struct Scalar {
        let key: String
        let tag: String
        let value: Double
        let meaning: String
    }

    /// The numbers of a line, in the order of the metrics.
    var scalars: [Scalar] {
        func scalar(_ key: String, _ tag: String, _ value: Double?, _ meaning: String) -> Scalar? {
            value.map { Scalar(key: key, tag: tag, value: $0, meaning: meaning) }
        }
        return [
            endsEpoch
                ? scalar("epochLoss", "loss/epoch", loss, "Mean training loss of the last epoch.")
                : scalar("loss", "loss/training", loss, "Mean training loss since the line before."),
            scalar("validationLoss", "loss/validation", validation?.loss, "Validation loss."),
            scalar("validationAccuracy", "validation/accuracy", validation?.accuracy, "Share of validation targets whose class had the highest score."),
            scalar("validationAbsoluteError", "validation/absolute_error", validation?.absoluteError, "Mean absolute validation error."),
            scalar("learningRate", "training/learning_rate", learningRate, "Learning rate."),
            scalar("gradientNorm", "training/gradient_norm", gradientNorm, "Norm of the last gradient, before clipping."),
            scalar("timeStepsPerSecond", "speed/time_steps_per_second", timeStepsPerSecond, "Time steps of all ranks' sequences, a second."),
            scalar("sequencesPerSecond", "speed/sequences_per_second", sequencesPerSecond, "Sequences of all ranks, a second."),
            scalar("peakShare", "speed/peak_share", peakShare, "Multiply-adds executed a second, by the peak of all ranks' threads."),
            scalar("elapsedSeconds", "time/elapsed_seconds", elapsedSeconds, "Seconds since this process began to train."),
            scalar("saveSeconds", "time/save_seconds", saveSeconds > 0 ? saveSeconds : nil, "Seconds that saves stopped training for since the line before."),
        ].compactMap { $0 }
    }

    /// A line of `metrics.jsonl`.
    var metrics: JSONValue {
        var members = [JSONMember(key: "step", value: .integer(step)), JSONMember(key: "epoch", value: .integer(epoch))]
        members += scalars.map { JSONMember(key: $0.key, value: .real($0.value)) }
        let phases = PhaseTimes.phaseNames.enumerated().map { index, name in
            // To a microsecond: what is beyond it is noise.
            JSONMember(key: name, value: .list(phaseTimes.seconds(ofPhase: index).map { .real(($0 * 1e6).rounded() / 1e6) }))
        }
        members.append(JSONMember(key: "phaseSeconds", value: JSONValue(.object(phases))))
        if let resumedFromStep { members.append(JSONMember(key: "resumedFromStep", value: .integer(resumedFromStep))) }
        if let sample { members.append(JSONMember(key: "sample", value: .text(sample))) }
        return JSONValue(.object(members))
    }
}
