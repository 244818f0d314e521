import Dispatch
import Foundation

/// Ends this process when its group isn't complete in time. While ranks start, only the process itself can notice that another never starts.
///
/// Time is counted in ticks of a thread of its own, so that a job which was suspended as a whole isn't found late when it goes on.
public final class StartDeadline: Sendable {
    private let tickSeconds: Double
    private let tickCount: Int
    private let onLate: @Sendable () -> Never
    private let tick = TickWait()
    private let ended = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - budgetSeconds: above 0.
    ///   - onLate: tells the user and ends the process; called from a thread of its own.
    public init(budgetSeconds: Double, onLate: @escaping @Sendable () -> Never) {
        // As many ticks as a longer wait than a century has are too many to count.
        let budget = min(budgetSeconds, 4e9)
        tickSeconds = min(0.5, budget / 10)
        tickCount = Int((budget / tickSeconds).rounded(.up))
        self.onLate = onLate
        Thread.detachNewThread { self.wait() }
    }

    /// The group is complete. Returns when the thread has ended.
    public func stop() {
        tick.stop()
        ended.wait()
    }

    private func wait() {
        for _ in 0..<tickCount where tick.wait(seconds: tickSeconds) {
            ended.signal()
            return
        }
        onLate()
    }
}
