import Synchronization

/// A parallel pass: a range of phases, numbered since the team was created, and the function that computes them.
struct Pass {
    let phases: Range<Int>
    /// Called with the phase, counted from the pass's first, and the share.
    let body: @Sendable (_ phase: Int, _ share: Int) -> Void
}

/// The leading thread publishes passes here, and the other threads (followers) pick them up.
///
/// The body of a pass is borrowed, so no follower may use it once the pass is withdrawn. A follower increments `joined` and then reads `version`
/// again; the leader first makes `version` odd and then waits until `joined` is 0. Both orders are sequentially consistent, so at least one of the
/// two sees the other.
final class Announcement: @unchecked Sendable {
    static let noLeader = -1

    /// Index of the leading member; `noLeader` outside of gatherings.
    let leader = PaddedCounter(noLeader)
    let hasEnded = PaddedFlag()
    /// Even while `pass` may be read; 0 before the first pass. Changes at least twice per pass.
    private let version = PaddedCounter(0)
    /// Followers that are reading `pass` or working on it.
    private let joined = PaddedCounter(0)
    // Written only by the leader, while `version` is odd and `joined` is 0.
    private var pass: Pass?

    /// Whether `member` becomes the leader.
    func takeLead(_ member: Int) -> Bool {
        leader.value.compareExchange(expected: Self.noLeader, desired: member, ordering: .acquiringAndReleasing).exchanged
    }

    /// Makes the followers return.
    func end() { hasEnded.value.store(true, ordering: .releasing) }

    /// Resets the state for the next gathering. Called when all members have returned.
    func dissolve() {
        hasEnded.value.store(false, ordering: .relaxed)
        leader.value.store(Self.noLeader, ordering: .releasing)
    }

    func announce(_ pass: Pass, wait: (inout Int) -> Void) { change(to: pass, wait: wait) }

    /// Removes the pass; afterwards no follower uses it.
    func withdraw(wait: (inout Int) -> Void) { change(to: nil, wait: wait) }

    private func change(to new: Pass?, wait: (inout Int) -> Void) {
        version.value.add(1, ordering: .sequentiallyConsistent)
        var waits = 0
        while joined.value.load(ordering: .sequentiallyConsistent) != 0 { wait(&waits) }
        pass = new
        version.value.add(1, ordering: .sequentiallyConsistent)
    }

    /// Works on a pass published since version `seen`, if there is one, and updates `seen`.
    func join(newerThan seen: inout Int, _ work: (Pass) -> Void) -> Bool {
        let current = version.value.load(ordering: .sequentiallyConsistent)
        guard current != seen, current % 2 == 0 else { return false }
        joined.value.add(1, ordering: .sequentiallyConsistent)
        defer { joined.value.subtract(1, ordering: .sequentiallyConsistent) }
        guard version.value.load(ordering: .sequentiallyConsistent) == current else { return false }
        seen = current
        guard let pass else { return false }
        work(pass)
        return true
    }
}

/// A counter on its own cache lines, to avoid false sharing.
final class PaddedCounter: Sendable {
    private let before = Padding()
    let value: Atomic<Int>
    private let behind = Padding()

    init(_ value: Int = 0) { self.value = Atomic(value) }
}

/// A flag on its own cache lines, to avoid false sharing.
final class PaddedFlag: Sendable {
    private let before = Padding()
    let value = Atomic<Bool>(false)
    private let behind = Padding()
}

private struct Padding: Sendable {
    private let words: (Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
}
