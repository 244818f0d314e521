import Foundation
import Testing

extension ProgramTests {
    @Suite("clock changes, suspended jobs and large logs")
    struct LongLifeTests {
        @Test("a new event file's name sorts after the previous one's, even if the clock was set back")
        func eventNames() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.series.prepare(in: folder)
            #expect(try folder.train(.series, "training.steps=5").exitCode == 0)
            func name() throws -> String { try #require(folder.names(in: "run").first { $0.hasPrefix("events.") }) }
            // As if it had been started before the clock was set back by decades.
            let old = "events.out.tfevents.2999999999"
            try FileManager.default.moveItem(atPath: folder.path("run/" + name()), toPath: folder.path("run/" + old))
            let result = try folder.train(.series, "training.steps=5", "--resume=never")
            #expect(try result.exitCode == 0 && name() > old, "\(result)")
            #expect(folder.names(in: "run").filter { $0.hasPrefix("events.") }.count == 1)
        }

        @Test("a job that is suspended as a whole for longer than integrity.hangSeconds resumes undisturbed")
        func suspended() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let keys = ["training.steps=1000000000", "log.everySteps=5", "checkpoint.best=false", "parallelism.threads=1", "integrity.hangSeconds=4"]
            let run = try folder.start(.text, keys, on: .ranks(2))
            try #require(run.wait { folder.lastStep() >= 10 })
            let ranks = run.children()
            for rank in ranks { kill(rank, SIGSTOP) }
            Thread.sleep(forTimeInterval: 7)
            for rank in ranks { kill(rank, SIGCONT) }
            let step = folder.lastStep()
            let goesOn = run.wait { folder.lastStep() >= step + 20 }
            run.signal(SIGUSR1)
            let result = run.finish()
            #expect(goesOn && result.exitCode == 75, "\(result)")
            let stopped = try folder.weights()
            #expect(try stopped == folder.uninterrupted(.text, steps: stopped.step))
        }

        @Test("a time limit of any length is accepted, even longer than a century", arguments: [1, 2])
        func endlessPatience(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let result = try folder.train(.text, "training.steps=3", "integrity.hangSeconds=1e300", on: Launch(rankCount))
            #expect(result.exitCode == 0, "\(result)")
        }

        @Test("metrics of gigabytes are continued and read in seconds")
        func largeMetrics() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.series.prepare(in: folder)
            #expect(try folder.train(.series, "training.steps=10").exitCode == 0)
            // As after a crash of the machine: the file has grown, without data.
            let path = folder.path("run/metrics.jsonl")
            guard truncate(path, 2 << 30) == 0 else { return }
            let result = try folder.run(.alone, ["series.json", "training.steps=20", "--run-directory", "run"])
            #expect(result.exitCode == 0, "\(result)")
            #expect(folder.lastStep() == 20)
            #expect(try folder.weights() == folder.uninterrupted(.series, steps: 20))
        }
    }
}
