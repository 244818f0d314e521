import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("mismatched ranks and runs")
    struct AgreementTests {
        @Test("an invalid number of ranks is rejected with the allowed numbers")
        func ranksAndShards() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try RefusalTests.expect(78, "3 ranks can't share 8 shards", in: folder, .ranks(3), "text.json")
            try RefusalTests.expect(78, "Run with 1, 2, 4 or 8 of them", in: folder, .ranks(3), "text.json")
        }

        @Test("with reduction \"fast\" three ranks train, with results close to one rank's")
        func fastReduction() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let result = try folder.train(.text, "parallelism.reduction=fast", on: .ranks(3))
            #expect(result.exitCode == 0, "\(result)")
            let found = try folder.inspect("run")
            #expect(found["step"]?.integerValue == 50)
            _ = try folder.uninterrupted(.text, steps: 50)
            let wanted = try #require(folder.inspect("uninterrupted-50")["validationLoss"]?.realValue)
            // Only the order of float sums differs, over 50 steps.
            #expect(abs(try #require(found["validationLoss"]?.realValue) - wanted) < 1e-3)
        }

        @Test("ranks with different configurations are rejected, with the key and the deviating rank")
        func configurationsDiffer() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.write(Work.text.configuration.replacing("\"hidden\": 9", with: "\"hidden\": 10"), "odd.json")
            try RefusalTests.expect(
                78, "lstm-train: model.hidden is not the same on all ranks: ranks 0, 2 have 9; rank 1 has 10.", in: folder,
                .different([["text.json"], ["odd.json"], ["text.json"]]), "--run-directory", "run")
        }

        @Test("a rank with another seed or another binary is rejected before the first step")
        func seedsAndBinariesDiffer() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let program = try ProgramRun.built("lstm-train")
            try folder.write([UInt8](try Data(contentsOf: program)) + [0], "odd")
            let odd = folder.url.appending(path: "odd").path
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: odd)
            let own = [program.path, "text.json", "--run-directory", "run"]
            let differing: [(own: [String], words: String)] = [
                ([program.path] + own.dropFirst() + ["training.seed=2"], "training.seed is not the same on all ranks: ranks 0, 1, 3 have 1; rank 2 has 2."),
                ([odd] + own.dropFirst(), "the binary is not the same on all ranks: ranks 0, 1, 3 have SHA-256 "),
            ]
            for (other, words) in differing {
                let result = try folder.run(.different([own, own, other, own]), [], program: URL(filePath: "/usr/bin/env"))
                #expect(result.exitCode == 78 && result.errorOutput.contains("lstm-train: " + words), "\(result)")
                #expect(folder.checkpointSteps().isEmpty && folder.lastStep() == 0)
            }
        }

        @Test("ranks that read other data, or lack a file, are rejected")
        func dataDiffer() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.write(Work.text.configuration, "other/text.json")
            let launch = Launch.different([["text.json"], ["other/text.json"]])
            try RefusalTests.expect(66, "lstm-train: rank 1: ", in: folder, launch, "--run-directory", "run")
            try folder.write(Work.prose.replacing("cat", with: "bat"), "other/text.txt")
            try RefusalTests.expect(
                78, "lstm-train: the data is not the same on all ranks: rank 0 has fingerprint ", in: folder, launch, "--run-directory", "run")
        }

        @Test("ranks may differ in settings that don't affect the result: threads, gates and file paths")
        func freeKeysMayDiffer() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.write(Work.text.configuration, "other/text.json")
            try folder.write(Work.prose, "other/text.txt")
            let launch = Launch.different([
                ["text.json", "parallelism.threads=1"], ["other/text.json", "parallelism.threads=2", "parallelism.gates=split"],
            ])
            let result = try folder.run(launch, "--run-directory", "run")
            #expect(result.exitCode == 0, "\(result)")
            #expect(try folder.weights() == folder.uninterrupted(.text, steps: 50))
        }

        @Test("an existing run of another configuration is rejected with the keys that differ, and stays unchanged", arguments: [1, 2])
        func otherConfiguration(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.train(.text, "training.steps=5")
            let words = """
                run holds a run of another configuration (here, not there):
                  model.hidden: 10, not 9 (may not change on a resume)
                  training.seed: 2, not 1
                A run with these values begins anew. In a directory of its own:
                  lstm-train text.json model.hidden=10 training.seed=2 --run-directory run-2

                """
            try RefusalTests.expect(
                78, words, in: folder, Launch(rankCount), "text.json", "model.hidden=10", "training.seed=2", "--run-directory", "run")
        }

        @Test("an existing run on data that have changed since is rejected and stays unchanged")
        func otherData() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.train(.text, "training.steps=5")
            try folder.write(Work.prose.replacing("dog", with: "god"), "text.txt")
            try RefusalTests.expect(78, "is a run on other data: the files have changed since.", in: folder, .alone, "text.json", "--run-directory", "run")
        }

        @Test("a second process on the same run directory is rejected immediately, and doesn't disturb the first", arguments: [1, 2])
        func locked(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let first = try folder.start(.text, ["training.steps=1000000000", "log.everySteps=5", "checkpoint.best=false"])
            try #require(first.wait { folder.lastStep() >= 5 })
            let second = try folder.train(.text, on: Launch(rankCount))
            #expect(second.exitCode == 73, "\(second)")
            #expect(second.errorOutput.components(separatedBy: "run directory run is in use by process ").count == 2, "\(second)")
            #expect(second.output.isEmpty)
            first.signal(SIGUSR1)
            #expect(first.finish().exitCode == 75)
            let stopped = try folder.weights()
            #expect(try stopped == folder.uninterrupted(.text, steps: stopped.step))
        }

        @Test("updates that overflow are skipped one by one, blame no sequence, and leave the weights unchanged", arguments: [1, 2])
        func overflowingUpdates(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            // A learning rate so small that the weights stay unchanged.
            try folder.train(.text, "training.steps=1", "optimizer.learningRate=1e-37", into: "begun")
            let arguments = ["text.json", "training.steps=4", "optimizer.learningRate=1e38", "integrity.nonFinite=skip", "--run-directory"]
            let result = try folder.run(Launch(rankCount), arguments + ["run"])
            #expect(result.exitCode == 0, "\(result)")
            for step in 1...4 {
                #expect(result.errorOutput.contains("lstm-train: step \(step) is left out: it would make weights infinite or NaN (learning rate 1e+38, "), "\(result)")
            }
            #expect(try folder.weights().sha256 == folder.weights("begun").sha256)
            let skipped = try folder.metrics().filter { $0["skipped"]?.boolValue == true }
            #expect(skipped.count == 4 && skipped.allSatisfy { $0["sequences"]?.arrayValue?.isEmpty == true })
            let limited = try folder.run(Launch(rankCount), arguments + ["limited", "integrity.skipLimit=2"])
            #expect(limited.exitCode == 65 && limited.errorOutput.contains("Lower optimizer.learningRate. 2 steps were left out before (integrity.skipLimit)."), "\(limited)")
        }

        @Test("weights that are finite but too large to compute with are named as the cause, not the batch")
        func largeWeights() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let result = try folder.train(.text, "optimizer.learningRate=3e37", "integrity.nonFinite=skip", "integrity.skipLimit=1")
            #expect(result.exitCode == 65 && result.errorOutput.contains(" for all 10 sequences, since the weights are too large (up to "), "\(result)")
            #expect(result.errorOutput.contains("Not finite is that of all 10 sequences of the batch, since the weights are too large (up to "), "\(result)")
        }

        @Test("numbers that overflow end the run with 65 and the step, and are never saved", arguments: [1, 2])
        func notFinite(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let diverged = try folder.train(.text, "optimizer.learningRate=1e38", on: Launch(rankCount))
            #expect(diverged.exitCode == 65, "\(diverged)")
            #expect(diverged.errorOutput.components(separatedBy: "lstm-train: step 1 would make weights infinite or NaN (learning rate 1e+38, ").count == 2, "\(diverged)")
            #expect(diverged.errorOutput.contains("), and isn't taken. Lower optimizer.learningRate."), "\(diverged)")
            let atLast = try folder.train(.text, "optimizer.learningRate=1e38", "training.steps=1", into: "last", on: Launch(rankCount))
            #expect(atLast.exitCode == 65, "\(atLast)")
            #expect(folder.checkpointSteps("run").isEmpty && folder.checkpointSteps("last").isEmpty)
        }
    }
}
