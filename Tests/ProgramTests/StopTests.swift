import Foundation
import Testing

extension ProgramTests {
    @Suite("stopping")
    struct StopTests {
        @Test("a file STOP in the run directory stops the run like SIGUSR1, and is removed afterwards", arguments: [1, 4])
        func stopFile(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let run = try folder.start(
                .text, ["training.steps=1000000000", "log.everySteps=5", "checkpoint.best=false", "parallelism.threads=1"], on: Launch(rankCount))
            let hasBegun = run.wait { folder.lastStep() >= 10 }
            try folder.write("", "run/STOP")
            let result = run.finish()
            try #require(hasBegun && result.exitCode == 75, "\(result)")
            #expect(!folder.exists("run/STOP"))
            let stopped = try folder.weights()
            #expect(folder.checkpointSteps() == [stopped.step])
            let goal = stopped.step + 13
            #expect(try folder.train(.text, "training.steps=\(goal)", on: .ranks(2)).exitCode == 0)
            #expect(try folder.weights() == folder.uninterrupted(.text, steps: goal))
        }

        @Test("a run stopped after each step, within epochs and streams, on 4, 2, 8 and 1 ranks in turn, has the bits of an uninterrupted one",
            arguments: [Work.text, .reber])
        func stopAfterEachStep(work: Work) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            let steps = 6
            for step in 1...steps {
                // A stop requested before the start takes effect after one step.
                try folder.write("", "run/STOP")
                let result = try folder.train(work, "training.steps=\(steps)", "parallelism.threads=1", on: Launch([4, 2, 8, 1][step % 4]))
                try #require(result.exitCode == (step < steps ? 75 : 0), "step \(step): \(result)")
                #expect(folder.checkpointSteps().last == step)
            }
            #expect(try folder.weights() == folder.uninterrupted(work, steps: steps))
        }
    }
}
