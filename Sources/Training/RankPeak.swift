/// What a rank's threads could do at the most, in GFLOP/s: the best of bursts of fused multiply-adds, taken in turn with the work that is
/// compared with it. Other programs can only slow a burst, so work that is faster than the peak shows that all bursts were disturbed.
package struct RankPeak {
    private var best = 0.0
    private var isDisturbed = false
    private let burst: (_ rounds: Int) -> Double

    /// - Parameter burst: the best rate of so many bursts.
    package init(rounds: Int, _ burst: @escaping (_ rounds: Int) -> Double) {
        self.burst = burst
        measure(rounds: rounds)
    }

    /// nil while work was faster.
    package var rate: Double? { best > 0 && !isDisturbed ? best : nil }

    package mutating func measure(rounds: Int) { best = max(best, burst(rounds)) }

    /// Compares the peak with work that was done, and measures on where the work was faster.
    /// - Parameter rounds: bursts at the most.
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
