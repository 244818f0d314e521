import Communication

/// Speeds of the steps of a progress line; nil if there were none, or their time wasn't measured.
struct LineSpeeds {
    let timeStepsPerSecond: Double?
    let sequencesPerSecond: Double?
    let peakShare: Double?

    /// Computes the speeds from this rank's counts and peak. Collective.
    /// - Parameter seconds: training time of this rank, which is that of all ranks, since they wait for each other in each step.
    init(timeSteps: Int, sequences: Int, multiplyAdds: Int, peak: RankPeak, seconds: Double?, over group: any Communicator) throws {
        let ranks = try group.gatherEverywhere([Double(timeSteps), Double(sequences), 2e-9 * Double(multiplyAdds), peak.rate ?? .nan])
        func speed(_ index: Int) -> Double? {
            let sum = ranks.reduce(0) { $0 + $1[index] }
            guard let seconds, sum > 0 else { return nil }
            return sum / seconds
        }
        timeStepsPerSecond = speed(0)
        sequencesPerSecond = speed(1)
        let peakRate = ranks.reduce(0) { $0 + $1[3] }
        // Above 1 only if the peak was measured while other programs used the cores.
        peakShare = speed(2).flatMap { peakRate > 0 && $0 <= peakRate ? $0 / peakRate : nil }
    }
}
