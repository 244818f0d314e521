import CVector
import Dispatch
import Synchronization

/// The threads that compute together: one `DispatchQueue.concurrentPerform` a gathering, whose members meet after each phase of each pass.
///
/// Work is cut into passes, a pass into phases, and a phase into shares, one a member. A phase begins when every share of the one before is finished.
/// Dispatch doesn't promise that all members run at once, so what is counted is finished shares, not arrived threads: each share is claimed by a
/// flag, its own member first, and whoever waits takes the shares of members that are absent. Progress never depends on how many threads came, nor
/// do results, for a share's work doesn't depend on who does it.
///
/// To wake threads takes Dispatch 10 µs or more, as long as a whole pass of a small network: so they stay ``gathered(_:)`` over many passes.
public final class ThreadTeam: Sendable {
    /// Members, and shares of a phase.
    public let threadCount: Int
    /// Whether a waiting member spins: only where each has a core of its own.
    private let spins: Bool
    private let shares: [Share]
    /// Shares finished since the team was made. Phases are numbered through, so that a member that lags never takes a later pass for its own.
    private let finished = PaddedCounter()
    private let announcement = Announcement()

    public init(threadCount: Int, spins: Bool) {
        precondition(threadCount >= 1)
        self.threadCount = threadCount
        self.spins = spins
        shares = (0..<threadCount).map { _ in Share() }
    }

    /// Calls `body` on one of the team's threads while the others stand by for the passes that it runs. Denormals are flushed meanwhile.
    ///
    /// Where to stand by would take cores from others, each pass gathers the team anew. Gatherings don't nest; nobody else may use the team.
    public func gathered(_ body: () -> Void) {
        if threadCount > 1 && spins {
            gather(body)
        } else {
            flushingDenormals(body)
        }
    }

    /// Calls `body(phase, share)` once for each phase in `0..<phaseCount` and share in `0..<threadCount`, a phase after the other.
    ///
    /// The body runs on several threads at once: what the shares of a phase write must be disjoint. Denormals are flushed on each thread meanwhile.
    public func run(phaseCount: Int, _ body: (_ phase: Int, _ share: Int) -> Void) {
        guard phaseCount > 0 else { return }
        if threadCount == 1 {
            flushingDenormals { for phase in 0..<phaseCount { body(phase, 0) } }
        } else if announcement.leader.value.load(ordering: .relaxed) != Announcement.nobody {
            lead(phaseCount: phaseCount, body)
        } else {
            gather { lead(phaseCount: phaseCount, body) }
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

    // MARK: A gathering

    /// The member that comes first calls `body` and leads; the others follow until that returns.
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

    /// Announces a pass and takes part in it, as the member that leads.
    private func lead(phaseCount: Int, _ body: (_ phase: Int, _ share: Int) -> Void) {
        let first = finished.value.load(ordering: .acquiring) / threadCount
        let leader = announcement.leader.value.load(ordering: .relaxed)
        withoutActuallyEscaping(body) { body in
            announcement.announce(Pass(phases: first..<first + phaseCount, body: body), wait: pause)
            work(as: leader, on: Pass(phases: first..<first + phaseCount, body: body))
            announcement.withdraw(wait: pause)
        }
    }

    /// Takes part in each pass that is announced, until the gathering ends.
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
        // Whoever comes late goes on where the others are.
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
            // A member that is merely a little behind keeps its share, whose weights are in its own core's cache.
            if waits % patience == patience - 1 {
                for other in 1..<threadCount {
                    let share = (member + other) % threadCount
                    if shares[share].claim(phase: phase) { finish(phase, share, pass) }
                }
            }
            pause(&waits)
        }
    }

    /// Waits before an absent member's share is taken.
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

/// A gathering's body, lent to the member that leads. It ends before the body does.
private struct BorrowedBody: @unchecked Sendable {
    let call: () -> Void

    init(_ call: @escaping () -> Void) { self.call = call }
}

/// One member's part of a phase: how many phases of it were claimed since the team was made.
private final class Share: Sendable {
    let claimedPhaseCount = PaddedCounter()

    /// Whether the caller is the one who does this share of `phase`.
    func claim(phase: Int) -> Bool {
        claimedPhaseCount.value.load(ordering: .relaxed) == phase
            && claimedPhaseCount.value.compareExchange(expected: phase, desired: phase + 1, ordering: .acquiringAndReleasing).exchanged
    }
}
