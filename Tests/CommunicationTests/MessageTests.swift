import FoundationEssentials
import Testing

extension MPIGroupTests {
    @Suite("messages")
    struct MessageTests {
        @Test("gathered and broadcast bytes of unequal lengths, also empty ones, arrive complete on every rank", arguments: MPIGroupTests.rankCounts)
        func messagesArrive(rankCount: Int) throws {
            try Self.checkMessages(rankCount: rankCount, processes: rankCount)
        }

        @Test("if all messages are empty, all arrive empty")
        func emptyMessagesArrive() throws {
            try Self.checkMessages(rankCount: 3, processes: 3, lengths: [0, 0, 0])
        }

        /// `processes` is nil for a group of one without mpirun.
        static func checkMessages(rankCount: Int, processes: Int?, lengths: [Int] = [0, 5003, 1, 256, 0, 99, 100, 101]) throws {
            let scratch = try ScratchDirectory()
            defer { scratch.remove() }
            let messages = (0..<rankCount).map { rank in (0..<lengths[rank]).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ rank) } }
            for (rank, message) in messages.enumerated() { try scratch.write(message, "message.\(rank).in") }
            let run = try ProbeRun(rankCount: processes, "exchange", scratch.url.path())
            try #require(run.exitCode == 0, "\(run.output)")
            for rank in 0..<rankCount {
                for sender in 0..<rankCount {
                    for kind in ["gathered", "gathered-in-pieces", "broadcast", "broadcast-in-pieces"] {
                        let received = try scratch.bytes("message.\(rank).\(kind).\(sender)")
                        #expect(received == messages[sender], "\(kind) from \(sender) on rank \(rank) of \(rankCount)")
                    }
                }
                let typed = String(decoding: try scratch.bytes("message.\(rank).typed"), as: UTF8.self)
                #expect(typed == typedMessages(rankCount: rankCount), "rank \(rank) of \(rankCount)")
            }
        }

        /// The probe's numbers and texts as every rank must print them.
        private static func typedMessages(rankCount: Int) -> String {
            let last = rankCount - 1
            return """
                \((0..<rankCount).map { rank in (0..<rank).map { Double($0) / 3 } })
                \((0..<rankCount).map { [-$0, Int.min, Int.max] })
                \((0..<rankCount).map { "rank \($0): ü" })
                \(-7 * last)
                from \(last): é
                """
        }
    }
}
