import Runs
import Testing
import Training

@Suite("speeds are computed from measurements")
struct MeasuredSpeedTests {
    private static let start = SuspendingClock.now

    private func at(_ milliseconds: Int) -> SuspendingClock.Instant { Self.start + .milliseconds(milliseconds) }

    @Test("training time is that of its phases, without validation and saves")
    func trainingTime() {
        var clock = PhaseClock(at: at(0))
        for (phase, time) in [(TrainingPhase.batch, 1), (.forward, 2), (.validation, 12), (.save, 50), (.decision, 90)] { clock.enter(phase, at: at(time)) }
        let reading = clock.takeReading(at: at(93))
        #expect(reading.trainingSeconds.map { abs($0 - 0.015) < 1e-12 } == true)
        #expect(abs(reading.seconds.reduce(0, +) - 0.093) < 1e-12)
        #expect(clock.takeReading(at: at(95)).trainingSeconds == 0.002)
    }

    @Test("there is none if no time passed or the clock was set back, and there is one again afterwards")
    func unmeasured() {
        var clock = PhaseClock(at: at(10))
        #expect(clock.takeReading(at: at(10)).trainingSeconds == nil)
        clock.enter(.forward, at: at(14))
        clock.enter(.backward, at: at(5))
        let reading = clock.takeReading(at: at(8))
        #expect(reading.trainingSeconds == nil && reading.seconds.allSatisfy { $0 >= 0 })
        #expect(clock.takeReading(at: at(9)).trainingSeconds == 0.001)
    }

    @Test("a peak that work exceeds is measured again, and unknown while no burst is as fast")
    func disturbedPeak() {
        var bursts = 0
        var peak = RankPeak(rounds: 5) { rounds in
            bursts += rounds
            return bursts > 40 ? 100 : 20
        }
        #expect(peak.rate == 20)
        #expect(!peak.compare(with: 19, rounds: 20) && peak.rate == 20 && bursts == 5)
        #expect(peak.compare(with: 90, rounds: 20) && peak.rate == nil && bursts == 25)
        #expect(peak.compare(with: 90, rounds: 400) && peak.rate == 100 && bursts == 45)
        #expect(!peak.compare(with: 90, rounds: 400) && peak.rate == 100)
    }
}
