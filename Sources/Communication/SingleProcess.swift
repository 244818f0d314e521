import Glibc

/// A group of one: every sum and every message is the rank's own. Makes no MPI call.
public final class SingleProcess: Communicator {
    public let rank = 0
    public let rankCount = 1
    public let recorder = FlightRecorder()
    private var watchdog: Watchdog?

    public init() {}

    public func sumOverRanks(_ values: inout MutableSpan<Float>) {}

    public func sumOverRanksFast(_ values: inout MutableSpan<Float>) {}

    public func gatherEverywhere(_ bytes: [UInt8]) -> [[UInt8]] { [bytes] }

    public func broadcast(_ bytes: [UInt8], from root: Int) -> [UInt8] {
        precondition(root == 0, "a group of one has no rank \(root)")
        return bytes
    }

    public func barrier() {}

    public func watch(budgetSeconds: Double, exitCode: Int32, onHang: @escaping @Sendable (Watchdog.Hang) -> Void) {
        watchdog?.stop()
        watchdog = nil
        guard budgetSeconds > 0 else { return }
        watchdog = Watchdog(rank: 0, rankCount: 1, recorder: recorder, channel: nil, budgetSeconds: budgetSeconds, onHang: onHang) {
            // Not exit(), which would release memory that another thread is still using.
            _exit(exitCode)
        }
    }

    public func abort(exitCode: Int32) -> Never { exit(exitCode) }

    public func finish() {
        watchdog?.stop()
        watchdog = nil
    }
}
