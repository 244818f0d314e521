import CVector
import Dispatch
import Synchronization

/// A team of threads that compute together, with a barrier after each phase. A gathering is one `DispatchQueue.concurrentPerform`.
///
/// Work is divided into passes, a pass into phases, and a phase into shares, one per member (thread). A phase begins when every share of the previous
/// one is finished. Dispatch doesn't promise to run all members at once, so the barrier counts finished shares, not arrived threads: each share is
/// claimed by a flag, first by its own member, and a waiting member takes the shares of absent ones. So progress never depends on the number of running
/// threads; neither do results, since a share's work is the same on every thread.
///
/// Dispatch takes 10 µs or more to wake threads, as long as a whole pass of a small network. So they stay ``gathered(_:)`` over many passes.
public final class ThreadTeam: Sendable {
    /// Number of members, and of shares per phase.
    public let threadCount: Int
    /// Whether a waiting member spins. Use it only if each member has its own core.
    private let spins: Bool
    private let shares: [Share]
    /// Shares finished since the team was created. Phase numbers are never reused, so a lagging member can't mistake a later pass for its own.
    private let finished = PaddedCounter()
    private let announcement = Announcement()

    public init(threadCount: Int, spins: Bool) {
        precondition(threadCount >= 1)
        self.threadCount = threadCount
        self.spins = spins
        shares = (0..<threadCount).map { _ in Share() }
    }

    /// Calls `body` on one of the team's threads while the others wait for the passes that it runs. Flushes denormals meanwhile.
    ///
    /// If waiting would take cores from other processes, each pass wakes the team instead. Gatherings don't nest; no other thread may use the team meanwhile.
    public func gathered(_ body: () -> Void) {
        if threadCount > 1 && spins {
            gather(body)
        } else {
            flushingDenormals(body)
        }
    }

    /// Calls `body(phase, share)` once for each phase in `0..<phaseCount` and share in `0..<threadCount`, one phase after the other.
    ///
    /// The shares of a phase run concurrently, so they must write disjoint memory. Flushes denormals on each thread meanwhile.
    public func run(phaseCount: Int, _ body: @Sendable (_ phase: Int, _ share: Int) -> Void) {
        guard phaseCount > 0 else { return }
        if threadCount == 1 {
            flushingDenormals { for phase in 0..<phaseCount { body(phase, 0) } }
        } else if announcement.leader.value.load(ordering: .relaxed) != Announcement.noLeader {
            lead(phaseCount: phaseCount, body)
        } else {
            gather { lead(phaseCount: phaseCount, body) }
        }
    }

    /// Calls `body` once for each task in `0..<taskCount`, in any order: one phase whose shares are ranges of tasks.
    public func run(taskCount: Int, _ body: @Sendable (_ task: Int) -> Void) {
        run(phaseCount: 1) { _, share in
            for task in tasks(ofShare: share, taskCount: taskCount) { body(task) }
        }
    }

    /// The range of `taskCount` tasks that belongs to `share`; ranges differ by at most one task.
    public func tasks(ofShare share: Int, taskCount: Int) -> Range<Int> {
        share * taskCount / threadCount..<(share + 1) * taskCount / threadCount
    }

    // MARK: A gathering

    /// Runs `body` on the first member that arrives, the leader; the others follow until it returns.
    private func gather(_ body: () -> Void) {
        withoutActuallyEscaping(body) { body in
            let borrowed = BorrowedBody(body)
            DispatchQueue.concurrentPerform(iterations: threadCount) { member in
                self.flushingDenormals {
                    guard self.announcement.takeLead(member) else { return self.follow(as: member) }
                    borrowed.call()
                    self.announcement.end()
                }
            }
        }
        announcement.dissolve()
    }

    /// Publishes a pass and takes part in it. Called on the leader.
    private func lead(phaseCount: Int, _ body: @Sendable (_ phase: Int, _ share: Int) -> Void) {
        let first = finished.value.load(ordering: .acquiring) / threadCount
        let leader = announcement.leader.value.load(ordering: .relaxed)
        withoutActuallyEscaping(body) { body in
            announcement.announce(Pass(phases: first..<first + phaseCount, body: body), wait: pause)
            work(as: leader, on: Pass(phases: first..<first + phaseCount, body: body))
            announcement.withdraw(wait: pause)
        }
    }

    /// Takes part in each published pass until the gathering ends.
    private func follow(as member: Int) {
        var seen = 0
        var waits = 0
        while !announcement.hasEnded.value.load(ordering: .acquiring) {
            if announcement.join(newerThan: &seen, { work(as: member, on: $0) }) {
                waits = 0
            } else {
                pause(&waits)
            }
        }
    }

    private func work(as member: Int, on pass: Pass) {
        // A member that arrives late starts at the current phase.
        var phase = max(pass.phases.lowerBound, finished.value.load(ordering: .acquiring) / threadCount)
        while phase < pass.phases.upperBound {
            if shares[member].claim(phase: phase) { finish(phase, member, pass) }
            waitForOthers(member, phase, pass)
            phase += 1
        }
    }

    private func finish(_ phase: Int, _ share: Int, _ pass: Pass) {
        pass.body(phase - pass.phases.lowerBound, share)
        finished.value.add(1, ordering: .acquiringAndReleasing)
    }

    private func waitForOthers(_ member: Int, _ phase: Int, _ pass: Pass) {
        let goal = (phase + 1) * threadCount
        var waits = 0
        while finished.value.load(ordering: .acquiring) < goal {
            // A member that is only slightly late keeps its share, because its weights are in its own core's cache.
            if waits % patience == patience - 1 {
                for other in 1..<threadCount {
                    let share = (member + other) % threadCount
                    if shares[share].claim(phase: phase) { finish(phase, share, pass) }
                }
            }
            pause(&waits)
        }
    }

    /// Number of pauses before an absent member's share is taken.
    private var patience: Int { spins ? 256 : 1 }

    private func pause(_ waits: inout Int) {
        waits += 1
        if spins && waits < 100 * patience { spinPause() } else { yieldProcessor() }
    }

    private func flushingDenormals(_ body: () -> Void) {
        let before = flushDenormals()
        body()
        restoreFloatingPoint(before)
    }
}

/// The gathering's body, lent to the leader; used only while the body is valid.
private struct BorrowedBody: @unchecked Sendable {
    let call: () -> Void

    init(_ call: @escaping () -> Void) { self.call = call }
}

/// Claims of one member's share: the number of phases claimed since the team was created.
private final class Share: Sendable {
    let claimedPhaseCount = PaddedCounter()

    /// Claims this share of `phase`; false if another thread has it.
    func claim(phase: Int) -> Bool {
        claimedPhaseCount.value.load(ordering: .relaxed) == phase
            && claimedPhaseCount.value.compareExchange(expected: phase, desired: phase + 1, ordering: .acquiringAndReleasing).exchanged
    }
}
