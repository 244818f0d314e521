/// Where all ranks are, as far as one knows, and who is late by that.
struct WatchdogBoard: Sendable {
    private let rank: Int
    /// The last message of each rank, and how many ticks ago it came.
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

    /// From this share of its budget on, a rank that others wait for counts as hung.
    private static let hungShare = 0.7

    /// Who is late, in words; nil if somebody is only slow and is to be waited for.
    /// - Parameters:
    ///   - own: where this rank is, which has made no progress for long.
    ///   - freshTicks: what is older is no answer.
    ///   - judgesLiving: whether those that answer are judged too, and not only the silent.
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
