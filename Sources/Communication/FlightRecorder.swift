import Synchronization

/// Records a rank's current phase and its last collectives, to be shown if ranks hang.
/// May be read from any thread.
public final class FlightRecorder: Sendable {
    /// A collective that this rank has called.
    public struct Collective: Sendable, Equatable {
        /// Sequence number, from 1; the same collective has the same number on every rank.
        public var number = 0
        public var step = 0
        /// "sum", "gather", "broadcast" …
        public var operation = ""
        /// Length of this rank's own message.
        public var byteCount = 0
        public var isFinished = false
    }

    /// Number of collectives kept.
    public static let capacity = 8

    struct Position: Sendable {
        var step = 0
        var phase = "setting up"
        /// The phase's time limit, as a multiple of the usual budget. The first phase, setup, reads data and a checkpoint from a possibly slow disk.
        var patience = 10
        /// Whether the other ranks may have left, so that their silence is normal.
        var isAlone = false
        /// Number of collectives started.
        var collectiveCount = 0
        var isInCollective = false
        /// Incremented on every event.
        var progressCount: UInt64 = 0
    }

    private struct State {
        var standing = Position()
        var ring = [Collective](repeating: Collective(), count: FlightRecorder.capacity)
    }
    private let state = Mutex(State())

    public init() {}

    /// Marks the start of a phase of a step, such as "the optimizer's step".
    /// - Parameter patience: how many times the usual budget the phase may take before it counts as hung.
    public func begin(_ phase: String, step: Int, patience: Int = 1) {
        state.withLock {
            $0.standing.phase = phase
            $0.standing.step = step
            $0.standing.patience = patience
            $0.standing.isAlone = false
            $0.standing.progressCount += 1
        }
    }

    /// Marks the start of a phase that this rank runs alone, while the others may end; no rank counts as hung meanwhile.
    public func beginAlone(_ phase: String) {
        state.withLock {
            $0.standing.phase = phase
            $0.standing.isAlone = true
            $0.standing.progressCount += 1
        }
    }

    /// Reports progress within a phase, so that it doesn't count as hung.
    public func advance() {
        state.withLock { $0.standing.progressCount += 1 }
    }

    /// Records `collective` while it runs.
    func recorded<Result>(
        _ operation: String, byteCount: Int, _ collective: () throws(CommunicationError) -> Result
    ) throws(CommunicationError) -> Result {
        state.withLock { state in
            state.standing.collectiveCount += 1
            state.standing.isInCollective = true
            state.standing.progressCount += 1
            let number = state.standing.collectiveCount
            state.ring[number % Self.capacity] = Collective(
                number: number, step: state.standing.step, operation: operation, byteCount: byteCount)
        }
        let result = try collective()
        // A collective that fails stays unfinished in the record.
        state.withLock { state in
            state.ring[state.standing.collectiveCount % Self.capacity].isFinished = true
            state.standing.isInCollective = false
            state.standing.progressCount += 1
        }
        return result
    }

    var standing: Position { state.withLock(\.standing) }

    /// The last collectives, the earliest first.
    public var lastCollectives: [Collective] {
        state.withLock(\.ring).filter { $0.number > 0 }.sorted { $0.number < $1.number }
    }

    /// ``lastCollectives`` as text: "4809 (step 1200) broadcast, 8 bytes".
    public var text: String {
        let words = lastCollectives.map { collective in
            "\(collective.number) (step \(collective.step)) \(collective.operation), \(collective.byteCount) bytes" + (collective.isFinished ? "" : ", unfinished")
        }
        return words.isEmpty ? "none" : words.joined(separator: "; ")
    }
}
