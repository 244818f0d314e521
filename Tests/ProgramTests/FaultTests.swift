import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("faults of a rank")
    struct FaultTests {
        private func train(_ arguments: String..., into run: String = "run", on launch: Launch, in folder: Folder) throws -> ProgramResult {
            try ProgramRun(launch, ["series.json", run] + arguments, in: folder, program: try ProgramRun.built("TrainingProbe")).finish()
        }

        private func prepared() throws -> Folder {
            let folder = try Folder()
            try Work.series.prepare(in: folder)
            return folder
        }

        @Test("a NaN in one rank's input, loss or gradient ends the run with 65, naming step and sequence, and doesn't reach the weights",
            arguments: [1, 2], ["input:RANK:3", "loss:RANK:3", "gradient:RANK:4"])
        func notFinite(rankCount: Int, fault: String) throws {
            let folder = try prepared()
            defer { folder.remove() }
            let fault = fault.replacing("RANK", with: "\(rankCount - 1)")
            let result = try train(fault, "checkpoint.everySteps=1", on: Launch(rankCount), in: folder)
            #expect(result.exitCode == 65 && ["NaN", "inf"].contains { result.errorOutput.contains("the gradient's norm is \($0) at step 4 ") }, "\(result)")
            // A NaN that arises in the gradient sum isn't attributed to a sequence.
            let words = fault.hasPrefix("gradient") ? "Each sequence's own loss and gradient are finite." : "Not finite is that of the training part's sequence"
            #expect(result.errorOutput.contains(words), "\(result)")
            #expect(folder.checkpointSteps().last == 3)
            #expect(try folder.weights() == folder.uninterrupted(.series, steps: 3))
        }

        @Test("skipping such a step gives the bits of a run without its batch, on any ranks and across a stop", arguments: ["input:RANK:2", "loss:RANK:2"])
        func skipped(fault: String) throws {
            let folder = try prepared()
            defer { folder.remove() }
            // An epoch has 5 batches, or 4.
            let wanted = try train("omit:2", "training.steps=16", "checkpoint.best=false", into: "without", on: .alone, in: folder)
            try #require(wanted.exitCode == 0, "\(wanted)")
            for rankCount in [1, 2, 4] {
                let run = "with-\(rankCount)"
                // The rank with the second sequence of each part; any rank would do.
                let fault = fault.replacing("RANK", with: "\(rankCount - 1)")
                var result = try train(fault, "integrity.nonFinite=skip", "training.steps=9", into: run, on: Launch(rankCount), in: folder)
                try #require(result.exitCode == 0, "\(result)")
                result = try train(fault, "integrity.nonFinite=skip", "training.steps=20", into: run, on: Launch(rankCount), in: folder)
                try #require(result.exitCode == 0, "\(result)")
                #expect(result.output == wanted.output, "\(rankCount) ranks: \(result) \(wanted)")
                #expect(try folder.metrics(run).filter { $0["skipped"]?.boolValue == true }.compactMap { $0["step"]?.integerValue } == [3, 8, 13, 18])
            }
        }

        @Test("more steps than may be skipped end the run with 65, also across a stop")
        func skipLimit() throws {
            let folder = try prepared()
            defer { folder.remove() }
            let arguments = ["input:0:2", "integrity.nonFinite=skip", "integrity.skipLimit=3"]
            func go(_ steps: Int) throws -> ProgramResult { try train(arguments[0], arguments[1], arguments[2], "training.steps=\(steps)", on: .ranks(2), in: folder) }
            #expect(try go(10).exitCode == 0)
            let result = try go(20)
            #expect(result.exitCode == 65 && result.errorOutput.contains("at step 18 ") && result.errorOutput.contains("3 steps were left out before"), "\(result)")
        }

        @Test("a bit flip in one rank's weights is found at the next comparison: rank named, nothing saved, run resumable", arguments: [2, 4])
        func silentCorruption(rankCount: Int) throws {
            let folder = try prepared()
            defer { folder.remove() }
            let result = try train(
                "flip:1:7", "integrity.everySteps=5", "checkpoint.everySteps=3", "training.steps=20", on: .ranks(rankCount), in: folder)
            // The save at step 9 compares before the comparison of step 10.
            #expect(result.exitCode == 70 && result.errorOutput.contains("the weights are not the same on all ranks after step 9: "), "\(result)")
            if rankCount > 2 { #expect(result.errorOutput.contains("ranks 0, 2, 3 have ") && result.errorOutput.contains("; rank 1 has "), "\(result)") }
            #expect(folder.checkpointSteps().last == 6)
            let resumed = try train("training.steps=20", on: .ranks(rankCount), in: folder)
            #expect(resumed.exitCode == 0, "\(resumed)")
            #expect(try folder.weights() == folder.uninterrupted(.series, steps: 20))
        }

        @Test("without a save the comparison of integrity.everySteps finds it")
        func comparison() throws {
            let folder = try prepared()
            defer { folder.remove() }
            let result = try train("flip:0:7", "integrity.everySteps=5", "checkpoint.best=false", "training.steps=20", on: .ranks(2), in: folder)
            #expect(result.exitCode == 70 && result.errorOutput.contains("the weights are not the same on all ranks after step 10: "), "\(result)")
            #expect(folder.checkpointSteps().isEmpty)
        }

        @Test("an endless loop in the data of one rank is reported by all, with step and phase, and ends the run with 70")
        func endlessData() throws {
            let folder = try prepared()
            defer { folder.remove() }
            let hung = try train("loop:1:3", "integrity.hangSeconds=3", "checkpoint.everySteps=1", on: .ranks(4), in: folder)
            #expect(hung.exitCode == 70, "\(hung)")
            for rank in 0..<4 { #expect(hung.errorOutput.contains("rank \(rank) has made no progress for 3 s at step 4, in "), "\(hung)") }
            #expect(hung.errorOutput.contains("Rank 1 is late: it is at step 4, in reading the batch, and doesn't get on."), "\(hung)")
            #expect(try folder.weights() == folder.uninterrupted(.series, steps: 3))
        }
    }
}
