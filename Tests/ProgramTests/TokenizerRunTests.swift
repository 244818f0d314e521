import FileFixtures
import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("a tokenizer's file")
    struct TokenizerRunTests {
        @Test("is needed to begin alone: without it a run resumes to the same weights, is evaluated, generates and answers; another one in its place is refused")
        func runWithoutFile() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.tokenizer.prepare(in: folder)
            let wanted = try folder.uninterrupted(.tokenizer, steps: 50)
            try folder.train(.tokenizer, "training.steps=20", into: "run")
            var other = TokenizerFixture()
            other.merges.removeLast(6)
            try folder.write(other.json, "byteLevel.json")
            let refused = try folder.train(.tokenizer, into: "run")
            #expect(refused.exitCode != 0, "\(refused)")
            try FileManager.default.removeItem(atPath: folder.path("byteLevel.json"))
            let resumed = try folder.train(.tokenizer, into: "run", on: .ranks(2))
            #expect(try resumed.exitCode == 0 && folder.weights("run") == wanted, "\(resumed)")
            let fresh = try folder.train(.tokenizer, into: "fresh")
            #expect(fresh.exitCode == 66 && fresh.errorOutput.contains("byteLevel.json can't be read"), "\(fresh)")

            let evaluated = try folder.run(.alone, "evaluate", "run", "--json")
            #expect(evaluated.exitCode == 0 && evaluated.output.contains("perplexityPerWord"), "\(evaluated)")
            let written = try folder.run(.alone, "generate", "run", "--prompt", "the cat's 漢", "--length", "30", "--seed", "4")
            #expect(written.exitCode == 0 && written.output.hasPrefix("the cat's 漢"), "\(written)")
            try folder.write("the cat\nZoë 漢\n", "prompts.txt")
            let answered = try folder.run(.alone, "predict", "run", "prompts.txt", "--output", "answers.jsonl")
            #expect(answered.exitCode == 0, "\(answered)")
        }

        @Test("of labelled texts is applied in training and prediction, on any ranks, and isn't needed later")
        func labelledTexts() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.labelledPairs.prepare(in: folder)
            try folder.write(TokenizerFixture().json, "tokenizer.json")
            let keys = ["data.vocabularySize=0", "data.tokenizer=tokenizer.json"]
            for rankCount in [1, 2] {
                let result = try folder.start(.labelledPairs, keys, into: "ranks-\(rankCount)", on: Launch(rankCount)).finish()
                try #require(result.exitCode == 0, "\(result)")
            }
            #expect(try folder.weights("ranks-1") == folder.weights("ranks-2"))
            try FileManager.default.removeItem(atPath: folder.path("tokenizer.json"))
            try folder.write("text\nthe cat runs\n漢 dog\n", "new.csv")
            let predicted = try folder.run(.alone, "predict", "ranks-1", "new.csv")
            #expect(predicted.exitCode == 0 && predicted.output.split(separator: "\n").count == 3, "\(predicted)")
        }

        @Test("that isn't read, beside a size, without byte pairs, or changed behind a prepared form, is refused by name")
        func refusals() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.tokenizer.prepare(in: folder)
            try RefusalTests.expect(
                78, "data.vocabularySize is 300, but data.tokenizer is \"byteLevel.json\"; it goes with an empty data.tokenizer only", in: folder, .alone, "tokenizer.json",
                "data.vocabularySize=300")
            try RefusalTests.expect(78, "data.tokenizer is \"byteLevel.json\", but data.unit is \"word\"", in: folder, .alone, "tokenizer.json", "data.unit=word")
            try folder.write(TokenizerFixture().json.replacing("\"ByteLevel\"", with: "\"Whitespace\""), "changed.json")
            try RefusalTests.expect(65, "changed.json:4:", in: folder, .alone, "tokenizer.json", "data.tokenizer=changed.json")
            let prepared = try folder.run(.alone, "prepare", "tokenizer.json")
            try #require(prepared.exitCode == 0, "\(prepared)")
            let key = "data.prepared=tokenizer.prepared"
            try RefusalTests.expect(78, "data.tokenizer was \"byteLevel.json\", and isn't set now", in: folder, .alone, "tokenizer.json", key, "data.tokenizer=\"\"")
            var other = TokenizerFixture()
            other.merges.removeLast()
            try folder.write(other.json, "byteLevel.json")
            try RefusalTests.expect(78, "byteLevel.json has", in: folder, .alone, "tokenizer.json", key)
        }
    }
}
