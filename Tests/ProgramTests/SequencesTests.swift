import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("labelled sequences of a CSV file")
    struct SequencesTests {
        private func prepared(_ works: Work...) throws -> Folder {
            let folder = try Folder()
            for work in works { try work.prepare(in: folder) }
            return folder
        }

        @Test("init recognises the class and the text, and its configuration trains; a series stays a series", arguments: [Work.sequences, .labelledTexts, .series])
        func recognised(work: Work) throws {
            let folder = try prepared(work)
            defer { folder.remove() }
            let file = try #require(work.files.keys.first)
            let written = try folder.run(.alone, "init", file, "--output", "c.json")
            #expect(written.exitCode == 0, "\(written)")
            let data = try #require(JSONValue.parse(Array(folder.text("c.json").utf8))["data"])
            guard work.name != "series" else {
                #expect(data["kind"]?.stringValue == "series")
                return
            }
            #expect(data["kind"]?.stringValue == "sequences" && data["label"]?.stringValue == "kind" && written.output.contains("'kind' is taken for the class"))
            #expect(data["text"]?.stringValue == (work.name == "labelledTexts" ? "text" : nil))
            let trained = try folder.run(.alone, "c.json", "training.steps=3")
            #expect(trained.exitCode == 0, "\(trained)")
        }

        @Test("the model learns the classes, and evaluate shows the most frequent class beside it, as text and as JSON")
        func learns() throws {
            let folder = try prepared(.sequences)
            defer { folder.remove() }
            let trained = try folder.train(.sequences, "training.steps=400")
            #expect(trained.exitCode == 0 && !trained.output.contains("lstm-train generate"), "\(trained)")
            let evaluated = try folder.run(.alone, "evaluate", "run", "--json")
            let json = try JSONValue.parse(Array(evaluated.output.utf8))
            let (accuracy, baseline) = (try #require(json["accuracy"]?.realValue), try #require(json["accuracyOfBaseline"]?.realValue))
            // Three classes with 30 rows each: the test part has 6 of each.
            #expect(accuracy > 0.9 && abs(baseline - 1.0 / 3) < 0.1, "\(evaluated)")
            #expect(json["perplexity"] == nil && json["targets"]?.integerValue == 18)
        }

        @Test("another file is judged as a whole by the run's classes and scale; an unknown class is refused by its name, with 65")
        func otherFiles() throws {
            let folder = try prepared(.sequences)
            defer { folder.remove() }
            try folder.train(.sequences, "training.steps=20")
            let lines = try folder.text("sequences.csv").split(separator: "\n")
            try folder.write((lines.prefix(1) + lines.suffix(5)).joined(separator: "\n"), "few.csv")
            let judged = try folder.run(.alone, "evaluate", "run", "--data", "few.csv")
            #expect(judged.exitCode == 0 && judged.output.contains("on few.csv (5 of 5 sequences)"), "\(judged)")
            try folder.write(folder.text("few.csv").replacing(",up", with: ",sideways"), "odd.csv")
            let refused = try folder.run(.alone, "evaluate", "run", "--data", "odd.csv")
            #expect(refused.exitCode == 65 && refused.errorOutput.contains("class 'sideways' is none of the run's 3: 'down', 'flat', 'up'."), "\(refused)")
        }

        @Test("a run isn't resumed with another seed or share, which draw other parts, or with other time steps")
        func fixedKeys() throws {
            let folder = try prepared(.sequences)
            defer { folder.remove() }
            try folder.train(.sequences, "training.steps=20")
            for change in ["training.seed=2", "data.validationFraction=0.3", "data.features=1"] {
                let refused = try folder.train(.sequences, change, "--resume", "run", into: "other")
                #expect(refused.exitCode == 78 && refused.errorOutput.contains("(may not change on a resume)"), "\(refused)")
            }
        }

        @Test("the report has the confusion matrix with the classes' names")
        func report() throws {
            let folder = try prepared(.labelledTexts)
            defer { folder.remove() }
            try folder.train(.labelledTexts, "training.steps=20")
            #expect(try folder.run(.alone, "report", "run").exitCode == 0)
            let page = try folder.text("run/report.html")
            #expect(page.contains("Confusion matrix") && ["does", "where", "who"].allSatisfy { page.contains(">\($0)<") })
        }

        @Test("a missing label, an unknown one and a column of text without data.text are refused with what to do")
        func refusals() throws {
            let folder = try prepared(.labelledTexts)
            defer { folder.remove() }
            try folder.write(#"{"data": {"kind": "sequences", "files": "texts.csv"}}"#, "none.json")
            try RefusalTests.expect(78, "data.label is missing; it must be the name of the column or field with the class", in: folder, .alone, "none.json")
            try RefusalTests.expect(78, "data.label: ", in: folder, .alone, "labelledTexts.json", "data.label=class")
            try folder.write(#"{"data": {"kind": "sequences", "files": "texts.csv", "label": "kind"}}"#, "numbers.json")
            try RefusalTests.expect(65, "texts.csv:2:1: column 'text' is ", in: folder, .alone, "numbers.json")
            try RefusalTests.expect(78, "model.embedding is 4, but data.kind \"sequences\" has numbers", in: folder, .alone, "numbers.json", "model.embedding=4")
        }
    }
}
