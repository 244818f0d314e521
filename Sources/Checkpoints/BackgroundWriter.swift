import Foundation

/// Writes checkpoints on a thread of its own, one at a time, while training goes on.
///
/// It owns the one snapshot, which is filled anew for each save. Two saves never overlap: the next waits for the earlier one.
public final class BackgroundWriter: @unchecked Sendable {
    private enum State {
        case idle
        case writing
        case done(Result<CommittedCheckpoint, CheckpointError>)
    }

    private let run: LockedRun
    private let keptCount: Int
    // `state` and `snapshot` are touched under `condition`, save that the snapshot belongs to the thread alone while `state` is `.writing`.
    private let condition = NSCondition()
    private var state = State.idle
    private var snapshot: CheckpointSnapshot

    /// - Parameters:
    ///   - snapshot: memory of the model's layout, whatever its figures.
    ///   - keptCount: how many of the newest checkpoints stay, besides the best.
    public init(run: LockedRun, snapshot: CheckpointSnapshot, keptCount: Int) {
        precondition(keptCount >= 1, "a run keeps at least one checkpoint, not \(keptCount)")
        self.run = run
        self.snapshot = snapshot
        self.keptCount = keptCount
    }

    /// Waits for the earlier save, lets `fill` copy training's state into the snapshot, on the caller's thread, and begins to write it.
    /// - Returns: the earlier save, if it wasn't reported before.
    /// - Throws: the earlier save's error; then this one isn't begun.
    @discardableResult
    public func submit(_ fill: (inout CheckpointSnapshot) -> Void) throws(CheckpointError) -> CommittedCheckpoint? {
        condition.lock()
        defer { condition.unlock() }
        let earlier = try outcome()
        fill(&snapshot)
        state = .writing
        Thread.detachNewThread { self.write() }
        return earlier
    }

    /// Doesn't wait.
    /// - Returns: the last save, if it is finished and wasn't reported before.
    /// - Throws: its error, once.
    public func poll() throws(CheckpointError) -> CommittedCheckpoint? {
        condition.lock()
        defer { condition.unlock() }
        if case .writing = state { return nil }
        return try outcome()
    }

    /// Waits until nothing is being written.
    /// - Returns: the last save, if it wasn't reported before.
    /// - Throws: its error, once.
    @discardableResult
    public func finish() throws(CheckpointError) -> CommittedCheckpoint? {
        condition.lock()
        defer { condition.unlock() }
        return try outcome()
    }

    /// Waits, under the lock, for the save under way, and takes its outcome.
    private func outcome() throws(CheckpointError) -> CommittedCheckpoint? {
        while case .writing = state { condition.wait() }
        guard case .done(let result) = state else { return nil }
        state = .idle
        return try result.get()
    }

    private func write() {
        let result: Result<CommittedCheckpoint, CheckpointError>
        do throws(CheckpointError) {
            // A run that resumes from the checkpoint doesn't log the steps before it again.
            try run.synchronizeLogs()
            let committed = try run.commit(snapshot)
            try run.keepNewest(keptCount)
            result = .success(committed)
        } catch {
            result = .failure(error)
        }
        condition.lock()
        state = .done(result)
        condition.broadcast()
        condition.unlock()
    }
}
