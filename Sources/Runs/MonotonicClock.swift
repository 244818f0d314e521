import Foundation

/// Time of day that never decreases, for time series. If the clock is set back, it repeats the last time until the clock has caught up.
package struct MonotonicClock {
    private let timeOfDay: () -> Double
    private let uptime: () -> Double
    private var last: (time: Double, uptime: Double)?

    package init(
        timeOfDay: @escaping () -> Double = { Date().timeIntervalSince1970 },
        uptime: @escaping () -> Double = { ProcessInfo.processInfo.systemUptime }
    ) {
        self.timeOfDay = timeOfDay
        self.uptime = uptime
    }

    /// Seconds since 1970, never less than before.
    package mutating func now() -> Double {
        let (time, uptime) = (timeOfDay(), uptime())
        let result = last.map { time >= $0.time ? time : $0.time + max(0, uptime - $0.uptime) } ?? time
        last = (result, uptime)
        return result
    }
}
