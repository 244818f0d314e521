import CVector
import Kernels
public import Threads
import Synchronization

/// Memory bandwidth of a rank's threads: the triad a = b + s·c of McCalpin's STREAM, over arrays much larger than the last-level cache.
/// As in STREAM, the bytes of three arrays count, without the line that a processor reads before it writes.
public struct MemoryBandwidth: Sendable, Equatable {
    /// Bytes per second.
    public let byteRate: Double
    /// Size of the three arrays of all the team's threads together.
    public let arraysByteCount: Int

    /// Cost: about half a second.
    /// - Parameters:
    ///   - cacheByteCount: of the last-level cache; the three arrays have four times as much, within bounds.
    ///   - availableByteCount: available memory; at most an eighth of it is used.
    public init(team: ThreadTeam, cacheByteCount: Int, availableByteCount: Int) {
        let wanted = min(max(4 * cacheByteCount, 96 << 20), max(1 << 20, availableByteCount / 8), 2 << 30)
        let count = wanted / 12 / team.threadCount / laneCount * laneCount
        // Each thread allocates and first touches its own memory, so that it is close to its core.
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

/// One thread's arrays of the triad.
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
