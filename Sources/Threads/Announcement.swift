import Synchronization

/// A piece of work for the whole team: phases, numbered since the team was made, and what each member does in them.
struct Pass {
    let phases: Range<Int>
    /// Called with the phase counted from the pass's first, and the share.
    let body: (_ phase: Int, _ share: Int) -> Void
}

/// Where the member that leads a gathering announces passes to those that follow.
///
/// The body of a pass is borrowed: nobody may hold it when the pass is withdrawn. So who joins says so in `joined` and looks at `version` again
/// afterwards; who announces or withdraws first makes `version` odd and then waits until nobody is left in. Both orders are sequentially
/// consistent, so one of the two sees the other.
final class Announcement: @unchecked Sendable {
    static let nobody = -1

    /// The member that leads; `nobody` outside of gatherings.
    let leader = PaddedCounter(nobody)
    let hasEnded = PaddedFlag()
    /// Even while `pass` may be read; 0 before the first. Changes twice a pass at least.
    private let version = PaddedCounter(0)
    /// Followers that are reading `pass` or working on it.
    private let joined = PaddedCounter(0)
    // Written by the leader alone while `version` is odd and `joined` 0.
    private var pass: Pass?

    /// Whether `member` is the one that leads.
    func takeLead(_ member: Int) -> Bool {
        leader.value.compareExchange(expected: Self.nobody, desired: member, ordering: .acquiringAndReleasing).exchanged
    }

    /// Tells the followers to go.
    func end() { hasEnded.value.store(true, ordering: .releasing) }

    /// Makes ready for the next gathering. Called when all members have gone.
    func dissolve() {
        hasEnded.value.store(false, ordering: .relaxed)
        leader.value.store(Self.nobody, ordering: .releasing)
    }

    func announce(_ pass: Pass, wait: (inout Int) -> Void) { change(to: pass, wait: wait) }

    /// Afterwards nobody holds the pass any more.
    func withdraw(wait: (inout Int) -> Void) { change(to: nil, wait: wait) }

    private func change(to new: Pass?, wait: (inout Int) -> Void) {
        version.value.add(1, ordering: .sequentiallyConsistent)
        var waits = 0
        while joined.value.load(ordering: .sequentiallyConsistent) != 0 { wait(&waits) }
        pass = new
        version.value.add(1, ordering: .sequentiallyConsistent)
    }

    /// Works on a pass announced since `seen`, if there is one, and notes it there.
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

/// A counter with cache lines of its own, so that members don't slow each other.
final class PaddedCounter: Sendable {
    private let before = Padding()
    let value: Atomic<Int>
    private let behind = Padding()

    init(_ value: Int = 0) { self.value = Atomic(value) }
}

/// A flag with cache lines of its own.
final class PaddedFlag: Sendable {
    private let before = Padding()
    let value = Atomic<Bool>(false)
    private let behind = Padding()
}

private struct Padding: Sendable {
    private let words: (Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
}
