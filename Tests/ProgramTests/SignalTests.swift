import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("signals and kills")
    struct SignalTests {
        /// Endless, so that a signal always arrives during training; the number of steps taken doesn't affect the weights at any step.
        private static let endless = ["training.steps=1000000000", "log.everySteps=5", "checkpoint.best=false", "parallelism.threads=1"]

        @Test("SIGUSR1 saves and exits with 75, and the run resumes from there", arguments: zip([Work.text, .reber, .text], [4, 1, 1]))
        func saveAndStop(work: Work, rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            let run = try folder.start(work, Self.endless, on: Launch(rankCount))
            let hasBegun = run.wait { folder.lastStep() >= 10 }
            run.signal(SIGUSR1)
            let result = run.finish()
            try #require(hasBegun && result.exitCode == 75, "\(result)")
            #expect(result.output.contains("stopped     as asked"), "\(result)")
            let stopped = try folder.weights()
            #expect(folder.checkpointSteps() == [stopped.step])
            #expect(stopped.step >= 10)

            let goal = stopped.step + 17
            let resumed = try folder.train(work, "training.steps=\(goal)", on: .ranks(2))
            #expect(resumed.exitCode == 0 && resumed.output.contains("resumes     from"), "\(resumed)")
            #expect(try folder.weights() == folder.uninterrupted(work, steps: goal))
        }

        @Test("SIGHUP, as when a terminal closes, saves and exits with 75; a run started by nohup continues")
        func hangUp() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let run = try folder.start(.text, Self.endless)
            let hasBegun = run.wait { folder.lastStep() >= 10 }
            run.signal(SIGHUP)
            let result = run.finish()
            try #require(hasBegun && result.exitCode == 75, "\(result)")
            #expect(try folder.checkpointSteps() == [folder.weights().step])

            let program = try ProgramRun.built("lstm-train").path
            let arguments = [program, "text.json", "--run-directory", "kept"] + Self.endless
            let kept = try ProgramRun(.alone, arguments, in: folder, program: URL(filePath: "/usr/bin/nohup"))
            try #require(kept.wait { folder.lastStep("kept") >= 10 })
            kept.signal(SIGHUP)
            let reached = folder.lastStep("kept")
            #expect(kept.wait { folder.lastStep("kept") >= reached + 20 })
            kept.signal(SIGUSR1)
            #expect(kept.finish().exitCode == 75)
        }

        @Test("SIGUSR2 saves and continues", arguments: [1, 4])
        func saveAndGoOn(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let run = try folder.start(.text, Self.endless, on: Launch(rankCount))
            let hasBegun = run.wait { folder.lastStep() >= 10 }
            run.signal(SIGUSR2)
            let hasSaved = run.wait { !folder.checkpointSteps().isEmpty }
            let saved = folder.checkpointSteps().first ?? 0
            let hasGoneOn = run.wait { folder.lastStep() >= saved + 10 }
            run.signal(SIGUSR1)
            let result = run.finish()
            try #require(hasBegun && hasSaved && hasGoneOn && result.exitCode == 75, "\(result)")
            #expect(folder.checkpointSteps().count == 2)
            #expect(try folder.weights(checkpoint(saved)) == folder.uninterrupted(.text, steps: saved))
        }

        @Test("signals that the parent process had blocked are received")
        func blockedSignals() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            let run = try ProgramRun(.alone, ["reber.json", "--run-directory", "run"] + Self.endless, in: folder, blocksSignals: true)
            let hasBegun = run.wait { folder.lastStep() >= 10 }
            run.signal(SIGUSR1)
            let hasEnded = run.wait { !run.isRunning }
            if !hasEnded { run.signal(SIGKILL) }
            let result = run.finish()
            #expect(hasBegun && hasEnded && result.exitCode == 75, "\(result)")
        }

        @Test("a killed run resumes from its last checkpoint, and reports no step twice")
        func kill() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            let run = try folder.start(.reber, Self.endless + ["checkpoint.everySteps=8"])
            let hasSaved = run.wait { folder.checkpointSteps().count >= 2 && folder.lastStep() >= 20 }
            run.signal(SIGKILL)
            let result = run.finish()
            try #require(hasSaved && result.exitCode == 128 + SIGKILL, "\(result)")

            let goal = try #require(folder.checkpointSteps().last) + 23
            let resumed = try folder.train(.reber, "training.steps=\(goal)", "log.everySteps=5", on: .ranks(2))
            #expect(resumed.exitCode == 0, "\(resumed)")
            #expect(try folder.weights() == folder.uninterrupted(.reber, steps: goal))
            let lines = try folder.metrics()
            let steps = lines.compactMap { $0["step"]?.integerValue }
            #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 }, "\(steps)")
            // Every fifth step has a line, also those before the kill.
            #expect(Set(steps).isSuperset(of: stride(from: 5, through: goal, by: 5)), "\(steps)")
        }

        @Test("a killed rank ends the group within seconds")
        func killedRank() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let run = try folder.start(.text, Self.endless + ["checkpoint.everySteps=10"], on: .ranks(2))
            try #require(run.wait { folder.checkpointSteps().count >= 2 })
            // The lock contains the process that writes.
            let holder = try folder.text("run/lock").split(separator: " ").dropFirst().first.flatMap { Int32($0) }
            Foundation.kill(try #require(holder), SIGKILL)
            let start = ContinuousClock.now
            let result = run.finish()
            #expect(result.exitCode != 0 && ContinuousClock.now - start < .seconds(20), "\(result)")
            let goal = try #require(folder.checkpointSteps().last) + 3
            #expect(try folder.train(.text, "training.steps=\(goal)", on: .ranks(4)).exitCode == 0)
            #expect(try folder.weights() == folder.uninterrupted(.text, steps: goal))
        }
    }
}
