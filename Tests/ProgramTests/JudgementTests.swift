import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("evaluate")
    struct EvaluateTests {
        private static func evaluate(_ folder: Folder, on launch: Launch = .alone, _ arguments: String...) throws -> JSONValue {
            let result = try ProgramRun(launch, ["evaluate", "run", "--json"] + arguments, in: folder).finish()
            try #require(result.exitCode == 0, "\(result)")
            return try JSONValue.parse(Array(result.output.utf8))
        }

        @Test("the metrics are the same on one rank and on four, to the last digit", arguments: Work.all)
        func sameOnAnyRanks(work: Work) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            try folder.train(work)
            for part in ["validation", "training"] {
                let alone = try Self.evaluate(folder, "--part", part, "--strings", "50")
                #expect(alone["step"]?.integerValue == 50 && alone["part"]?.stringValue == part)
                #expect(try Self.evaluate(folder, on: .ranks(4), "--part", part, "--strings", "50") == alone)
            }
        }

        @Test("each target counts once: a part of n symbols has n - 1, for any number of streams and ranks", arguments: [1, 4])
        func eachSymbolOnce(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.train(.text, "data.testFraction=0.05")
            // 1500 symbols: 1275 for training, 150 for validation, 75 for the test.
            for (part, count) in [("training", 1275), ("validation", 150), ("test", 75)] {
                let figures = try Self.evaluate(folder, on: Launch(rankCount), "--part", part)
                #expect(figures["targets"]?.realValue == Double(count - 1), "\(part)")
            }
            #expect(try Self.evaluate(folder, on: Launch(rankCount))["part"]?.stringValue == "test")
        }

        @Test("a model evaluated after training has the validation loss that training reported")
        func sameAsWhileTraining() throws {
            let folder = try Folder()
            defer { folder.remove() }
            for (work, key) in [(Work.text, "loss"), (.windows, "loss"), (.series, "meanSquaredError"), (.reber, "loss")] {
                try work.prepare(in: folder)
                try folder.train(work, on: .ranks(2))
                let wanted = try folder.metrics().last?["validationLoss"]?.realValue
                #expect(try Self.evaluate(folder, "--part", "validation", "--strings", "1")[key]?.realValue == wanted, "\(work.name)")
                try FileManager.default.removeItem(at: folder.url.appending(path: "run"))
            }
        }

        @Test("loss, perplexity and bits per character are one metric in three units; regression has errors instead")
        func figures() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.train(.text)
            let text = try Self.evaluate(folder)
            let loss = try #require(text["loss"]?.realValue)
            #expect(abs(try #require(text["perplexity"]?.realValue) - exp(loss)) < 1e-9)
            #expect(abs(try #require(text["bitsPerCharacter"]?.realValue) - loss / log(2)) < 1e-9)
            #expect((0...1).contains(try #require(text["accuracy"]?.realValue)))

            try Work.series.prepare(in: folder)
            #expect(try folder.run(.alone, "series.json", "--run-directory", "run", "--resume", "never").exitCode == 0)
            let series = try Self.evaluate(folder)
            #expect(try #require(series["meanAbsoluteError"]?.realValue) > 0 && #require(series["meanSquaredError"]?.realValue) > 0)
            #expect(series["loss"] == nil && series["accuracy"] == nil)
        }

        @Test("files given with --data are evaluated as a whole, ignoring the run's fractions, and named with the amount of data", arguments: [1, 4])
        func wholeFiles(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.train(.text, "training.steps=5", "data.testFraction=0.1")
            for count in [2, 23, 1500] {
                try folder.write(String(Work.prose.prefix(count)), "other.txt")
                let figures = try Self.evaluate(folder, on: Launch(rankCount), "--data", "other.txt")
                #expect(figures["part"]?.stringValue == "whole" && figures["files"]?.arrayValue?.map(\.stringValue) == ["other.txt"])
                #expect(figures["judged"]?.integerValue == count - 1 && figures["of"]?.integerValue == count && figures["unit"]?.stringValue == "character")
                #expect(figures["targets"]?.integerValue == count - 1)
                let lines = try folder.run(Launch(rankCount), "evaluate", "run", "--data", "other.txt").output
                #expect(lines.contains(" on other.txt (\(count == 1500 ? "1,499 of 1,500" : "\(count - 1) of \(count)") characters), in float32:"), "\(lines)")
            }
            // With a part, the run's fractions divide the files, and only that part must have two symbols.
            try folder.write(String(Work.prose.prefix(23)), "other.txt")
            let part = try Self.evaluate(folder, on: Launch(rankCount), "--data", "other.txt", "--part", "test")
            #expect(part["judged"]?.integerValue == 2 && part["of"]?.integerValue == 23 && part["part"]?.stringValue == "test")
            let own = try folder.run(Launch(rankCount), "evaluate", "run", "--part", "validation").output
            #expect(own.contains(" on the validation part of text.txt (149 of 1,500 characters), in float32:"), "\(own)")
            try folder.write("t", "other.txt")
            try RefusalTests.expect(65, "other.txt has 1 symbol; a next symbol needs at least 2", in: folder, Launch(rankCount), "evaluate", "run", "--data", "other.txt")
        }

        @Test("a table given with --data is evaluated as a whole; length + horizon rows are enough, one fewer is rejected")
        func wholeTables() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.series.prepare(in: folder)
            try folder.train(.series, "training.steps=5")
            let rows = try folder.text("series.csv").split(separator: "\n")
            for count in [9, 50] {
                try folder.write(rows.prefix(count + 1).joined(separator: "\n"), "other.csv")
                let figures = try Self.evaluate(folder, "--data", "other.csv")
                #expect(figures["judged"]?.integerValue == count - 7 && figures["of"]?.integerValue == count && figures["unit"]?.stringValue == "row")
                // Windows of 7 rows, each with 2 rows of 2 columns to predict.
                #expect(figures["targets"]?.integerValue == (count - 8) * 4)
            }
            try folder.write(rows.prefix(9).joined(separator: "\n"), "other.csv")
            try RefusalTests.expect(65, "needs at least 9. Give more rows.", in: folder, .alone, "evaluate", "run", "--data", "other.csv")
        }

        @Test("files given for a model with generated sequences are rejected")
        func filesForGenerated() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            try folder.train(.reber, "training.steps=1")
            try RefusalTests.expect(64, "generates its sequences and reads no file", in: folder, .alone, "evaluate", "run", "--data", "reber.json")
        }

        @Test("a text's loss doesn't depend on batch, chunk length or number of ranks")
        func sameForAnyBatch() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            // The validation part has 12,000 symbols: several streams.
            try folder.write(String(repeating: Work.prose, count: 80), "text.txt")
            try folder.train(.text, "training.steps=20")
            let wanted = try Self.evaluate(folder, "--data", "text.txt", "--part", "validation")
            #expect(wanted["judged"]?.integerValue == 11_999)
            let weights = "model.initialWeights=run/checkpoints/step-00000020/weights.safetensors"
            for (batch, length) in [(1, 3), (64, 20)] {
                // The same weights in a run with another batch: a step with this learning rate changes none of them.
                try folder.train(
                    .text, "training.batch=\(batch)", "data.length=\(length)", "training.steps=1", "optimizer.learningRate=1e-37", weights, into: "of-\(batch)")
                #expect(try folder.weights("of-\(batch)").sha256 == folder.weights().sha256)
                for rankCount in [1, 4] {
                    let result = try folder.run(Launch(rankCount), "evaluate", "of-\(batch)", "--data", "text.txt", "--part", "validation", "--json")
                    let figures = try JSONValue.parse(Array(result.output.utf8))
                    for key in ["loss", "accuracy", "targets"] { #expect(figures[key] == wanted[key], "\(key), \(rankCount)") }
                }
            }
        }

        @Test("a part that the run doesn't have is rejected, with the key that would create it")
        func emptyPart() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.train(.text, "training.steps=1")
            let result = try folder.run(.ranks(2), "evaluate", "run", "--part", "test")
            #expect(result.exitCode == 78 && result.errorOutput.components(separatedBy: "run's test part has no examples").count == 2, "\(result)")
        }
    }

    @Suite("generate")
    struct GenerateTests {
        private static func generate(_ folder: Folder, _ arguments: String...) throws -> String {
            let result = try ProgramRun(.alone, ["generate", "run"] + arguments, in: folder).finish()
            try #require(result.exitCode == 0, "\(result)")
            return result.output
        }

        @Test("the text begins with the prompt, has the requested length, and is a function of the seed", arguments: [Work.text, .embedding, .windows])
        func textFollowsFromSeed(work: Work) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            try folder.train(work)
            let text = try Self.generate(folder, "--prompt", "the cat", "--length", "90", "--seed", "5")
            #expect(text.hasPrefix("the cat") && text.hasSuffix("\n"))
            #expect(text.utf8.count == 7 + 90 + 1)
            #expect(Set(text.dropLast()).isSubset(of: Set(Work.prose)))
            #expect(try Self.generate(folder, "--prompt", "the cat", "--length", "90", "--seed", "5") == text)
            #expect(try Self.generate(folder, "--prompt", "the cat", "--length", "90", "--seed", "6") != text)
            // A longer text begins with the shorter one.
            #expect(try Self.generate(folder, "--prompt", "the cat", "--length", "120", "--seed", "5").hasPrefix(text.dropLast()))
        }

        @Test("at temperature 0 the most likely symbol is always taken, for every seed")
        func temperatureZero() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.train(.text)
            let text = try Self.generate(folder, "--temperature", "0", "--length", "60")
            #expect(try Self.generate(folder, "--temperature", "0", "--length", "60", "--seed", "9") == text)
        }

        @Test("a model that memorised a text continues it")
        func writesWhatItLearned() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.write(String(repeating: "abcdefgh ", count: 100), "text.txt")
            try folder.train(.text, "training.steps=300", "optimizer.learningRate=0.03", "training.clipNorm=5")
            #expect(try Self.generate(folder, "--prompt", "abc", "--temperature", "0", "--length", "15") == "abcdefgh abcdefgh \n")
        }

        @Test("a prompt with unknown symbols, an empty one, and a model that generates no text are rejected")
        func refusals() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try Work.series.prepare(in: folder)
            try folder.train(.text, "training.steps=1")
            try folder.train(.series, "training.steps=1", into: "numbers")
            try RefusalTests.expect(65, "'X' (U+0058), symbol 2 of the text, is none of the vocabulary's", in: folder, .alone, "generate", "run", "--prompt", "tX")
            try RefusalTests.expect(64, "the prompt is empty", in: folder, .alone, "generate", "run", "--prompt", "")
            try RefusalTests.expect(78, "a model of data.kind \"series\" generates no text.", in: folder, .alone, "generate", "numbers")
        }
    }
}
