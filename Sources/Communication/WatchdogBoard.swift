/// The last known state of all ranks, from which the hung ones are determined.
struct WatchdogBoard: Sendable {
    private let rank: Int
    /// The last message of each rank, and its age in ticks.
    private var latest: [(message: WatchdogMessage, tickCount: Int)?]

    init(rank: Int, rankCount: Int) {
        self.rank = rank
        latest = Array(repeating: nil, count: rankCount)
    }

    mutating func age() {
        for other in latest.indices { latest[other]?.tickCount += 1 }
    }

    mutating func note(_ message: WatchdogMessage, from sender: Int) {
        guard latest.indices.contains(sender) else { return }
        latest[sender] = (message, 0)
    }

    /// From this fraction of its budget on, a rank that others wait for counts as hung.
    private static let hungShare = 0.7

    /// Describes the hung ranks, or a collective that never ends; nil if ranks are only slow.
    /// - Parameters:
    ///   - own: state of this rank, which has made no progress for long.
    ///   - freshTicks: maximum age of an answer.
    ///   - judgesLiving: whether ranks that answer are judged too, and not only the silent ones.
    func verdict(own: WatchdogMessage, freshTicks: Int, judgesLiving: Bool) -> String? {
        var standings: [Int: WatchdogMessage] = [rank: own]
        var silent: [Int] = []
        for (other, latest) in latest.enumerated() where other != rank {
            if let latest, latest.tickCount <= freshTicks { standings[other] = latest.message } else { silent.append(other) }
        }
        let frontier = standings.values.map(\.collectiveCount).max() ?? 0
        let behind = standings.filter { $0.value.collectiveCount < frontier || !$0.value.isInCollective }
        let hung = behind.filter { judgesLiving && $0.value.quietShare >= Self.hungShare }.keys.sorted()
        var late = silent.map { "Rank \($0) is late: it doesn't answer; it is stopped, or its machine is gone." }
        late += hung.compactMap { hungRank in
            standings[hungRank].map { "Rank \(hungRank) is late: it is at step \($0.step), in \($0.text), and doesn't get on." }
        }
        if !late.isEmpty { return late.joined(separator: " ") }
        if !behind.isEmpty || !judgesLiving { return nil }
        return "All ranks are in collective \(frontier), and it doesn't end: the network between them is at fault, or they disagree on what it is."
    }
}
