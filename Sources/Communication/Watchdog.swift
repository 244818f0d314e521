import Dispatch
import Foundation

/// Watches on its own thread whether this rank makes progress. If it doesn't, it determines with the other ranks' watchdogs which rank is hung.
///
/// A rank that waits in a collective asks all others for their state. A rank that doesn't answer is stopped or gone; one that has been in the same
/// phase for as long, outside the collective, is hung; one that makes progress is only slow, and is waited for.
/// Time is counted in ticks of this thread, so that a job that was suspended as a whole isn't considered hung when it resumes.
public final class Watchdog: Sendable {
    /// A detected hang, as seen by one rank.
    public struct Hang: Sendable, Equatable, CustomStringConvertible {
        public let rank: Int
        public let step: Int
        public let phase: String
        public let quietSeconds: Double
        /// The hung ranks, in the same words on all ranks.
        public let verdict: String
        /// This rank's last collectives.
        public let record: String

        public var description: String {
            """
            rank \(rank) has made no progress for \(Int(quietSeconds.rounded())) s at step \(step), in \(phase). \(verdict)
              last collectives of rank \(rank): \(record)
            """
        }
    }

    /// Fractions of the budget after which the watchdog asks the others, and decides: the report comes within the budget.
    private static let askingShare = 0.7, judgingShare = 0.9
    /// Time for the other ranks' reports after this rank's.
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
    ///   - onHang: reports the hang; called at most once, on the watchdog's thread.
    ///   - terminate: ends the group.
    init(
        rank: Int, rankCount: Int, recorder: FlightRecorder, channel: (any WatchdogChannel)?, budgetSeconds: Double,
        onHang: @escaping @Sendable (Hang) -> Void, terminate: @escaping @Sendable () -> Never
    ) {
        self.rank = rank
        self.rankCount = rankCount
        self.recorder = recorder
        self.channel = channel
        // More than a century would overflow the tick count.
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

    /// State kept from tick to tick.
    private struct Round {
        var board: WatchdogBoard
        var progressCount: UInt64
        var quietTicks = 0
        /// Ticks since the other ranks were first asked.
        var askingTicks = 0
    }

    /// One tick: checks this rank's progress, exchanges messages, and after a long silence decides which rank is hung.
    private func look(_ round: inout Round) {
        let standing = recorder.standing
        round.quietTicks = standing.progressCount == round.progressCount ? round.quietTicks + 1 : 0
        round.progressCount = standing.progressCount
        let quietSeconds = Double(round.quietTicks) * tickSeconds
        let own = WatchdogMessage(standing: standing, quietShare: quietSeconds / (budgetSeconds * Double(standing.patience)))
        if let verdict = exchange(own, quietShare: quietSeconds / budgetSeconds, &round.board) { report(standing, quietSeconds, verdict) }
        // A rank that doesn't answer at all gets the plain budget, without the phase's patience.
        let plainShare = quietSeconds / budgetSeconds
        guard !standing.isAlone, plainShare >= Self.askingShare else {
            round.askingTicks = 0
            return
        }
        // Twice as often as an answer expires.
        if round.askingTicks % max(1, freshTicks / 2) == 0 { sendToOthers(own.as(.question)) }
        round.askingTicks += 1
        guard plainShare >= Self.judgingShare else { return }
        let isOutOfPatience = own.quietShare >= Self.judgingShare
        guard let verdict = round.board.verdict(own: own, freshTicks: freshTicks + 2, judgesLiving: isOutOfPatience) else { return }
        sendToOthers(WatchdogMessage(verdict: verdict))
        report(standing, quietSeconds, verdict)
    }

    /// Reads incoming messages and answers questions.
    /// - Parameter quietShare: time without progress, as a fraction of the plain budget.
    /// - Returns: another rank's verdict, if this rank has waited too.
    private func exchange(_ own: WatchdogMessage, quietShare: Double, _ board: inout WatchdogBoard) -> String? {
        board.age()
        var verdict: String?
        for (sender, message) in channel?.received() ?? [] {
            switch message.kind {
            case .question:
                board.note(message, from: sender)
                channel?.send(own, to: sender)
            case .answer: board.note(message, from: sender)
            // A rank that was stopped and is continued only to be ended must not report.
            case .verdict: if quietShare >= Self.askingShare / 2 { verdict = message.text }
            }
        }
        return verdict
    }

    /// Ticks for which an answer is valid: an eighth of the budget.
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
