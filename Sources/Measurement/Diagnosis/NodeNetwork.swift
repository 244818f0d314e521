/// What a sum over ranks costs between machines: as measured by ranks on several hosts, or as the network is said to be.
public enum NodeNetwork: Sendable, Equatable {
    /// A link of so many gigabits a second at each machine, and the time that a message takes.
    case assumed(gigabits: Double, microseconds: Double)
    /// Sums of a group that spans hosts.
    case measured(SumCurve)

    /// Seconds of a sum of `floatCount` floats over `rankCount` ranks, `ranksPerNode` of them on each machine, without what it costs inside them.
    ///
    /// Assumed: the ranks of a machine share its link, over which 2 · (1 − `ranksPerNode`/`rankCount`) of each rank's bytes go in either direction; and
    /// MPI's rings of messages, which it may choose for both halves of the sum, have 2 · (`rankCount` − 1) steps.
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
