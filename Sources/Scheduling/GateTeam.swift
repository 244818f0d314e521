import CVector
import Dispatch
import Synchronization

/// The threads that compute a pass together: one `DispatchQueue.concurrentPerform` a pass, whose members meet after each phase.
///
/// Work is cut into phases, and a phase into shares, one a member. A phase begins when every share of the one before is finished. Dispatch doesn't
/// promise that all members run at once, so what is counted is finished shares, not arrived threads: each share is claimed by a flag, its own
/// member first, and whoever waits takes the shares of members that are absent. Progress never depends on how many threads came, nor do results,
/// for a share's work doesn't depend on who does it.
public final class GateTeam: Sendable {
    /// Members, and shares of a phase.
    public let threadCount: Int
    /// Whether a waiting member spins: only where each has a core of its own.
    private let spins: Bool
    private let shares: [Share]
    /// Shares finished since the pass began.
    private let finished = PaddedCounter()

    public init(threadCount: Int, spins: Bool) {
        precondition(threadCount >= 1)
        self.threadCount = threadCount
        self.spins = spins
        shares = (0..<threadCount).map { _ in Share() }
    }

    /// Calls `body(phase, share)` once for each phase in `0..<phaseCount` and share in `0..<threadCount`, a phase after the other.
    ///
    /// The body runs on several threads at once: what the shares of a phase write must be disjoint. Denormals are flushed on each thread meanwhile.
    public func run(phaseCount: Int, _ body: (_ phase: Int, _ share: Int) -> Void) {
        guard phaseCount > 0 else { return }
        if threadCount == 1 {
            let before = flushDenormals()
            for phase in 0..<phaseCount { body(phase, 0) }
            restoreFloatingPoint(before)
            return
        }
        for share in shares { share.claimedPhaseCount.value.store(0, ordering: .relaxed) }
        finished.value.store(0, ordering: .releasing)
        withoutActuallyEscaping(body) { body in
            let shared = SharedBody(call: body)
            DispatchQueue.concurrentPerform(iterations: threadCount) { member in
                let before = flushDenormals()
                self.work(as: member, phaseCount: phaseCount, shared.call)
                restoreFloatingPoint(before)
            }
        }
    }

    /// Calls `body` once for each task in `0..<taskCount`, in no order: one phase whose shares are neighbouring tasks.
    public func run(taskCount: Int, _ body: (_ task: Int) -> Void) {
        run(phaseCount: 1) { _, share in
            for task in tasks(ofShare: share, taskCount: taskCount) { body(task) }
        }
    }

    /// The tasks among `taskCount` that are `share`'s: neighbours, as even as can be.
    public func tasks(ofShare share: Int, taskCount: Int) -> Range<Int> {
        share * taskCount / threadCount..<(share + 1) * taskCount / threadCount
    }

    private func work(as member: Int, phaseCount: Int, _ body: (_ phase: Int, _ share: Int) -> Void) {
        // Whoever comes late goes on where the others are.
        var phase = finished.value.load(ordering: .acquiring) / threadCount
        while phase < phaseCount {
            if shares[member].claim(phase: phase) { finish(phase, member, body) }
            waitForOthers(member, phase, body)
            phase += 1
        }
    }

    private func finish(_ phase: Int, _ share: Int, _ body: (_ phase: Int, _ share: Int) -> Void) {
        body(phase, share)
        finished.value.add(1, ordering: .acquiringAndReleasing)
    }

    private func waitForOthers(_ member: Int, _ phase: Int, _ body: (_ phase: Int, _ share: Int) -> Void) {
        let goal = (phase + 1) * threadCount
        var waits = 0
        while finished.value.load(ordering: .acquiring) < goal {
            waits += 1
            // A member that is merely a little behind keeps its share, whose weights are in its own core's cache.
            if waits % patience == 0 {
                for other in 1..<threadCount {
                    let share = (member + other) % threadCount
                    if shares[share].claim(phase: phase) { finish(phase, share, body) }
                }
            }
            if spins && waits < 100 * patience { spinPause() } else { yieldProcessor() }
        }
    }

    /// Waits before an absent member's share is taken.
    private var patience: Int { spins ? 256 : 1 }
}

/// A pass's work, lent to its members. They only call it, and the pass ends before it does.
private struct SharedBody: @unchecked Sendable {
    let call: (_ phase: Int, _ share: Int) -> Void
}

/// One member's part of a phase: how many phases of it were claimed.
private final class Share: Sendable {
    let claimedPhaseCount = PaddedCounter()

    /// Whether the caller is the one who does this share of `phase`.
    func claim(phase: Int) -> Bool {
        claimedPhaseCount.value.load(ordering: .relaxed) == phase
            && claimedPhaseCount.value.compareExchange(expected: phase, desired: phase + 1, ordering: .acquiringAndReleasing).exchanged
    }
}

/// A counter with cache lines of its own, so that members don't slow each other.
private final class PaddedCounter: Sendable {
    private let before: (Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    let value = Atomic<Int>(0)
    private let behind: (Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
}
