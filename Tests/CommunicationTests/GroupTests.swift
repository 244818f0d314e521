import Communication
import Testing

extension MPIGroupTests {
    @Suite("joining and ending a group")
    struct GroupTests {
        @Test("mpirun's processes form one group, in order of rank")
        func ranksFormAGroup() throws {
            let run = try ProbeRun(rankCount: 3, "describe")
            #expect(run.exitCode == 0)
            let lines = run.output.split(separator: "\n").filter { $0.hasPrefix("MPIWorld") }
            #expect(lines == (0..<3).map { "MPIWorld rank \($0) of 3, here \($0) of 3, launched true" }, "\(run.output)")
        }

        @Test("an abort ends all ranks within seconds, and mpirun returns its code", arguments: zip([1, 2, 4], [75, 65, 75] as [Int32]))
        func abortEndsTheGroup(rankCount: Int, exitCode: Int32) throws {
            let run = try ProbeRun(rankCount: rankCount, "abort", "\(exitCode)")
            #expect(run.exitCode == exitCode, "\(run.output)")
            #expect(run.elapsedSeconds < 15)
        }

        @Test("ranks that sum different counts get MPI's own error text and end")
        func disagreementIsReported() throws {
            let run = try ProbeRun(rankCount: 2, "disagree")
            #expect(run.exitCode == 70, "\(run.output)")
            #expect(run.output.contains("MPI_Alltoallv failed with code"), "\(run.output)")
            #expect(run.output.contains("MPI_ERR_TRUNCATE"), "\(run.output)")
        }

        @Test("srun's tasks without PMI refuse to train alone")
        func srunWithoutPMIIsRefused() throws {
            let task = ["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "1"]
            let run = try ProbeRun(rankCount: nil, "describe", environment: task)
            #expect(run.exitCode == 71, "\(run.output)")
            #expect(run.output.contains("srun without PMI started 2 processes, but MPI joined 1"), "\(run.output)")
        }

        @Test("a process refuses to train alone if MPI doesn't find its launcher")
        func foreignLauncherIsRefused() throws {
            let run = try ProbeRun(rankCount: nil, "describe", environment: ["PMI_RANK": "1", "PMI_SIZE": "4"])
            #expect(run.exitCode == 71, "\(run.output)")
            #expect(run.output.contains("a PMI launcher started 4 processes, but MPI joined 1"), "\(run.output)")
        }
    }
}

@Suite("a process without a launcher")
struct SingleProcessTests {
    @Test("is a group of one that needs no MPI")
    func isAGroupOfOne() throws {
        let run = try ProbeRun(rankCount: nil, "describe")
        #expect(run.exitCode == 0)
        #expect(run.output == "SingleProcess rank 0 of 1, here 0 of 1, launched false\n")
    }

    @Test("receives its own messages")
    func messagesComeBack() throws {
        try MPIGroupTests.MessageTests.checkMessages(rankCount: 1, processes: nil)
        try MPIGroupTests.MessageTests.checkMessages(rankCount: 1, processes: nil, lengths: [4097])
    }

    @Test("keeps its values in a sum, to the bit")
    func sumsAreItsValues() throws {
        let group = SingleProcess()
        var values: [Float] = [0.1, -0, .nan, 3e38]
        let before = values.map(\.bitPattern)
        var span = values.mutableSpan
        group.sumOverRanks(&span)
        group.sumOverRanksFast(&span)
        #expect(values.map(\.bitPattern) == before)
    }

    @Test("ends with the code that it aborts with")
    func abortEndsIt() throws {
        #expect(try ProbeRun(rankCount: nil, "abort", "75").exitCode == 75)
    }
}
