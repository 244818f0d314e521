import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("prepared data")
    struct PreparedRunTests {
        private func prepared(_ work: Work) throws -> Folder {
            let folder = try Folder()
            try work.prepare(in: folder)
            let result = try folder.run(.alone, "prepare", "\(work.name).json")
            try #require(result.exitCode == 0 && folder.exists("\(work.name).prepared"), "\(result)")
            #expect(result.output.contains("lstm-train \(work.name).json data.prepared=\(work.name).prepared"), "\(result)")
            return folder
        }

        @Test("gives the weights of the files, on any ranks, resumed from one into the other, and the same evaluation and predictions", arguments: [
            Work.text, .windows, .series, .words, .bytePairs, .tokenizer, .embedding, .documents, .sequences, .labelledTexts,
        ])
        func sameWeights(work: Work) throws {
            let folder = try prepared(work)
            defer { folder.remove() }
            let key = "data.prepared=\(work.name).prepared"
            let wanted = try folder.uninterrupted(work, steps: 50)
            for rankCount in [1, 2, 4] {
                let result = try folder.train(work, key, into: "ranks-\(rankCount)", on: Launch(rankCount))
                try #require(result.exitCode == 0, "\(result)")
                #expect(try folder.weights("ranks-\(rankCount)") == wanted, "\(rankCount) ranks")
            }
            // From the one into the other, and back.
            for (run, first) in [("first", true), ("second", false)] {
                for (steps, usesForm, rankCount) in [(20, first, 1), (35, !first, 2), (50, first, 1)] {
                    let result = try folder.start(work, ["training.steps=\(steps)"] + (usesForm ? [key] : []), into: run, on: Launch(rankCount)).finish()
                    try #require(result.exitCode == 0, "\(result)")
                }
                #expect(try folder.weights(run) == wanted, "\(run)")
            }
            let plain = "uninterrupted-50"
            let answers = try [plain, "ranks-1"].map { try folder.run(.alone, "evaluate", $0, "--json") }
            #expect(answers[0].exitCode == 0 && answers[0].output.replacing(plain, with: "ranks-1") == answers[1].output, "\(answers)")
            let whole = try [plain, "ranks-1"].map { try folder.run(.alone, "evaluate", $0, "--data", work.files.keys.min() ?? "", "--json") }
            #expect(whole[0].exitCode == 0 && whole[0].output.replacing(plain, with: "ranks-1") == whole[1].output, "\(whole)")
            // Without the form a run reads its files, which are the same.
            try FileManager.default.removeItem(atPath: folder.path("\(work.name).prepared"))
            #expect(try folder.run(.alone, "evaluate", "ranks-1", "--json").output == answers[1].output)
        }

        @Test("a stale, damaged, cut off or missing form, another file, and kinds without a form are refused by name, and nothing is written")
        func refusals() throws {
            let folder = try prepared(.text)
            defer { folder.remove() }
            let key = "data.prepared=text.prepared"
            try RefusalTests.expect(
                78, "data.lowercase is true now, and was false. Write it anew: lstm-train prepare with the configuration and keys of this command, and --output ", in: folder, .alone, "text.json", key,
                "data.lowercase=true")
            try RefusalTests.expect(66, "data.prepared names it; lstm-train prepare writes it", in: folder, .alone, "text.json", "data.prepared=none.prepared")
            try RefusalTests.expect(65, "it isn't a file that lstm-train prepare wrote", in: folder, .alone, "text.json", "data.prepared=text.txt")
            try RefusalTests.expect(73, "text.txt is there, and wasn't written by prepare", in: folder, .alone, "prepare", "text.json", "--output", "text.txt")
            try RefusalTests.expect(78, "standard input has no binary form", in: folder, .alone, "prepare", "text.json", "data.files=-")
            try RefusalTests.expect(78, "data.document is \"line\" now, and was \"\"", in: folder, .alone, "text.json", key, "data.document=line")
            try RefusalTests.expect(65, "it is a form that lstm-train prepare wrote", in: folder, .alone, "text.json", "data.files=text.prepared")
            try RefusalTests.expect(64, "--output is a file to map", in: folder, .alone, "prepare", "text.json", "--output", "-")
            let whole = try folder.bytes("text.prepared")
            try folder.write(Array(whole.dropLast(9)), "cut.prepared")
            try RefusalTests.expect(65, "it was cut off", in: folder, .alone, "text.json", "data.prepared=cut.prepared")
            try Work.reber.prepare(in: folder)
            try RefusalTests.expect(
                78, "data.kind is \"embeddedReber\": lstm-train prepare has a binary form of files only", in: folder, .alone, "prepare", "reber.json")
            try folder.write(String(Work.prose.reversed()), "text.txt")
            try RefusalTests.expect(78, "text.txt has other contents than then. Write it anew: lstm-train prepare text.json", in: folder, .ranks(2), "text.json", key)
            let again = try folder.run(.alone, "prepare", "text.json")
            #expect(again.exitCode == 0, "\(again)")
            #expect(try folder.train(.text, key, "training.steps=2", into: "again").exitCode == 0)
        }

        @Test("a run whose form is of other data now, or damaged, is judged by its files; backtest reads them, too")
        func evaluatedWithoutForm() throws {
            let folder = try prepared(.series)
            defer { folder.remove() }
            let key = "data.prepared=series.prepared"
            #expect(try folder.train(.series, key, into: "run").exitCode == 0)
            let wanted = try folder.run(.alone, "evaluate", "run", "--json")
            try #require(wanted.exitCode == 0, "\(wanted)")
            #expect(try folder.run(.alone, "prepare", "series.json", "data.validationFraction=0.3", "--output", "series.prepared").exitCode == 0)
            #expect(try folder.run(.alone, "evaluate", "run", "--json").output == wanted.output)
            try folder.write("lstm-train", "series.prepared")
            #expect(try folder.run(.alone, "evaluate", "run", "--json").output == wanted.output)
            let tested = try folder.run(.alone, "backtest", "series.json", key, "training.steps=2", "--origins", "2")
            #expect(tested.exitCode == 0, "\(tested)")
        }

        @Test("a damaged block ends training with 65 before a step uses it, on any ranks", arguments: [1, 2])
        func damage(rankCount: Int) throws {
            let folder = try prepared(.text)
            defer { folder.remove() }
            var bytes = try folder.bytes("text.prepared")
            bytes[4096 + 500] ^= 1
            try folder.write(bytes, "text.prepared")
            let result = try folder.train(.text, "data.prepared=text.prepared", on: Launch(rankCount))
            #expect(result.exitCode == 65 && result.errorOutput.contains("text.prepared: it is damaged: the SHA-256 of the bytes from 4096 on"), "\(result)")
            #expect(folder.checkpointSteps() == [])
        }

        @Test("bench --data times both forms, and its share of a step is plausible", arguments: [1, 2])
        func bench(rankCount: Int) throws {
            let folder = try prepared(.text)
            defer { folder.remove() }
            let result = try folder.run(Launch(rankCount), "bench", "--data", "text.json", "data.prepared=text.prepared", "--seconds", "0.1", "--json")
            try #require(result.exitCode == 0, "\(result)")
            let figures = try JSONValue.parse(Array(result.output.utf8))
            let readings = try #require(figures["readings"]?.arrayValue)
            #expect(readings.map { $0["form"]?.stringValue } == ["files", "prepared"] && figures["sourceBytes"]?.integerValue == 1500)
            for reading in readings {
                let (open, first) = (reading["openMilliseconds"]?.realValue ?? .nan, reading["firstBatchMilliseconds"]?.realValue ?? .nan)
                #expect(open > 0 && first > open)
                let share = reading["shareOfStep"]?.realValue ?? .nan
                #expect(share > 0 && share < 1)
            }
            let text = try folder.run(.alone, "bench", "--data", "series.json", "--seconds", "0.1")
            #expect(text.exitCode != 0)
            let plain = try folder.run(.alone, "bench", "--data", "text.json", "--seconds", "0.1")
            #expect(plain.exitCode == 0 && plain.output.contains("text.txt  1.5 kB; 1 rank") && plain.output.contains("% of a step of"), "\(plain)")
            try RefusalTests.expect(64, "--data times a configuration's own model and data", in: folder, .alone, "bench", "--data", "text.json", "--hidden", "9")
        }
    }
}
