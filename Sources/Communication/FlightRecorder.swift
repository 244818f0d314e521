import Synchronization

/// What a rank is doing and its last collectives, noted as it goes: what is shown when ranks no longer meet.
/// Read from any thread.
public final class FlightRecorder: Sendable {
    /// A collective that this rank took part in, or is in.
    public struct Collective: Sendable, Equatable {
        /// Counted from 1; the same collective has the same number on every rank.
        public var number = 0
        public var step = 0
        /// "sum", "gather", "broadcast" …
        public var operation = ""
        /// Of this rank's own message.
        public var byteCount = 0
        public var isFinished = false
    }

    /// How many collectives are remembered.
    public static let capacity = 8

    struct Position: Sendable {
        var step = 0
        var phase = "setting up"
        /// Of the phase, how many times the usual budget it may take. To set up is to read data and a checkpoint, from whatever disk.
        var patience = 10
        /// Whether the others may have left, so that their silence says nothing.
        var isAlone = false
        /// Collectives begun.
        var collectiveCount = 0
        var isInCollective = false
        /// Grows with whatever happens.
        var progressCount: UInt64 = 0
    }

    private struct State {
        var standing = Position()
        var ring = [Collective](repeating: Collective(), count: FlightRecorder.capacity)
    }
    private let state = Mutex(State())

    public init() {}

    /// A phase of a step begins: "the optimizer's step".
    /// - Parameter patience: how many times as long as another it may take before it counts as hung.
    public func begin(_ phase: String, step: Int, patience: Int = 1) {
        state.withLock {
            $0.standing.phase = phase
            $0.standing.step = step
            $0.standing.patience = patience
            $0.standing.isAlone = false
            $0.standing.progressCount += 1
        }
    }

    /// A phase begins that this rank goes through by itself, while the others may end: nobody is late meanwhile.
    public func beginAlone(_ phase: String) {
        state.withLock {
            $0.standing.phase = phase
            $0.standing.isAlone = true
            $0.standing.progressCount += 1
        }
    }

    /// Something within a phase is done: it isn't hung.
    public func advance() {
        state.withLock { $0.standing.progressCount += 1 }
    }

    /// Notes `collective` while it lasts.
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
        // One that fails stays unfinished in the record.
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

    /// ``lastCollectives`` in words: "4809 (step 1200) broadcast, 8 bytes".
    public var text: String {
        let words = lastCollectives.map { collective in
            "\(collective.number) (step \(collective.step)) \(collective.operation), \(collective.byteCount) bytes" + (collective.isFinished ? "" : ", unfinished")
        }
        return words.isEmpty ? "none" : words.joined(separator: "; ")
    }
}
