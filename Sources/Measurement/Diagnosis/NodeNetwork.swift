/// Cost of a sum over ranks between machines: measured on several hosts, or computed from the network's data sheet.
public enum NodeNetwork: Sendable, Equatable {
    /// A link of the given gigabits per second at each machine, and a message's latency.
    case assumed(gigabits: Double, microseconds: Double)
    /// Sums of a group that spans hosts.
    case measured(SumCurve)

    /// Seconds of a sum of `floatCount` floats over `rankCount` ranks, `ranksPerNode` of them on each machine, without the cost inside the machines.
    ///
    /// Assumed: the ranks of a machine share its link, over which 2 · (1 − `ranksPerNode`/`rankCount`) of each rank's bytes go in either direction; and
    /// MPI's ring algorithms, which it may choose for both halves of the sum, have 2 · (`rankCount` − 1) steps.
    /// Measured: the same two parts, from the times of the smallest and this sum.
    public func seconds(floatCount: Int, rankCount: Int, ranksPerNode: Int) -> Double {
        let (ranks, neighbours) = (Double(rankCount), Double(ranksPerNode))
        guard rankCount > ranksPerNode else { return 0 }
        switch self {
        case .assumed(let gigabits, let microseconds):
            let byteCount = neighbours * 2 * 4 * Double(floatCount) * (ranks - neighbours) / ranks
            return byteCount * 8 / (gigabits * 1e9) + 2 * (ranks - 1) * microseconds * 1e-6
        case .measured(let sums):
            let measuredRanks = Double(max(2, sums.rankCount))
            let latency = sums.latencySeconds * (ranks - 1) / (measuredRanks - 1)
            let transfer = max(0, sums.seconds(floatCount: floatCount) - sums.latencySeconds)
            return latency + transfer * (1 - 1 / ranks) / (1 - 1 / measuredRanks)
        }
    }
}
