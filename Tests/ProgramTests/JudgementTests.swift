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

        @Test("the figures are the same on one rank and on four, to the last digit", arguments: Work.all)
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

        @Test("each target counts once: a part of n symbols has n - 1, whatever the streams and ranks", arguments: [1, 4])
        func eachSymbolOnce(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.train(.text, "data.testFraction=0.05")
            // Of 1500 symbols 1275 are for training, 150 for validation, 75 for the test.
            for (part, count) in [("training", 1275), ("validation", 150), ("test", 75)] {
                let figures = try Self.evaluate(folder, on: Launch(rankCount), "--part", part)
                #expect(figures["targets"]?.realValue == Double(count - 1), "\(part)")
            }
            #expect(try Self.evaluate(folder, on: Launch(rankCount))["part"]?.stringValue == "test")
        }

        @Test("a model judged after training has the validation loss that training told")
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

        @Test("loss, perplexity and bits per character are one figure in three units; regression has errors instead")
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

        @Test("a part that the run doesn't have is refused with the key that would make it")
        func emptyPart() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.train(.text, "training.steps=1")
            let result = try folder.run(.ranks(2), "evaluate", "run", "--part", "test")
            #expect(result.exitCode == 78 && result.complaints.components(separatedBy: "run's test part has no examples").count == 2, "\(result)")
        }
    }

    @Suite("generate")
    struct GenerateTests {
        private static func generate(_ folder: Folder, _ arguments: String...) throws -> String {
            let result = try ProgramRun(.alone, ["generate", "run"] + arguments, in: folder).finish()
            try #require(result.exitCode == 0, "\(result)")
            return result.output
        }

        @Test("the text begins with the prompt, has the length asked, and is a function of the seed", arguments: [Work.text, .embedding, .windows])
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

        @Test("at temperature 0 the likeliest symbol is taken, whatever the seed")
        func temperatureZero() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.train(.text)
            let text = try Self.generate(folder, "--temperature", "0", "--length", "60")
            #expect(try Self.generate(folder, "--temperature", "0", "--length", "60", "--seed", "9") == text)
        }

        @Test("a model that learned a text by heart writes it on")
        func writesWhatItLearned() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.write(String(repeating: "abcdefgh ", count: 100), "text.txt")
            try folder.train(.text, "training.steps=300", "optimizer.learningRate=0.03", "training.clipNorm=5")
            #expect(try Self.generate(folder, "--prompt", "abc", "--temperature", "0", "--length", "15") == "abcdefgh abcdefgh \n")
        }

        @Test("a prompt that the model can't read, an empty one, and a model that writes no text are refused")
        func refusals() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try Work.series.prepare(in: folder)
            try folder.train(.text, "training.steps=1")
            try folder.train(.series, "training.steps=1", into: "numbers")
            try RefusalTests.expect(65, "'X' (U+0058), symbol 2 of the text, is none of the vocabulary's", in: folder, .alone, "generate", "run", "--prompt", "tX")
            try RefusalTests.expect(64, "the prompt is empty", in: folder, .alone, "generate", "run", "--prompt", "")
            try RefusalTests.expect(78, "a model of data.kind \"series\" writes no text.", in: folder, .alone, "generate", "numbers")
        }
    }
}
