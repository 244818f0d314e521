public import Kernels
public import Threads
import Synchronization

/// What this machine's cores can do at the most, measured.
public enum MachinePeak {
    /// GFLOP/s of fused multiply-adds on all of the team's threads at once: the best of `rounds` short bursts, since other work can only slow them.
    public static func multiplyAddRate(of team: ThreadTeam, precision: Precision, rounds: Int = 50) -> Double {
        let clock = ContinuousClock()
        // Kept, so that the compiler can't leave the work out.
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

    /// Less than a millisecond: a longer one is seldom left in peace where programs share the cores.
    private static let burstSteps = 400_000
}
