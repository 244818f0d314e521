import Dispatch
import Foundation

/// Looks, on a thread of its own, whether this rank still makes progress; when it doesn't, finds out with the other ranks' watchdogs which rank is late.
///
/// A rank that waits in a collective asks all others where they are. Who doesn't answer is stopped or gone; who answers that it has been at something
/// else for as long is hung; who answers that it is getting on is only slow, and is waited for.
/// Time is counted in ticks of this thread, so that a job which was suspended as a whole isn't found hung when it goes on.
public final class Watchdog: Sendable {
    /// What a hang looks like from one rank.
    public struct Hang: Sendable, Equatable, CustomStringConvertible {
        public let rank: Int
        public let step: Int
        public let phase: String
        public let quietSeconds: Double
        /// Who is late, in words that are the same on all ranks.
        public let verdict: String
        /// The rank's last collectives.
        public let record: String

        public var description: String {
            """
            rank \(rank) has made no progress for \(Int(quietSeconds.rounded())) s at step \(step), in \(phase). \(verdict)
              last collectives of rank \(rank): \(record)
            """
        }
    }

    /// Asking begins at this share of the budget, and judging at the second: the report comes within the budget.
    private static let askingShare = 0.7, judgingShare = 0.9
    /// After the report the others get this long for theirs.
    private static let lastWordsSeconds = 2.0

    private let rank: Int
    private let rankCount: Int
    private let recorder: FlightRecorder
    private let channel: (any WatchdogChannel)?
    private let budgetSeconds: Double
    private let tickSeconds: Double
    private let onHang: @Sendable (Hang) -> Void
    private let terminate: @Sendable () -> Never
    private let tick = TickWait()
    private let ended = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - channel: to the other ranks' watchdogs; nil for a group of one.
    ///   - onHang: tells the user; called at most once, from the watchdog's thread.
    ///   - terminate: ends the group.
    init(
        rank: Int, rankCount: Int, recorder: FlightRecorder, channel: (any WatchdogChannel)?, budgetSeconds: Double,
        onHang: @escaping @Sendable (Hang) -> Void, terminate: @escaping @Sendable () -> Never
    ) {
        self.rank = rank
        self.rankCount = rankCount
        self.recorder = recorder
        self.channel = channel
        // More than a century's ticks are too many to count.
        self.budgetSeconds = min(budgetSeconds, 4e9)
        tickSeconds = min(0.5, budgetSeconds / 40)
        self.onHang = onHang
        self.terminate = terminate
        Thread.detachNewThread { self.watch() }
    }

    /// Returns when the thread has ended.
    func stop() {
        tick.stop()
        ended.wait()
    }

    private func watch() {
        var round = Round(board: WatchdogBoard(rank: rank, rankCount: rankCount), progressCount: recorder.standing.progressCount)
        while !tick.wait(seconds: tickSeconds) { look(&round) }
        ended.signal()
    }

    /// What is remembered from tick to tick.
    private struct Round {
        var board: WatchdogBoard
        var progressCount: UInt64
        var quietTicks = 0
        /// Ticks since the others were first asked.
        var askingTicks = 0
    }

    /// A tick: whether this rank has got on, what the others ask and answer, and, when it has been quiet for long, who is late.
    private func look(_ round: inout Round) {
        let standing = recorder.standing
        round.quietTicks = standing.progressCount == round.progressCount ? round.quietTicks + 1 : 0
        round.progressCount = standing.progressCount
        let quietSeconds = Double(round.quietTicks) * tickSeconds
        let own = WatchdogMessage(standing: standing, quietShare: quietSeconds / (budgetSeconds * Double(standing.patience)))
        if let verdict = exchange(own, quietShare: quietSeconds / budgetSeconds, &round.board) { report(standing, quietSeconds, verdict) }
        // Who doesn't answer at all is late by the plain budget, however patient one is with those that do.
        let plainShare = quietSeconds / budgetSeconds
        guard !standing.isAlone, plainShare >= Self.askingShare else {
            round.askingTicks = 0
            return
        }
        // Twice as often as an answer grows old.
        if round.askingTicks % max(1, freshTicks / 2) == 0 { sendToOthers(own.as(.question)) }
        round.askingTicks += 1
        guard plainShare >= Self.judgingShare else { return }
        let isOutOfPatience = own.quietShare >= Self.judgingShare
        guard let verdict = round.board.verdict(own: own, freshTicks: freshTicks + 2, judgesLiving: isOutOfPatience) else { return }
        sendToOthers(WatchdogMessage(verdict: verdict))
        report(standing, quietSeconds, verdict)
    }

    /// Reads what has come, and answers.
    /// - Parameter quietShare: of the plain budget.
    /// - Returns: another rank's verdict, if this rank too has waited.
    private func exchange(_ own: WatchdogMessage, quietShare: Double, _ board: inout WatchdogBoard) -> String? {
        board.age()
        var verdict: String?
        for (sender, message) in channel?.received() ?? [] {
            switch message.kind {
            case .question:
                board.note(message, from: sender)
                channel?.send(own, to: sender)
            case .answer: board.note(message, from: sender)
            // One that was stopped, and is woken to be ended, has nothing to say.
            case .verdict: if quietShare >= Self.askingShare / 2 { verdict = message.text }
            }
        }
        return verdict
    }

    /// An answer is believed for an eighth of the budget.
    private var freshTicks: Int { Int(budgetSeconds / 8 / tickSeconds) }

    private func sendToOthers(_ message: WatchdogMessage) {
        for other in 0..<rankCount where other != rank { channel?.send(message, to: other) }
    }

    private func report(_ standing: FlightRecorder.Position, _ quietSeconds: Double, _ verdict: String) -> Never {
        onHang(
            Hang(rank: rank, step: standing.step, phase: standing.phase, quietSeconds: quietSeconds, verdict: verdict, record: recorder.text))
        Thread.sleep(forTimeInterval: Self.lastWordsSeconds)
        terminate()
    }
}
