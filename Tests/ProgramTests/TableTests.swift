import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("typical tables of users")
    struct TableTests {
        @Test("init reads it and prints what it leaves out; its configuration passes a dry run and trains", arguments: TableFile.allCases)
        func real(file: TableFile) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write(file.text, file.rawValue)
            let written = try folder.run(.alone, "init", file.rawValue)
            try #require(written.exitCode == 0, "\(written)")
            #expect(Self.flat(written.output).contains(file.leftOut), "\(written)")
            let name = file.rawValue.prefix { $0 != "." } + ".json"
            let data = try JSONValue.parse(Array(folder.text("\(name)").utf8))["data"]
            for key in ["missing", "order", "header", "delimiter", "decimal"] { #expect(data?[key]?.stringValue == file.choices[key], "\(key)") }
            let rehearsed = try folder.run(.alone, "\(name)", "--dry-run")
            #expect(rehearsed.exitCode == 0, "\(rehearsed)")
            for note in file.notes {
                #expect(Self.flat(written.output).contains(note), "\(written)")
                #expect(Self.flat(rehearsed.output).contains(note), "\(rehearsed)")
            }
            let trained = try folder.run(.alone, "\(name)", "training.steps=3", "--run-directory", "run")
            #expect(trained.exitCode == 0, "\(trained)")
            // The run's configuration says how its table is read.
            #expect(try folder.run(.alone, "evaluate", "run").exitCode == 0)
            // Keys that init had to set are required, and the message suggests their values.
            for (key, value) in file.choices {
                let refused = try folder.run(.alone, "\(name)", "data.\(key)=refuse", "--dry-run")
                #expect(refused.exitCode == 65 && refused.errorOutput.contains("Set data.\(key) to \"\(value)\""), "\(refused)")
            }
        }

        @Test("a run whose table is read differently is rejected with the key, and resumes if the numbers are the same")
        func otherReading() throws {
            let folder = try Folder()
            defer { folder.remove() }
            let rows = (0..<60).map { "\($0 == 20 ? "" : "\($0 % 7)"),\($0 % 5)" }
            try folder.write((["x,y"] + rows).joined(separator: "\n") + "\n", "hole.csv")
            try folder.write(
                #"{"data": {"kind": "series", "files": "hole.csv", "length": 4, "missing": "fill"}, "model": {"hidden": 5}, "training": {"batch": 8, "steps": 4}}"#,
                "hole.json")
            #expect(try folder.run(.alone, "hole.json", "--run-directory", "run").exitCode == 0)
            let refused = try folder.run(.alone, "hole.json", "data.missing=drop", "training.steps=6", "--run-directory", "run")
            #expect(refused.exitCode == 78 && refused.errorOutput.contains(#"data.missing: "drop", not "fill""#), "\(refused)")
            #expect(!refused.errorOutput.contains("the files have changed"), "\(refused)")
            let same = try folder.run(.alone, "hole.json", "data.delimiter=comma", "training.steps=6", "--run-directory", "run")
            #expect(same.exitCode == 0 && same.output.contains("step-00000006"), "\(same)")
        }

        /// The text without line breaks.
        static func flat(_ text: String) -> String { text.split { $0 == " " || $0 == "\n" }.joined(separator: " ") }

        @Test("init's configuration for a table of few rows passes a dry run and trains", arguments: [4, 5, 9, 20, 36, 60, 120, 199, 200, 400])
        func few(rowCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write("x,y\n" + (0..<rowCount).map { "\($0 * 37 % 101),\($0 * $0 % 53)\n" }.joined(), "t.csv")
            #expect(try folder.run(.alone, "init", "t.csv").exitCode == 0)
            #expect(try folder.run(.alone, "t.json", "--dry-run").exitCode == 0)
            let trained = try folder.run(.alone, "t.json", "training.steps=2")
            #expect(trained.exitCode == 0, "\(trained)")
        }

        @Test("init rejects a table that is too short, or has no column of numbers, with a message", arguments: [
            ("t.csv", "x,y\n1,2\n3,4\n4,5\n", "lstm-train: t.csv has 3 rows; a series to train, validate and test on needs at least 4. Give more rows.\n"),
            ("t.csv", "x,y\na,b\nc,d\n", "lstm-train: t.csv: no column holds numbers and nothing else: 'x' (text, such as \"a\"), 'y' (text, such as \"b\").\n"),
            ("t.ts", "#made by hand\n@problemName t\n@timeStamps false\n@data\n1,2,3:a\n", "lstm-train: t.ts:5:1: all rows have the class 'a'; at least two classes are needed"),
        ])
        func refused(file: String, text: String, message: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write(text, file)
            let result = try folder.run(.alone, "init", file)
            #expect(result.exitCode == 65 && result.errorOutput.hasPrefix(message), "\(result)")
            #expect(folder.names(in: ".") == [file])
        }

        @Test("init reads a first line of numbers as a row, sorts newest-first rows, and says so")
        func choices() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write((0..<60).reversed().map { "2020-0\(1 + $0 / 28)-\($0 % 28 + 1),\($0 * $0 % 17)\n" }.joined(), "t.csv")
            let written = try folder.run(.alone, "init", "t.csv")
            #expect(written.exitCode == 0 && written.output.contains("data.header: the first line is taken for a row"), "\(written)")
            #expect(TableTests.flat(written.output).contains("the newest row is first in the file: they are sorted by 'column1'"), "\(written)")
            let data = try JSONValue.parse(Array(folder.text("t.json").utf8))["data"]
            #expect(data?["header"]?.stringValue == "no" && data?["order"]?.stringValue == "ascending")
            #expect(try folder.run(.alone, "t.json", "training.steps=2", "--run-directory", "run").exitCode == 0)
            let backwards = try folder.run(.alone, "t.json", "data.order=auto", "--dry-run")
            #expect(backwards.exitCode == 65 && backwards.errorOutput.contains("the newest row is first: column 'column1'"), "\(backwards)")
            // Several series in one file have no common order of time.
            try folder.write("date,a\n" + (0..<60).map { "2020-01-\(TableTests.two($0 % 20 + 1)),\($0 * 7 % 13)\n" }.joined(), "u.csv")
            let several = try folder.run(.alone, "init", "u.csv")
            #expect(several.exitCode == 65 && several.errorOutput.contains("name the column that tells them apart in data.id"), "\(several)")
        }

        private static func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }

        @Test("a run from before rows were checked by date can still be evaluated and resumed; other files are checked")
        func earlier() throws {
            let folder = try Folder()
            defer { folder.remove() }
            let rows = (0..<60).map { "2020-0\(1 + $0 / 28)-\(TableTests.two($0 % 28 + 1)),\($0 * $0 % 17)\n" }
            try folder.write("date,a\n" + rows.reversed().joined(), "t.csv")
            try folder.write("date,a\n" + rows.joined() + "2020-03-05,1e9\n", "other.csv")
            let configuration = #"{"data": {"kind": "series", "files": "t.csv", "columns": ["a"], "length": 3, "validationFraction": 0.2}, "training": {"steps": 2}}"#
            try folder.write(configuration, "t.json")
            let refused = try folder.run(.alone, "t.json", "--run-directory", "run")
            #expect(refused.exitCode == 65 && !folder.exists("run"), "\(refused)")
            #expect(try folder.run(.alone, "t.json", "data.order=file", "--run-directory", "run").exitCode == 0)
            // As a configuration without the key is stored.
            try folder.write(folder.text("run/config.json").replacing("\"order\": \"file\"", with: "\"order\": \"auto\""), "run/config.json")
            #expect(try folder.run(.alone, "evaluate", "run").exitCode == 0)
            #expect(try folder.run(.alone, "evaluate", "run", "--data", "t.csv").exitCode == 65)
            let other = try folder.run(.alone, "evaluate", "run", "--data", "other.csv")
            #expect(other.exitCode == 0 && other.errorOutput.contains("more than 1,000 deviations"), "\(other)")
            let continued = try folder.run(.alone, "t.json", "data.order=file", "training.steps=4", "--run-directory", "run")
            #expect(continued.exitCode == 0 && continued.output.contains("resumes "), "\(continued)")
        }
    }
}
