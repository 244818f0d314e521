/// Seconds that each rank spent in each phase of training.
public struct PhaseTimes: Sendable, Equatable {
    /// The phases, in the order of a step.
    public static let phaseNames = TrainingPhase.allCases.map(\.name)

    /// `[rank][phase]`.
    public private(set) var seconds: [[Double]]

    package init(seconds: [[Double]]) {
        precondition(seconds.allSatisfy { $0.count == Self.phaseNames.count })
        self.seconds = seconds
    }

    public var rankCount: Int { seconds.count }

    /// Seconds of one phase, by rank.
    public func seconds(ofPhase phase: Int) -> [Double] { seconds.map { $0[phase] } }

    /// Seconds of one phase, mean over ranks.
    public func meanSeconds(ofPhase phase: Int) -> Double { seconds(ofPhase: phase).reduce(0, +) / Double(max(1, rankCount)) }

    /// The slowest rank: the one that waited least for the others; with the others' mean share of waiting. Nil for one rank.
    public var slowest: (rank: Int, othersWaitingShare: Double)? {
        let waits = seconds(ofPhase: TrainingPhase.waiting.index)
        guard rankCount > 1, let rank = waits.indices.min(by: { waits[$0] < waits[$1] }) else { return nil }
        let others = seconds.indices.filter { $0 != rank }
        let total = others.reduce(0) { $0 + seconds[$1].reduce(0, +) }
        return (rank, total > 0 ? others.reduce(0) { $0 + waits[$1] } / total : 0)
    }

    public static func + (left: PhaseTimes, right: PhaseTimes) -> PhaseTimes {
        precondition(left.rankCount == right.rankCount)
        return PhaseTimes(seconds: zip(left.seconds, right.seconds).map { zip($0, $1).map(+) })
    }
}
