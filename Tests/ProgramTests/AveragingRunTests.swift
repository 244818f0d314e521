import Checkpoints
import Files
import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("averaged weights")
    struct AveragingRunTests {
        private static let prose = EarlyStoppingRunTests.prose
        private static let ema = ["training.averaging=ema", "training.averageDecay=0.9"]
        private static let mean = ["training.averaging=ntAsgd", "training.averagePatience=2", "optimizer.learningRate=0.05", "training.epochs=9"]

        private func train(_ folder: Folder, _ options: [String], into run: String = "run", on launch: Launch = .alone) throws -> ProgramResult {
            try folder.start(Self.prose, options, into: run, on: launch).finish()
        }

        /// All numbers of the tensors of a checkpoint's file whose names begin with `prefix`.
        private func numbers(_ folder: Folder, step: Int, of run: String = "run", _ file: String, prefix: String = "") throws -> [Float] {
            let file = try SafetensorsFile.open(folder.path(checkpoint(step, of: run)) + "/\(file).safetensors")
            return try file.entries.filter { $0.name.hasPrefix(prefix) }.flatMap { entry in
                var values = [Float](repeating: 0, count: entry.shape.elementCount)
                var span = values.mutableSpan
                try file.read(entry, into: &span, at: 0)
                return values
            }
        }

        @Test("a checkpoint has the moving average as its weights, and the weights of a run without averaging beside them")
        func moving() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.prose.prepare(in: folder)
            let every = ["checkpoint.everySteps=1", "checkpoint.keep=99", "log.tensorBoard=false", "training.epochs=2"]
            let result = try train(folder, Self.ema + every)
            #expect(result.exitCode == 0 && result.output.contains("averaging   moving average of the weights, decay 0.9\n"), "\(result)")
            try #require(try train(folder, ["training.epochs=2"], into: "plain").exitCode == 0)
            #expect(try numbers(folder, step: 26, "optimizer", prefix: "raw.") == numbers(folder, step: 26, of: "plain", "weights"))
            var wanted = try numbers(folder, step: 1, "weights").map(Double.init)
            #expect(try numbers(folder, step: 1, "weights") == numbers(folder, step: 1, "optimizer", prefix: "raw."))
            for step in 2...26 {
                let raw = try numbers(folder, step: step, "optimizer", prefix: "raw.")
                wanted = zip(wanted, raw).map { 0.9 * $0 + 0.1 * Double($1) }
            }
            let found = try numbers(folder, step: 26, "weights")
            #expect(zip(found, wanted).allSatisfy { abs(Double($0) - $1) < 1e-6 })
            #expect(result.output.contains("SHA-256 \(try folder.weights().sha256)\n"), "\(result)")
        }

        @Test("evaluate gives the validation loss of training; each command says in a line that the weights are averages")
        func used() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.prose.prepare(in: folder)
            try #require(try train(folder, Self.ema + ["training.epochs=6"]).exitCode == 0)
            let judged = try folder.run(.alone, "evaluate", "run", "--part", "validation", "--json")
            let loss = try JSONValue.parse(Array(judged.output.utf8))["loss"]?.realValue
            #expect(try loss == folder.metrics().last?["validationLoss"]?.realValue && loss != nil)
            for verb in [["evaluate", "run"], ["generate", "run", "--length", "3"], ["export", "run", "--format", "npz", "--output", "out"], ["report", "run"]] {
                let result = try folder.run(.alone, verb)
                let words = "the weights are the moving average over 78 steps (training.averaging \"ema\")\n"
                #expect(result.exitCode == 0 && result.errorOutput == words, "\(result)")
            }
        }

        @Test("stops and resumes, on any number of ranks, give the weights of an uninterrupted run", arguments: [1, 4])
        func resumed(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.prose.prepare(in: folder)
            for (run, options, stops) in [("ema", Self.ema + ["training.epochs=4"], [1, 40]), ("mean", Self.mean, [60, 95])] {
                try #require(try train(folder, options, into: run + "-whole").exitCode == 0)
                for steps in stops { _ = try train(folder, options + ["training.steps=\(steps)"], into: run, on: Launch(rankCount)) }
                let result = try train(folder, options + ["parallelism.threads=3"], into: run, on: Launch(rankCount))
                try #require(result.exitCode == 0, "\(result)")
                #expect(try folder.weights(run) == folder.weights(run + "-whole"), "\(run)")
            }
        }

        @Test("NT-ASGD's mean begins with the validation that triggers, and is the mean of the weights from there on")
        func mean() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.prose.prepare(in: folder)
            let result = try train(folder, Self.mean + ["checkpoint.everySteps=1", "checkpoint.keep=999", "log.tensorBoard=false"])
            try #require(result.exitCode == 0, "\(result)")
            let end = try folder.weights().step
            let manifest = try JSONValue.parse(folder.bytes(checkpoint(end) + "/manifest.json"))
            let count = try #require(manifest["progress"]?["averagedSteps"]?.integerValue)
            let losses = try folder.metrics().compactMap { $0["validationLoss"]?.realValue }
            let trigger = try #require(losses.indices.first { $0 > 2 && losses[$0] > losses[..<($0 - 2)].min()! })
            // An epoch has 13 steps.
            let first = 13 * (trigger + 1)
            #expect(count == end - first + 1 && count > 13)
            #expect(try numbers(folder, step: first - 1, "weights") == numbers(folder, step: first - 1, "optimizer", prefix: "raw."))
            var sum = try numbers(folder, step: first, "weights").map { _ in 0.0 }
            for step in first...end { sum = zip(sum, try numbers(folder, step: step, "optimizer", prefix: "raw.")).map { $0 + Double($1) } }
            #expect(zip(try numbers(folder, step: end, "weights"), sum).allSatisfy { abs(Double($0) - $1 / Double(count)) < 1e-6 })
            let note = try folder.run(.alone, "evaluate", "run").errorOutput
            #expect(note.contains("the weights are the mean of the last \(count) steps (training.averaging \"ntAsgd\")\n"), "\(note)")
        }

        @Test("a run with averages isn't resumed without, nor the other way round; NT-ASGD needs a validation part")
        func refusals() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.prose.prepare(in: folder)
            try #require(try train(folder, Self.ema + ["training.steps=3"]).exitCode == 0)
            let without = try train(folder, ["--resume", "run"], into: "new")
            #expect(without.exitCode == 78 && without.errorOutput.contains("training.averaging: \"none\", not \"ema\" (may not change on a resume)"), "\(without)")
            let none = "training.averaging \"ntAsgd\" goes by the validation loss, and the data have no validation part."
            try RefusalTests.expect(78, none, in: folder, .alone, "prose.json", "training.averaging=ntAsgd", "data.validationFraction=0")
            let idle = "training.averageDecay is 0.5, but training.averaging is \"none\"; it goes with training.averaging \"ema\" only."
            try RefusalTests.expect(78, idle, in: folder, .alone, "prose.json", "training.averageDecay=0.5")
        }
    }
}
