import Checkpoints
import Files
import Foundation
import Testing

extension ProgramTests {
    @Suite("two jobs with the same run directory")
    struct TwoJobsTests {
        private func prepared() throws -> Folder {
            let folder = try Folder()
            try Work.text.prepare(in: folder)
            return folder
        }

        private func endless(in folder: Folder) throws -> ProgramRun {
            let run = try folder.start(
                .text, ["training.steps=1000000000", "checkpoint.everySteps=5", "checkpoint.keep=1", "checkpoint.best=false", "log.everySteps=5"])
            try #require(run.wait { !folder.checkpointSteps().isEmpty })
            return run
        }

        private func move(_ name: String, to other: String, in folder: Folder) throws {
            try FileManager.default.moveItem(atPath: folder.path(name), toPath: folder.path(other))
        }

        @Test("a run whose directory is renamed continues in it, and the next run with its name is undisturbed")
        func renamed() throws {
            let folder = try prepared()
            defer { folder.remove() }
            let first = try endless(in: folder)
            try move("run", to: "old", in: folder)
            let second = try folder.train(.text, "training.steps=50", "optimizer.learningRate=0.02", "checkpoint.keep=1")
            #expect(second.exitCode == 0 && !second.output.contains("resumes "), "\(second)")
            let before = try folder.contents(of: "run")
            let reached = folder.checkpointSteps("old").last ?? 0
            #expect(first.wait { folder.checkpointSteps("old").last ?? 0 > reached })
            first.signal(SIGUSR1)
            let result = first.finish()
            #expect(result.exitCode == 75 && result.output.contains(folder.path("old/checkpoints/step-")), "\(result)")
            #expect(try folder.contents(of: "run") == before)
            let alone = try folder.train(.text, "training.steps=50", "optimizer.learningRate=0.02", into: "alone")
            #expect(try alone.exitCode == 0 && folder.weights("alone") == folder.weights())
        }

        @Test("a job whose lock file is replaced, or whose directory is removed, exits with 73 and stops writing")
        func lost() throws {
            let folder = try prepared()
            defer { folder.remove() }
            let first = try endless(in: folder)
            try FileManager.default.removeItem(atPath: folder.path("run/lock"))
            try folder.write("", "run/lock")
            let replaced = first.finish()
            #expect(replaced.exitCode == 73 && replaced.errorOutput.contains("the lock file of run directory run was removed or replaced"), "\(replaced)")
            try FileManager.default.removeItem(atPath: folder.path("run"))
            let second = try endless(in: folder)
            try move("run", to: "doomed", in: folder)
            // The job keeps writing to it until it is gone.
            #expect(second.wait { (try? FileManager.default.removeItem(atPath: folder.path("doomed"))) != nil || !folder.exists("doomed") })
            let removed = second.finish()
            // 74 if a save found a directory that was partly removed.
            let isNoticed = removed.exitCode == 73 && removed.errorOutput.contains("run directory run was removed while this run wrote in it")
            #expect(isNoticed || (removed.exitCode == 74 && removed.errorOutput.contains("run/checkpoints")), "\(removed)")
            #expect(!folder.exists("run"))
        }

        @Test("a checkpoint left in the directory by a run with another configuration isn't used; one of an earlier version, without that field, is")
        func anotherConfiguration() throws {
            let folder = try prepared()
            defer { folder.remove() }
            try folder.train(.text, "training.steps=20")
            try folder.train(.text, "training.steps=10", "model.initialization=keras", into: "other")
            try FileManager.default.copyItem(atPath: folder.path(checkpoint(20)), toPath: folder.path(checkpoint(20, of: "other")))
            let resumed = try folder.train(.text, "training.steps=30", "model.initialization=keras", into: "other")
            #expect(resumed.exitCode == 0 && resumed.output.contains("from \(checkpoint(10, of: "other"))"), "\(resumed)")
            #expect(resumed.errorOutput.contains("skipped \(checkpoint(20, of: "other"))"), "\(resumed)")
            #expect(resumed.errorOutput.contains("it is of a run with another configuration"), "\(resumed)")
            try folder.train(.text, "training.steps=30", "model.initialization=keras", into: "alone")
            #expect(try folder.weights("other") == folder.weights("alone"))

            let manifest = checkpoint(20) + "/manifest.json"
            var lines = try folder.text(manifest).split(separator: "\n", omittingEmptySubsequences: false)
            let place = try #require(lines.firstIndex { $0.contains("\"configurationSHA256\"") })
            lines.remove(at: place)
            let body = Array(lines.joined(separator: "\n").utf8.dropLast("\"\n}\n".utf8.count + 64))
            try folder.write(body + Array((try SHA256.hex(of: body) + "\"\n}\n").utf8), manifest)
            #expect(try folder.train(.text, "training.steps=50").exitCode == 0)
            #expect(try folder.weights() == folder.uninterrupted(.text, steps: 50))
        }

        @Test("a run resumes from its own checkpoint, through any path names of run and checkpoint")
        func otherNames() throws {
            let folder = try prepared()
            defer { folder.remove() }
            try folder.train(.text, "training.steps=10")
            try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: "run")
            var steps = 10
            for (from, run) in [("./run", "run"), ("link", "run"), ("run//checkpoints/step-00000020/", "link"), (folder.path("run"), "../\(folder.url.lastPathComponent)/run")] {
                steps += 5
                let result = try folder.run(.alone, "text.json", "training.steps=\(steps)", "--resume", from, "--run-directory", run)
                #expect(result.exitCode == 0 && result.output.contains("resumes "), "\(from), \(run): \(result)")
            }
            #expect(try folder.weights() == folder.uninterrupted(.text, steps: steps))
        }
    }
}
