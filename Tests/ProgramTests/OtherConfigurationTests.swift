import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("resuming with another configuration")
    struct OtherConfigurationTests {
        /// Runs a command that the program printed, unchanged.
        private func paste(_ command: some StringProtocol, in folder: Folder) throws -> ProgramResult {
            let process = Process()
            let program = try ProgramRun.built("lstm-train")
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", String(command)]
            let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
            process.environment = ProcessInfo.processInfo.environment.merging(["PATH": program.deletingLastPathComponent().path + ":" + path]) { $1 }
            process.currentDirectoryURL = folder.url
            let pipe = Pipe()
            (process.standardOutput, process.standardError) = (pipe, pipe)
            try process.run()
            let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            process.waitUntilExit()
            return ProgramResult(exitCode: process.terminationStatus, output: text, errorOutput: text)
        }

        private func commands(in text: String) -> [Substring] { text.split(separator: "\n").filter { $0.hasPrefix("  lstm-train ") } }

        /// Trained to the end of its second epoch.
        private func trained(_ work: Work) throws -> Folder {
            let folder = try Folder()
            try work.prepare(in: folder)
            let result = try folder.train(work, "training.steps=0", "training.epochs=2")
            try #require(result.exitCode == 0, "\(result)")
            return folder
        }

        @Test("another batch size resumes at an epoch's end, for the remaining epochs, with the same bits on any number of ranks", arguments: Work.all)
        func otherBatch(work: Work) throws {
            let folder = try trained(work)
            defer { folder.remove() }
            func go(into run: String, epochs: Int, from source: String?, on rankCount: Int) throws -> ProgramResult {
                let resume = source.map { ["--resume", $0] } ?? []
                return try folder.start(
                    work, ["training.steps=0", "training.epochs=\(epochs)", "training.batch=16"] + resume, into: run, on: Launch(rankCount)).finish()
            }
            let whole = try go(into: "whole", epochs: 4, from: "run", on: 1)
            #expect(whole.exitCode == 0 && whole.output.contains("with training.batch: 16, not "), "\(whole)")
            let first = try go(into: "stopped", epochs: 3, from: "run", on: 2)
            #expect(first.exitCode == 0, "\(first)")
            let (began, middle) = (try folder.weights("run").step, try folder.weights("stopped").step)
            let second = try go(into: "stopped", epochs: 4, from: nil, on: 4)
            #expect(second.exitCode == 0, "\(second)")
            let end = try folder.weights("whole")
            #expect(end.step - middle == middle - began && middle > began, "\(began), \(middle), \(end.step)")
            #expect(try folder.weights("stopped") == end)
            #expect(try folder.inspect("whole")["epoch"]?.integerValue == 4)
        }

        @Test("within an epoch another batch size is rejected with both values, and the suggested commands work")
        func withinEpoch() throws {
            let folder = try trained(.text)
            defer { folder.remove() }
            let end = try folder.weights().step
            for (run, kept, commandCount) in [("forgetful", 1, 2), ("run", 3, 1)] {
                let first = try folder.train(.text, "training.steps=\(end + 3)", "checkpoint.best=false", "checkpoint.keep=\(kept)", into: run)
                try #require(first.exitCode == 0, "\(first)")
                let before = try folder.contents()
                let other = "other \(commandCount)"
                let refused = try folder.train(.text, "training.steps=\(end + 40)", "training.batch=16", "--resume", run, into: other)
                #expect(refused.exitCode == 78, "\(refused)")
                #expect(refused.errorOutput.contains("stands 3 batches into an epoch"), "\(refused)")
                #expect(refused.errorOutput.contains("training.batch: 16, not 10"), "\(refused)")
                #expect(try folder.contents() == before)
                let printed = commands(in: refused.errorOutput)
                try #require(printed.count == commandCount, "\(refused)")
                // The first of two resumes the run with its own configuration.
                for command in printed {
                    let result = try paste(command, in: folder)
                    #expect(result.exitCode == 0, "\(command)\n\(result)")
                }
                #expect(try folder.weights(other).step == end + 40)
            }
        }

        @Test(
            "each key that affects how data are read is reported with both values, and may change only at an epoch's end or never",
            arguments: [
                (Work.text, "data.length=9", "data.length: 9, not 10", true), (.text, "data.lowercase=true", "data.lowercase: true, not false", false),
                (.text, "data.joinLines=true", "data.joinLines: true, not false", false),
                (.text, "data.unit=byte", "data.unit: \"byte\", not \"character\"", false),
                (.text, "data.validationFraction=0.2", "data.validationFraction: 0.2, not 0.1", false),
                (.text, "model.embedding=3", "model.embedding: 3, not 0", false), (.text, "training.seed=2", "training.seed: 2, not 1", true),
                (.text, "optimizer.learningRate=0.02", "optimizer.learningRate: 0.02, not 0.01", true),
                (.windows, "data.stride=4", "data.stride: 4, not 5", true), (.windows, "model.head=every", "model.head: \"every\", not \"auto\"", false),
                (.windows, "data.testFraction=0.2", "data.testFraction: 0.2, not 0.1", false), (.windows, "training.seed=2", "training.seed: 2, not 1", true),
                (.series, "training.seed=2", "training.seed: 2, not 1", true), (.series, "data.length=6", "data.length: 6, not 7", true),
                (.series, "data.horizon=3", "data.horizon: 3, not 2", false), (.series, "data.relative=true", "data.relative: true, not false", false),
                (.series, "data.targets=wave,sum", #"data.targets: ["wave","sum"], not ["sum","wave"]"#, false),
                (.series, "data.columns=sum,wave,step", #"data.columns: ["sum","wave","step"], not []"#, false),
                (.reber, "training.seed=2", "training.seed: 2, not 1", false),
                (.reber, "data.trainingExamples=99", "data.trainingExamples: 99, not 123", false),
            ])
        func keys(work: Work, change: String, words: String, mayChange: Bool) throws {
            let folder = try trained(work)
            defer { folder.remove() }
            let result = try folder.start(work, ["training.steps=0", "training.epochs=3", change, "--resume", "run"], into: "new").finish()
            #expect(!result.errorOutput.contains("files have changed"), "\(result)")
            if mayChange {
                #expect(result.exitCode == 0 && result.output.contains("with " + words), "\(result)")
            } else {
                #expect(result.exitCode == 78 && result.errorOutput.contains("  " + words + " (may not change on a resume)\n"), "\(result)")
                #expect(!folder.exists("new"))
            }
            let here = try folder.start(work, ["training.steps=0", "training.epochs=3", change]).finish()
            #expect(here.exitCode == 78 && here.errorOutput.contains("  " + words), "\(here)")
            let command = try #require(commands(in: here.errorOutput).first, "\(here)")
            #expect(command.contains("--resume run ") == mayChange, "\(here)")
            let pasted = try paste(command, in: folder)
            #expect(pasted.exitCode == 0, "\(command)\n\(pasted)")
            #expect(pasted.output.contains("resumes ") == mayChange, "\(pasted)")
        }

        @Test("changed files are reported with their first difference, whatever keys differ too")
        func changedFiles() throws {
            let folder = try trained(.text)
            defer { folder.remove() }
            try folder.write(Work.prose.dropLast(2) + "é\n", "text.txt")
            for change in [[], ["training.batch=16"]] {
                let result = try folder.start(.text, change + ["--resume", "run"], into: "new").finish()
                #expect(result.exitCode == 78 && result.errorOutput.contains("the files have changed since. 'é' (U+00E9) is new."), "\(result)")
            }
            #expect(!folder.exists("new"))
        }

        @Test(
            "on changed files with the same symbols or columns, the suggested command continues with the run's weights",
            arguments: [Work.text, .series])
        func weightsOnOtherFiles(work: Work) throws {
            let folder = try trained(work)
            defer { folder.remove() }
            let file = try #require(work.files.keys.first)
            let text = try folder.text(file)
            try folder.write(text + (work.name == "series" ? "1,2,3\n" : text.prefix(40)), file)
            let refused = try folder.start(work, ["training.steps=3"]).finish()
            #expect(refused.exitCode == 78 && refused.errorOutput.contains("the files have changed since."), "\(refused)")
            let command = try #require(commands(in: refused.errorOutput).first, "\(refused)")
            let result = try paste(command, in: folder)
            #expect(result.exitCode == 0 && !result.output.contains("resumes "), "\(result)")
            #expect(try folder.weights("run-2").step == 3)
        }

        @Test("for a checkpoint without its run no message claims that files have changed")
        func checkpointAlone() throws {
            let folder = try trained(.text)
            defer { folder.remove() }
            let step = try folder.weights().step
            try FileManager.default.copyItem(atPath: folder.path(checkpoint(step)), toPath: folder.path("step-000000\(step)"))
            func start(_ more: String...) throws -> ProgramResult {
                try folder.start(.text, more + ["training.steps=\(step + 1)", "--resume", "step-000000\(step)"], into: "new").finish()
            }
            let refused = try start("training.batch=16")
            #expect(refused.exitCode == 78 && refused.errorOutput.contains("Which of it isn't known"), "\(refused)")
            #expect(!refused.errorOutput.contains("have changed"), "\(refused)")
            #expect(try start().exitCode == 0)
        }

        @Test("a run directory with another run is rejected with commands to resume that run, or to use another directory")
        func occupied() throws {
            let folder = try trained(.text)
            defer { folder.remove() }
            func start(_ more: String...) throws -> ProgramResult {
                try folder.start(.text, ["training.batch=16", "--resume", "run"] + more, into: "new").finish()
            }
            // No step remains: a run without checkpoints doesn't count.
            #expect(try start("training.steps=1").exitCode == 0)
            #expect(try start("training.steps=40").exitCode == 0)
            let refused = try start("training.steps=50")
            #expect(refused.exitCode == 78 && refused.errorOutput.contains("new holds another run."), "\(refused)")
            for (command, run) in zip(commands(in: refused.errorOutput), ["new", "new-2"]) {
                #expect(try paste(command, in: folder).exitCode == 0, "\(command)")
                #expect(try folder.weights(run).step == 50)
            }
            #expect(folder.exists("new-2"))
            // The same directory under another path isn't another run.
            let same = try folder.start(.text, ["training.steps=30", "--resume", "./run/"], into: folder.path("run")).finish()
            #expect(same.exitCode == 0 && same.output.contains("resumes "), "\(same)")
        }
    }
}
