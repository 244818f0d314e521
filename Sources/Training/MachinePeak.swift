public import Kernels
public import Threads
import Synchronization

/// Measured peak speed of this machine's cores.
public enum MachinePeak {
    /// Peak GFLOP/s of fused multiply-adds on all of the team's threads: the best of `rounds` short bursts, since other programs can only slow them.
    public static func multiplyAddRate(of team: ThreadTeam, precision: Precision, rounds: Int = 50) -> Double {
        let clock = ContinuousClock()
        // Used below, so that the compiler can't remove the work.
        let value = Atomic<UInt32>(0)
        let multiplyAdds = Atomic<Int>(0)
        var best = 0.0
        for _ in 0..<rounds {
            let began = clock.now
            team.run(taskCount: team.threadCount) { _ in
                let burst = multiplyAddBurst(steps: burstSteps, precision: precision)
                multiplyAdds.store(burst.multiplyAdds, ordering: .relaxed)
                value.store(burst.value.bitPattern, ordering: .relaxed)
            }
            best = max(best, 2 * Double(multiplyAdds.load(ordering: .relaxed) * team.threadCount) / ((clock.now - began) / .seconds(1)))
        }
        return best / 1e9
    }

    /// Less than a millisecond, because longer bursts are usually disturbed if programs share the cores.
    private static let burstSteps = 400_000
}
