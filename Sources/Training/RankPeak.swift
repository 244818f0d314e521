/// Peak speed of a rank's threads in GFLOP/s: the best of bursts of fused multiply-adds, interleaved with the work that is
/// compared with it. Other programs can only slow a burst, so if work is faster than the peak, all bursts were disturbed.
package struct RankPeak {
    private var best = 0.0
    private var isDisturbed = false
    private let burst: (_ rounds: Int) -> Double

    /// - Parameter burst: returns the best rate of the given number of bursts.
    package init(rounds: Int, _ burst: @escaping (_ rounds: Int) -> Double) {
        self.burst = burst
        measure(rounds: rounds)
    }

    /// Nil while work was faster than the peak.
    package var rate: Double? { best > 0 && !isDisturbed ? best : nil }

    package mutating func measure(rounds: Int) { best = max(best, burst(rounds)) }

    /// Compares the peak with the rate of some work, and measures again if the work was faster.
    /// - Parameter rounds: maximum number of bursts.
    /// - Returns: whether it measured.
    package mutating func compare(with workRate: Double, rounds: Int) -> Bool {
        var roundCount = 0
        while workRate > best, roundCount < rounds {
            measure(rounds: 20)
            roundCount += 20
        }
        isDisturbed = workRate > best
        return roundCount > 0
    }
}
