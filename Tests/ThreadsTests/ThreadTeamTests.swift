import Threads
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Parameters of a team.
struct Team: Sendable, CustomStringConvertible {
    var threads: Int
    var spins: Bool

    var description: String { "\(threads) threads that \(spins ? "spin" : "yield")" }
    var team: ThreadTeam { ThreadTeam(threadCount: threads, spins: spins) }

    static let all = [1, 2, 3, 5, 8].flatMap { [Team(threads: $0, spins: false), Team(threads: $0, spins: true)] }
}

/// A counter that any thread may increment.
final class Counter: Sendable {
    private let value = Atomic<Int>(0)

    var count: Int { value.load(ordering: .relaxed) }

    func increment() { value.add(1, ordering: .relaxed) }
}

/// Counts how often each share of each phase ran, and whether a phase began before the previous one was finished.
///
/// Its counters order nothing between threads (a mutex would), so that Thread Sanitizer sees only what the team itself orders.
final class Ledger: Sendable {
    let threads: Int
    /// `[phase, share]`.
    private let times: [Counter]
    private let finishedCount = Atomic<Int>(0)
    let early = Atomic<Int>(0)

    init(phases: Int, threads: Int) {
        self.threads = threads
        times = (0..<phases * threads).map { _ in Counter() }
    }

    func enter(_ phase: Int, _ share: Int) {
        if finishedCount.load(ordering: .relaxed) < phase * threads { early.add(1, ordering: .relaxed) }
        times[phase * threads + share].increment()
    }

    func leave() { finishedCount.add(1, ordering: .relaxed) }

    /// Counts of the shares that didn't run exactly once.
    var wrongTimes: [Int] { times.map(\.count).filter { $0 != 1 } }
}

@Suite("The thread team")
struct ThreadTeamTests {
    @Test("Runs every share of every phase once, one phase after the other", arguments: Team.all)
    func everyShareOnce(_ kind: Team) {
        let team = kind.team
        for round in 0..<200 {
            let phases = round % 7
            let ledger = Ledger(phases: phases, threads: kind.threads)
            team.run(phaseCount: phases) { phase, share in
                ledger.enter(phase, share)
                ledger.leave()
            }
            #expect(ledger.wrongTimes.isEmpty && ledger.early.load(ordering: .relaxed) == 0, "round \(round)")
        }
    }

    @Test("Runs every share once even if a member sleeps in its share", arguments: Team.all)
    func sleeper(_ kind: Team) {
        let team = kind.team
        for sleepy in 0..<kind.threads {
            let ledger = Ledger(phases: 4, threads: kind.threads)
            team.run(phaseCount: 4) { phase, share in
                ledger.enter(phase, share)
                if share == sleepy { usleep(2000) }
                ledger.leave()
            }
            #expect(ledger.wrongTimes.isEmpty && ledger.early.load(ordering: .relaxed) == 0, "share \(sleepy) sleeps")
        }
    }

    @Test("A phase sees everything that the previous phase wrote", arguments: Team.all)
    func writesAreSeen(_ kind: Team) {
        let (team, threads) = (kind.team, kind.threads)
        let phases = 300
        // Plain memory: a share reads all slots of the previous phase, so a write that came too late would change the sum.
        let slots = UnsafeMutablePointer<Int>.allocate(capacity: (phases + 1) * threads)
        defer { slots.deallocate() }
        slots.initialize(repeating: 0, count: (phases + 1) * threads)
        nonisolated(unsafe) let shared = slots
        for share in 0..<threads { shared[share] = share + 1 }
        for _ in 0..<5 {
            team.run(phaseCount: phases) { phase, share in
                var sum = share
                for other in 0..<threads { sum &+= shared[phase * threads + other] }
                shared[(phase + 1) * threads + share] = sum
            }
            var wanted = (0..<threads).map { $0 + 1 }
            for _ in 0..<phases {
                let sum = wanted.reduce(0, &+)
                wanted = (0..<threads).map { sum &+ $0 }
            }
            #expect((0..<threads).map { slots[phases * threads + $0] } == wanted)
        }
    }

    @Test("Runs every task once, and divides tasks into ranges that differ by at most one", arguments: Team.all)
    func tasks(_ kind: Team) {
        let team = kind.team
        for taskCount in [0, 1, 2, 7, 8, 9, 100] {
            let times = (0..<taskCount).map { _ in Counter() }
            team.run(taskCount: taskCount) { task in times[task].increment() }
            #expect(times.map(\.count) == Array(repeating: 1, count: taskCount), "\(taskCount) tasks")
            let shares = (0..<kind.threads).map { team.tasks(ofShare: $0, taskCount: taskCount) }
            #expect(shares.flatMap(Array.init) == Array(0..<taskCount))
            let sizes = shares.map(\.count)
            #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
        }
    }

    @Test("Flushes denormals on each thread while it computes, and restores the mode afterwards", arguments: Team.all)
    func denormals(_ kind: Team) {
        let least = Mutex(Float.leastNormalMagnitude)
        let nonzero = Atomic<Int>(0)
        kind.team.run(phaseCount: 20) { _, _ in
            if least.withLock({ $0 }) / 2 != 0 { nonzero.add(1, ordering: .relaxed) }
        }
        #expect(nonzero.load(ordering: .relaxed) == 0)
        #expect(least.withLock { $0 } / 2 != 0)
    }

    @Test("Several threads may run a team each at the same time")
    func severalTeams() async {
        await withTaskGroup(of: Bool.self) { group in
            for threads in 1...4 {
                group.addTask {
                    let ledger = Ledger(phases: 500, threads: threads)
                    ThreadTeam(threadCount: threads, spins: false).run(phaseCount: 500) { phase, share in
                        ledger.enter(phase, share)
                        ledger.leave()
                    }
                    return ledger.wrongTimes.isEmpty && ledger.early.load(ordering: .relaxed) == 0
                }
            }
            for await isSound in group { #expect(isSound) }
        }
    }

    @Test("A process has at least one usable core")
    func cores() {
        #expect(usableCoreCount() >= 1)
    }
}
