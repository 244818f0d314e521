import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("a text of byte pairs")
    struct BytePairRunTests {
        private func trained(_ overrides: String...) throws -> Folder {
            let folder = try Folder()
            try Work.bytePairs.prepare(in: folder)
            let result = try folder.start(.bytePairs, overrides).finish()
            try #require(result.exitCode == 0, "\(result)")
            return folder
        }

        private func json(_ result: ProgramResult) throws -> JSONValue {
            try #require(result.exitCode == 0, "\(result)")
            return try JSONValue.parse(Array(result.output.utf8))
        }

        private func value(_ json: JSONValue, _ key: String) throws -> Double { try #require(json[key]?.realValue, "\(key)") }

        @Test("evaluate gives the perplexity by token and by word and bits by character, of the run's data and of another file, the same on any number of ranks")
        func metrics() throws {
            let folder = try trained()
            defer { folder.remove() }
            let own = try json(try folder.run(.alone, "evaluate", "run", "--json"))
            #expect(own["unit"]?.stringValue == "token")
            // Characters that the training text doesn't have.
            let other = "Der Zoë 漢字!\nthe cat sat on the mat.\n\nend"
            try folder.write(other, "other.txt")
            let found = try json(try folder.run(.alone, "evaluate", "run", "--data", "other.txt", "--json"))
            let loss = try value(found, "loss") * value(found, "targets")
            // The first token is "D" alone, so its word isn't predicted, and its character neither.
            let (words, characters) = (3 + 1 + 6 + 1 + 1 + 1 - 1, other.unicodeScalars.count - 1)
            #expect(abs(try value(found, "perplexityPerWord") / exp(loss / Double(words)) - 1) < 1e-9)
            #expect(abs(try value(found, "bitsPerCharacter") / (loss / Double(characters) / log(2)) - 1) < 1e-9)
            for rankCount in [2, 4] {
                #expect(try json(try folder.run(.ranks(rankCount), "evaluate", "run", "--json")) == own)
                #expect(try json(try folder.run(.ranks(rankCount), "evaluate", "run", "--data", "other.txt", "--json")) == found)
            }
        }

        @Test("a run alone, without its text, generates, and answers prompts with any characters", arguments: ["text", "textWindows"])
        func runAlone(kind: String) throws {
            let folder = try trained("data.kind=\(kind)")
            defer { folder.remove() }
            try FileManager.default.removeItem(at: folder.url.appending(path: "text.txt"))
            let text = try folder.run(.alone, "generate", "run", "--prompt", "the cat", "--length", "30", "--seed", "4")
            #expect(text.exitCode == 0 && text.output.hasPrefix("the cat") && text.output.utf8.count > 60, "\(text)")
            #expect(try folder.run(.alone, "generate", "run", "--prompt", "the cat", "--length", "30", "--seed", "4").output == text.output)
            #expect(try folder.run(.alone, "generate", "run", "--length", "3").output.hasPrefix("\n"))
            try folder.write("the cat\nZoë 漢 \0\n", "prompts.txt")
            let answers = try folder.run(.alone, "predict", "run", "prompts.txt", "--output", "answers.jsonl")
            #expect(answers.exitCode == 0, "\(answers)")
            #expect(try folder.text("answers.jsonl").split(separator: "\n").count == 2)
        }

        @Test("sizes that can't be, targets of time steps, and vectors of words are refused by name")
        func refusals() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.bytePairs.prepare(in: folder)
            try RefusalTests.expect(78, "data.vocabularySize is 256; it must be at least 257", in: folder, .alone, "bytePairs.json", "data.vocabularySize=256")
            try RefusalTests.expect(78, "bpe is data.unit here, \"bpe\".", in: folder, .alone, "bytePairs.json", "bpe=1")
            try folder.write("the 1 2\n", "vectors.txt")
            try RefusalTests.expect(78, "model.embeddingFile has vectors of words", in: folder, .alone, "bytePairs.json", "model.embeddingFile=vectors.txt")
            try folder.write("text,label\nthe cat,a a\nthe dog,b a\nthe cat,a b\nthe dog,b b\n", "classes.csv")
            try folder.write(
                #"{"data": {"kind": "sequences", "files": "classes.csv", "label": "label", "text": "text", "target": "classes", "unit": "bpe"}, "model": {"hidden": 4, "embedding": 3}}"#,
                "classes.json")
            try RefusalTests.expect(78, "data.unit is \"bpe\"; it must be \"word\", \"character\" or \"byte\" with data.target \"classes\"", in: folder, .alone, "classes.json")
        }
    }
}
