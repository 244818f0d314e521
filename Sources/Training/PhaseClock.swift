package import Runs

/// Measures the time that a rank spends in each phase. Cost: one clock reading per phase.
package struct PhaseClock {
    /// A clock that stops while the machine sleeps.
    private let clock = SuspendingClock()
    private var phase = TrainingPhase.decision
    private var entered: SuspendingClock.Instant
    /// In the order of phases.
    private var durations = [Duration](repeating: .zero, count: TrainingPhase.allCases.count)
    /// Whether the clock was set back meanwhile, so that the durations are unreliable.
    private var wentBack = false

    package init(at instant: SuspendingClock.Instant = .now) { entered = instant }

    mutating func enter(_ next: TrainingPhase) { enter(next, at: clock.now) }

    package mutating func enter(_ next: TrainingPhase, at now: SuspendingClock.Instant) {
        if now < entered { wentBack = true } else { durations[phase.index] += now - entered }
        (phase, entered) = (next, now)
    }

    mutating func takeReading() -> PhaseReading { takeReading(at: clock.now) }

    /// Returns the times measured since the last reading.
    package mutating func takeReading(at now: SuspendingClock.Instant) -> PhaseReading {
        enter(phase, at: now)
        let reading = PhaseReading(seconds: durations.map { $0 / .seconds(1) }, isWhole: !wentBack)
        for phase in durations.indices { durations[phase] = .zero }
        wentBack = false
        return reading
    }
}

/// Times that a rank spent in each phase.
package struct PhaseReading {
    /// In the order of ``PhaseTimes/phaseNames``.
    package let seconds: [Double]
    /// Whether the clock was never set back.
    let isWhole: Bool

    /// Seconds of training, without validation and saves; nil where they weren't measured.
    package var trainingSeconds: Double? {
        let phases = TrainingPhase.allCases.filter { $0 != .validation && $0 != .save }
        let sum = phases.reduce(0) { $0 + seconds[$1.index] }
        return isWhole && sum > 0 ? sum : nil
    }
}
