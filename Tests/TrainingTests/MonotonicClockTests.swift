import Runs
import Testing

import Training

@Suite("A clock that is set back")
struct MonotonicClockTests {
    /// The time of day at each second of a simulated machine.
    final class Days {
        var times: [Double]
        var second = -1.0
        init(_ times: [Double]) { self.times = times }
        func next() -> Double {
            second += 1
            return times[Int(second)]
        }
    }

    private func results(_ times: [Double]) -> [Double] {
        let days = Days(times)
        var clock = MonotonicClock(timeOfDay: days.next, uptime: { days.second })
        return times.map { _ in clock.now() }
    }

    @Test("stays at the last time until the time of day has caught up")
    func setBack() {
        #expect(results([100, 101, 50, 51, 52, 104.5, 105]) == [100, 101, 102, 103, 104, 104.5, 105])
    }

    @Test("follows a clock that is set forward or stands still")
    func setForward() {
        #expect(results([100, 200, 200, 201]) == [100, 200, 200, 201])
    }
}
