import Foundation
import Testing

extension ProgramTests {
    @Suite("a run given as a configuration, and vice versa")
    struct MistakenPathTests {
        private func trained() throws -> Folder {
            let folder = try Folder()
            try Work.reber.prepare(in: folder)
            let result = try folder.run(.alone, "reber.json", "training.steps=3", "parallelism.shards=2")
            try #require(result.exitCode == 0, "\(result)")
            return folder
        }

        @Test(
            "a run directory, a checkpoint or a folder given as a configuration is rejected with the intended path",
            arguments: ["train", "doctor", "verify", "ranks"])
        func directory(verb: String) throws {
            let folder = try trained()
            defer { folder.remove() }
            let run = "runs/reber"
            try RefusalTests.expect(
                66, "\(run) is not a configuration file. It is a run directory; name its configuration: \(run)/config.json.", in: folder, .alone, verb, run)
            let words = "name the configuration of its run, and start from it: \(run)/config.json --resume \(checkpoint(3, of: run)) --run-directory \(run)-2."
            try RefusalTests.expect(66, words, in: folder, .alone, verb, checkpoint(3, of: run))
            try folder.write(Work.reber.configuration, "project/config.json")
            try RefusalTests.expect(66, "It is a directory; name the file in it: project/config.json.", in: folder, .alone, verb, "project")
        }

        @Test("the command printed for a checkpoint starts from it")
        func checkpointStarts() throws {
            let folder = try trained()
            defer { folder.remove() }
            let result = try folder.run(
                .alone, "runs/reber/config.json", "training.steps=5", "--resume", checkpoint(3, of: "runs/reber"), "--run-directory", "runs/reber-2")
            #expect(result.exitCode == 0 && result.output.contains("resumes "), "\(result)")
        }

        @Test("a run's own configuration is diagnosed and verified as that run's", .timeLimit(.minutes(3)))
        func ownConfiguration() throws {
            let folder = try trained()
            defer { folder.remove() }
            let verified = try folder.run(.alone, "verify", "runs/reber/config.json", "--steps", "2", "--ranks", "1,2")
            #expect(verified.exitCode == 0 && verified.output.contains("verify      reber, 2 steps"), "\(verified)")
            let counts = try folder.run(.alone, "ranks", "runs/reber/config.json")
            #expect(counts.exitCode == 0 && counts.output == "1 2\n", "\(counts)")
        }

        @Test(
            "a configuration, a file of a run or the folder of runs given as a run is rejected with the intended run",
            arguments: ["evaluate", "inspect", "generate"])
        func run(verb: String) throws {
            let folder = try trained()
            defer { folder.remove() }
            for (path, words) in [
                ("runs/reber/config.json", "It is a file of a run; name the run directory: runs/reber."),
                (checkpoint(3, of: "runs/reber") + "/weights.safetensors", "It is a file of a run; name the run directory: runs/reber."),
                ("runs/reber/checkpoints", "It is a part of a run; name the run directory: runs/reber."),
                ("reber.json", "It is a file, not a directory; a run of it is in runs/reber."), ("runs", "There are runs in it; name one: runs/reber."),
            ] {
                try RefusalTests.expect(66, "\(path) is not a run directory: it has no config.json. \(words)", in: folder, .alone, verb, path)
            }
        }

        @Test("--resume with a file of a run or the folder of runs is rejected with the intended run")
        func resume() throws {
            let folder = try trained()
            defer { folder.remove() }
            for (path, words) in [("runs", "There are runs in it; name one: runs/reber."), ("runs/reber/config.json", "name the run directory: runs/reber.")] {
                let result = try folder.run(.alone, "reber.json", "--resume", path, "--run-directory", "new")
                #expect(result.exitCode == 66 && result.errorOutput.contains("\(path) has no checkpoint. "), "\(result)")
                #expect(result.errorOutput.contains(words) && !folder.exists("new"), "\(result)")
            }
        }

        @Test("bench, which takes shapes, names the right command for a configuration")
        func bench() throws {
            let folder = try trained()
            defer { folder.remove() }
            try RefusalTests.expect(64, "For a configuration: lstm-train doctor reber.json", in: folder, .alone, "bench", "reber.json")
        }
    }
}
