import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("stopping and resuming")
    struct ResumeTests {
        @Test(
            "a run stopped at any step and resumed on other numbers of ranks ends with the uninterrupted run's weights",
            arguments: Work.all + [.momentum, .gru, .stack, .words, .bytePairs, .tokenizer, .labelledPairs, .cells, .bidirectional, .layers, .transformers, .blocks, .regularized, .causalConvolutions, .cellForms])
        func stopsLeaveNoTrace(work: Work) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            let wanted = try folder.uninterrupted(work, steps: 50)
            // Within an epoch and at its end: an epoch has 7 steps of reber, 13 of text, 5 of series.
            let isOneOfAll = Work.all.contains { $0.name == work.name }
            for stops in isOneOfAll ? [[(1, 1), (13, 4), (14, 2)], [(7, 2), (25, 1), (49, 4)]] : [[(13, 4), (24, 1)]] {
                let run = "run-\(stops[0].0)"
                for (step, rankCount) in stops + [(50, 2)] {
                    let result = try folder.train(work, "training.steps=\(step)", into: run, on: Launch(rankCount))
                    try #require(result.exitCode == 0, "to step \(step) on \(rankCount): \(result)")
                    try #require(folder.weights(run).step == step)
                }
                #expect(try folder.weights(run) == wanted, "stops \(stops)")
            }
        }

        @Test("a run with no steps left says so and changes nothing")
        func nothingLeft() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            try folder.train(.reber)
            let before = try folder.contents()
            let result = try folder.train(.reber)
            #expect(result.exitCode == 0 && result.output.contains("step 50 of 50: nothing is left to do"), "\(result)")
            #expect(try folder.contents() == before)
        }

        @Test("--resume never starts a new run; with a path it starts from that run or checkpoint")
        func resumeChoices() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.train(.text, "training.steps=20", "checkpoint.everySteps=10")
            let atTen = try folder.weights(checkpoint(10))
            func go(_ resume: String, steps: Int, into run: String) throws -> ProgramResult {
                try folder.run(.ranks(2), "text.json", "training.steps=\(steps)", "--resume", resume, "--run-directory", run)
            }
            let wanted = try folder.uninterrupted(.text, steps: 50)
            for (resume, run) in [("run", "from-run"), (checkpoint(10), "from-checkpoint"), ("never", "run"), ("auto", "nothing-yet")] {
                let result = try go(resume, steps: 50, into: run)
                #expect(result.exitCode == 0, "\(result)")
                #expect(result.output.contains("resumes ") == resume.hasPrefix("run"), "--resume \(resume): \(result)")
                #expect(try folder.weights(run) == wanted, "--resume \(resume)")
            }
            #expect(try go("never", steps: 10, into: "run").exitCode == 0)
            #expect(folder.checkpointSteps() == [10])
            #expect(try folder.weights() == atTen)
            #expect(try folder.metrics().allSatisfy { ($0["step"]?.integerValue ?? 0) <= 10 })
            let missing = try go("no-such", steps: 50, into: "from-nothing")
            #expect(missing.exitCode == 66 && missing.errorOutput.contains("no-such has no checkpoint"), "\(missing)")
        }

        @Test("ranks stay in agreement if validation gets worse than the best before the stop")
        func bestIsKnownToAllRanks() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            // A learning rate so high that validation goes up and down.
            let arguments = ["optimizer.learningRate=0.9", "training.validateEverySteps=1", "log.everySteps=1"]
            let result = try folder.start(.reber, arguments + ["training.steps=13"], on: .ranks(2)).finish()
            try #require(result.exitCode == 0, "\(result)")
            let resumed = try folder.start(.reber, arguments + ["training.steps=30"], on: .ranks(2)).finish()
            try #require(resumed.exitCode == 0, "\(resumed)")
            let whole = try folder.start(.reber, arguments + ["training.steps=30"], into: "whole").finish()
            try #require(whole.exitCode == 0, "\(whole)")
            #expect(try folder.weights() == folder.weights("whole"))
            let losses = try folder.metrics().compactMap { $0["validationLoss"]?.realValue }
            try #require(losses.count == 30)
            #expect(losses[13] > losses[12], "the test needs a validation that gets worse after the stop")
            let best = try #require(losses.indices.min { losses[$0] < losses[$1] }) + 1
            #expect(folder.checkpointSteps().contains(best))
            // The interrupted run marks the same best as the uninterrupted one.
            let marks = [result, resumed].map { $0.output.components(separatedBy: " *\n").count - 1 }.reduce(0, +)
            #expect(marks == whole.output.components(separatedBy: " *\n").count - 1)
        }

        @Test("a damaged newest checkpoint is skipped with its reason, and the previous one used", arguments: [1, 2])
        func damagedIsPassedOver(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let wanted = try folder.uninterrupted(.text, steps: 50)
            try folder.train(.text, "training.steps=30", "checkpoint.everySteps=10", "checkpoint.best=false")
            #expect(folder.checkpointSteps() == [10, 20, 30])
            try folder.damage(checkpoint(30) + "/optimizer.safetensors")
            let result = try folder.train(.text, on: Launch(rankCount))
            #expect(result.exitCode == 0, "\(result)")
            #expect(result.errorOutput.components(separatedBy: "skipped run/checkpoints/step-00000030: ").count == 2, "\(result)")
            #expect(result.errorOutput.contains("is damaged: its SHA-256 is"), "\(result)")
            #expect(result.output.contains("resumes     from run/checkpoints/step-00000020"), "\(result)")
            #expect(try folder.weights() == wanted)
        }

        @Test("if all checkpoints are damaged the run is rejected and stays unchanged")
        func allDamaged() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            try folder.train(.reber, "training.steps=7")
            try folder.damage(checkpoint(7) + "/manifest.json")
            let before = try folder.contents()
            let result = try folder.train(.reber)
            #expect(result.exitCode == 65 && result.errorOutput.contains("none of its 1 checkpoints is whole"), "\(result)")
            #expect(try folder.contents() == before)
        }
    }
}
