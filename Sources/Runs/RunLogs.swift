package import Checkpoints
package import Configuration
package import TensorBoard

/// A run's logs for other programs: its metrics, TensorBoard's event file and Prometheus's text file. Only on rank 0.
package final class RunLogs {
    private let run: LockedRun
    private let settings: Configuration.LogSettings
    private var metrics: MetricsLog
    private var events: EventLog?
    private var clock = MonotonicClock()
    private var published: ContinuousClock.Instant?

    /// - Parameter step: the step to resume from; negative for a new run.
    package init(_ run: LockedRun, settings: Configuration.LogSettings, goingOnFrom step: Int) throws(CheckpointError) {
        self.run = run
        self.settings = settings
        metrics = try run.openMetrics(goingOnFrom: step)
        events = settings.tensorBoard ? try run.openEvents(goingOnFrom: step, wallTime: clock.now()) : nil
    }

    /// - Parameter histograms: of this line's step, with their tags.
    package func append(_ progress: TrainingProgress, histograms: [(tag: String, histogram: Histogram)], isLast: Bool) throws(CheckpointError) {
        try run.requireHeld()
        try metrics.append(progress.metrics)
        try events?.append(event(of: progress, histograms))
        // Prometheus collects metrics only every few seconds.
        let now = ContinuousClock.now
        guard settings.prometheus, isLast || published.map({ now - $0 >= .seconds(1) }) ?? true else { return }
        published = now
        try run.publishText(PrometheusText(progress: progress, run: run.presentPath).text, named: PrometheusText.fileName)
    }

    package func append(_ skipped: SkippedStep) throws(CheckpointError) { try metrics.append(skipped.metrics) }

    /// Returns when all lines are on disk.
    package func synchronize() throws(CheckpointError) {
        try metrics.synchronize()
        try events?.synchronize()
    }

    /// A Markdown code block that shows the text literally, whatever its line ends are.
    static func codeBlock(_ text: String) -> String {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { "    " + $0 }.joined(separator: "\n")
    }

    private func event(of progress: TrainingProgress, _ histograms: [(tag: String, histogram: Histogram)]) -> TensorBoardEvent {
        var event = TensorBoardEvent(step: progress.step, wallTime: clock.now())
        for scalar in progress.scalars where scalar.value.isFinite { event.add(scalar.tag, scalar: scalar.value) }
        for (tag, histogram) in histograms where histogram.count > 0 { event.add(tag, histogram: histogram) }
        // In a code block, so that it isn't interpreted as Markdown.
        if let sample = progress.sample { event.add("sample", text: Self.codeBlock(sample)) }
        return event
    }
}
