import Foundation
import SeededRandomness
import Testing

extension ProgramTests {
    @Suite("kills")
    struct KillTests {
        @Test("any rank killed at any time ends the job within 10 s without leftovers, and the run resumes to the same bits", arguments: [Work.text, .momentum, .gru])
        func randomRank(work: Work) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            var numbers = SeededGenerator.announced("randomRank")
            for kill in 0..<5 {
                let run = try folder.start(
                    work, ["training.steps=1000000000", "checkpoint.everySteps=3", "checkpoint.best=false", "log.everySteps=3"], on: .ranks(4))
                let before = folder.lastStep()
                try #require(run.wait { folder.lastStep() > before && run.children().count == 4 })
                Thread.sleep(forTimeInterval: Double.random(in: 0..<0.5, using: &numbers))
                let ranks = run.children()
                let leftovers = Set(ranks.flatMap(Self.sharedFiles))
                try #require(ranks.count == 4 && !leftovers.isEmpty)
                Foundation.kill(ranks.randomElement(using: &numbers)!, SIGKILL)
                let start = ContinuousClock.now
                let result = run.finish()
                #expect(result.exitCode == 128 + SIGKILL && ContinuousClock.now - start < .seconds(10), "kill \(kill): \(result)")
                // mpirun has killed them; the kernel may take a moment.
                let end = ContinuousClock.now + .seconds(5)
                while ranks.contains(where: { Foundation.kill($0, 0) == 0 }), ContinuousClock.now < end { Thread.sleep(forTimeInterval: 0.01) }
                #expect(ranks.allSatisfy { Foundation.kill($0, 0) != 0 }, "kill \(kill)")
                #expect(leftovers.filter { FileManager.default.fileExists(atPath: $0) }.isEmpty, "kill \(kill)")
            }
            let goal = try #require(folder.checkpointSteps().last) + 5
            #expect(try folder.train(work, "training.steps=\(goal)", on: .ranks(2)).exitCode == 0)
            #expect(try folder.weights() == folder.uninterrupted(work, steps: goal))
        }

        /// Files outside its folder that a rank has mapped for communication: shared memory, and mpirun's temporary files.
        private static func sharedFiles(of rank: pid_t) -> [String] {
            let maps = (try? String(contentsOfFile: "/proc/\(rank)/maps", encoding: .utf8)) ?? ""
            return maps.split(separator: "\n").compactMap { line in
                line.firstIndex(of: "/").map { String(line[$0...]) }.flatMap { $0.contains("vader_segment") || $0.contains("/ompi.") ? $0 : nil }
            }
        }
    }
}
