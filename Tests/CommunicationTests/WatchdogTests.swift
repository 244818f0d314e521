import Testing

extension MPIGroupTests {
    @Suite("a rank that makes no progress")
    struct WatchdogTests {
        @Test("a stopped rank is named by each of the others in time, and the group ends with 70")
        func stopped() throws {
            let run = try ProbeRun.hanging("stopped", rankCount: 4)
            #expect(run.exitCode == 70 && run.elapsedSeconds < 12, "\(run)")
            for rank in 0..<3 {
                #expect(
                    run.output.contains("rank \(rank) has made no progress for 2 s at step 7, in the work of step 7. Rank 3 is late: it doesn't answer"),
                    "\(run.output)")
                #expect(run.output.contains("last collectives of rank \(rank): 1 (step 0) barrier, 0 bytes; 2 (step 7) barrier, 0 bytes, unfinished"), "\(run.output)")
            }
            #expect(!run.output.contains("rank 3 has made no progress"), "\(run.output)")
        }

        @Test("a rank in an endless loop is named by all, including itself, with its phase")
        func endless() throws {
            let run = try ProbeRun.hanging("endless", rankCount: 3)
            #expect(run.exitCode == 70 && run.elapsedSeconds < 12, "\(run)")
            for rank in 0..<3 { #expect(run.output.contains("rank \(rank) has made no progress for 2 s at step 7"), "\(run.output)") }
            #expect(run.output.contains("Rank 2 is late: it is at step 7, in the work of step 7, and doesn't get on."), "\(run.output)")
        }

        @Test("a slow rank that makes progress is waited for")
        func slow() throws {
            let run = try ProbeRun(rankCount: 3, "hang", "slow")
            #expect(run.exitCode == 0 && run.elapsedSeconds > 5 && !run.output.contains("late"), "\(run)")
        }

        @Test("a single process that hangs reports it too")
        func alone() throws {
            let run = try ProbeRun(rankCount: nil, "hang", "endless")
            #expect(run.exitCode == 70, "\(run)")
            #expect(run.output.contains("rank 0 has made no progress for 2 s at step 7, in the work of step 7. Rank 0 is late"), "\(run.output)")
        }
    }
}
