import CVector
import Kernels
public import Threads
import Synchronization

/// How fast a rank's threads read and write memory: the triad a = b + s·c of McCalpin's STREAM, over arrays well beyond the last-level cache.
/// As in STREAM three arrays' bytes count, not the line that a processor reads before it writes.
public struct MemoryBandwidth: Sendable, Equatable {
    /// Bytes a second.
    public let byteRate: Double
    /// Of the three arrays of all the team's threads together.
    public let arraysByteCount: Int

    /// Cost: about half a second.
    /// - Parameters:
    ///   - cacheByteCount: of the last-level cache; the three arrays have four times as much, within bounds.
    ///   - availableByteCount: memory that may be taken; an eighth of it is, at the most.
    public init(team: ThreadTeam, cacheByteCount: Int, availableByteCount: Int) {
        let wanted = min(max(4 * cacheByteCount, 96 << 20), max(1 << 20, availableByteCount / 8), 2 << 30)
        let count = wanted / 12 / team.threadCount / laneCount * laneCount
        // Each thread takes its own memory and touches it first, so that it lies beside its core.
        let arrays = Mutex([Int: TriadArrays]())
        team.run(taskCount: team.threadCount) { thread in
            let own = TriadArrays(count: count)
            arrays.withLock { $0[thread] = own }
        }
        let ready = arrays.withLock { $0 }
        let clock = ContinuousClock()
        var best = Double.infinity
        for _ in 0..<5 {
            let began = clock.now
            team.run(taskCount: team.threadCount) { thread in ready[thread]?.triad() }
            best = min(best, (clock.now - began) / .seconds(1))
        }
        arraysByteCount = 12 * count * team.threadCount
        byteRate = best > 0 ? Double(arraysByteCount) / best : 0
    }
}

/// A thread's part of the triad.
private final class TriadArrays: Sendable {
    private let sums: FloatMemory
    private let terms: FloatMemory
    private let factors: FloatMemory

    init(count: Int) {
        sums = FloatMemory(count: count)
        terms = FloatMemory(count: count)
        factors = FloatMemory(count: count)
    }

    func triad() {
        let (target, first, second) = (sums.view, terms.view, factors.view)
        let scale = Lane(repeating: 3)
        for index in stride(from: 0, to: target.count, by: laneCount) {
            target.setLane(first.lane(at: index).addingProduct(scale, second.lane(at: index)), at: index)
        }
    }
}
