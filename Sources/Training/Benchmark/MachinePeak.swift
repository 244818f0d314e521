import Kernels
import Scheduling
import Synchronization

/// What this machine's cores can do at the most, measured.
enum MachinePeak {
    /// GFLOP/s of fused multiply-adds on all of the team's threads at once: the best of `rounds` short bursts, since other work can only slow them.
    static func multiplyAddRate(of team: GateTeam, precision: Precision, rounds: Int = 20) -> Double {
        let clock = ContinuousClock()
        // Kept, so that the compiler can't leave the work out.
        let value = Atomic<UInt32>(0)
        var best = 0.0
        for _ in 0..<rounds {
            let began = clock.now
            team.run(taskCount: team.threadCount) { _ in
                value.store(multiplyAddBurst(steps: burstSteps, precision: precision).value.bitPattern, ordering: .relaxed)
            }
            let operations = 2 * Double(burstSteps * (precision == .float32 ? 12 : 24) * laneCount * team.threadCount)
            best = max(best, operations / ((clock.now - began) / .seconds(1)))
        }
        return best / 1e9
    }

    /// About 2 ms.
    private static let burstSteps = 1_000_000
}
