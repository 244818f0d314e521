import Dispatch
import Foundation

/// Ends this process if its group isn't complete in time. During startup, only the process itself can notice that another rank never starts.
///
/// Time is counted in ticks of this object's thread, so that a job that was suspended as a whole isn't considered late when it resumes.
public final class StartDeadline: Sendable {
    private let tickSeconds: Double
    private let tickCount: Int
    private let onLate: @Sendable () -> Never
    private let tick = TickWait()
    private let ended = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - budgetSeconds: above 0.
    ///   - onLate: prints the error and ends the process; called on the object's own thread.
    public init(budgetSeconds: Double, onLate: @escaping @Sendable () -> Never) {
        // A wait of more than a century would overflow the tick count.
        let budget = min(budgetSeconds, 4e9)
        tickSeconds = min(0.5, budget / 10)
        tickCount = Int((budget / tickSeconds).rounded(.up))
        self.onLate = onLate
        Thread.detachNewThread { self.wait() }
    }

    /// Call when the group is complete. Returns when the thread has ended.
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
