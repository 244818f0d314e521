import StrictJSON
import Testing

extension ProgramTests {
    @Suite("contents of a run directory")
    struct KeepingTests {
        @Test("checkpoint.everySteps sets the interval of saves, and the checkpoint.keep newest ones are kept", arguments: [1, 2])
        func keepsNewest(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let result = try folder.train(
                .text, "checkpoint.everySteps=8", "checkpoint.keep=3", "checkpoint.best=false", "log.everySteps=10", on: Launch(rankCount))
            #expect(result.exitCode == 0, "\(result)")
            #expect(folder.names(in: "run/checkpoints") == ["step-00000040", "step-00000048", "step-00000050"])
            for step in [8, 16, 24, 32, 40, 48, 50] {
                #expect(result.output.contains("saved       \(checkpoint(step))\n"), "step \(step): \(result)")
            }
            let names = folder.names(in: "run")
            #expect(
                names.filter { !$0.hasPrefix("events.out.tfevents.") } == ["checkpoints", "config.json", "lock", "metrics.jsonl", "metrics.prom", "vocabulary.json"])
            #expect(names.count == 7, "one event file: \(names)")
            #expect(
                folder.names(in: checkpoint(50)) == ["manifest.json", "optimizer.safetensors", "streams.safetensors", "weights.safetensors"])
        }

        @Test("the best by validation is kept, however old")
        func keepsBest() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.series.prepare(in: folder)
            // A learning rate so high that validation gets worse after its best.
            let result = try folder.train(.series, "checkpoint.keep=1", "optimizer.learningRate=0.4", "training.validateEverySteps=2")
            #expect(result.exitCode == 0, "\(result)")
            let validations = try folder.metrics().compactMap { line in
                line["validationLoss"]?.realValue.map { (loss: $0, step: line["step"]?.integerValue ?? 0) }
            }
            let best = try #require(validations.min { $0.loss < $1.loss }).step
            try #require(best < 50, "the test needs a best that isn't the last")
            #expect(folder.checkpointSteps() == [best, 50])
            #expect(try folder.inspect(checkpoint(best))["validationLoss"]?.realValue == validations.map(\.loss).min())
        }

        @Test("the default run directory is runs/ with the configuration's name, also for the embedded default")
        func usualDirectory() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write(Work.series.configuration, "settings/small.json")
            for (name, text) in Work.series.files { try folder.write(text, "settings/\(name)") }
            // The data are next to the configuration, the run is in the working directory.
            let own = try folder.run(.alone, "settings/small.json", "training.steps=3")
            #expect(own.exitCode == 0 && own.output.contains("run         runs/small\n"), "\(own)")
            let usual = try folder.run(.ranks(2), "training.steps=4", "data.validationExamples=5")
            #expect(usual.exitCode == 0, "\(usual)")
            #expect(folder.names(in: "runs") == ["embedded-reber", "small"])
            let names = folder.names(in: "runs/small").filter { !$0.hasPrefix("events.out.tfevents.") }
            #expect(names == ["checkpoints", "config.json", "lock", "metrics.jsonl", "metrics.prom", "statistics.json"])
            #expect(try folder.weights("runs/small").step == 3)
            #expect(try folder.weights("runs/embedded-reber").step == 4)
        }

        @Test("the resolved configuration of a run can be trained, and gives the same weights")
        func resolvedConfigurationTrains() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.windows.prepare(in: folder)
            try folder.train(.windows, "model.hidden=6")
            let again = try folder.run(.alone, "run/config.json", "--run-directory", "again")
            #expect(again.exitCode == 0, "\(again)")
            #expect(try folder.weights("again") == folder.weights())
            #expect(try folder.text("again/config.json") == folder.text("run/config.json"))
        }
    }
}
