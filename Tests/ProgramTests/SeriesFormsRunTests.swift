import Files
import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("series in JSON Lines, arrays and several files")
    struct SeriesFormsRunTests {
        private static let configuration = """
            {"data": {"kind": "series", "files": "shops.jsonl", "columns": "target", "targets": "target", "id": "item_id", "scaling": "series",
             "length": 6, "horizon": 3, "validationRows": 6, "testRows": 6},
             "model": {"hidden": 9}, "training": {"batch": 16, "steps": 20}}
            """
        private static let (names, counts) = (["north", "south", "west"], [40, 36, 31])

        private static func value(_ shop: Int, _ day: Int) -> Int { 100 * shop + 10 * (day % 7) + day * day % 11 }

        private static func date(_ day: Int) -> String {
            Date(timeIntervalSince1970: 1_704_067_200 + 86_400 * Double(day)).formatted(.iso8601.year().month().day())
        }

        private static let lines = names.indices.map { shop -> String in
            #"{"item_id": "\#(names[shop])", "start": "2024-01-01 00:00:00", "freq": "D", "target": [\#((0..<counts[shop]).map { "\(value(shop, $0))" }.joined(separator: ", "))]}"#
                + "\n"
        }

        private static let rows: [(Int, Int)] = names.indices.flatMap { shop in (0..<counts[shop]).map { (shop, $0) } }

        private func prepared() throws -> Folder {
            let folder = try Folder()
            try folder.write(Self.configuration, "shops.json")
            try folder.write(Self.lines.joined(), "shops.jsonl")
            return folder
        }

        private func train(_ folder: Folder, _ run: String, _ overrides: String..., on launch: Launch = .alone) throws {
            let result = try folder.run(launch, ["shops.json"] + overrides + ["--run-directory", run])
            try #require(result.exitCode == 0, "\(result)")
        }

        private func answers(_ result: ProgramResult) -> [[String]] { result.output.split(separator: "\n").map { $0.split(separator: ",").map(String.init) } }

        @Test("GluonTS's JSON Lines train to the same weights on any ranks, with a resume, and as a table, rows in JSON, arrays and files of a series each; predict answers by date and id")
        func sameWeights() throws {
            let folder = try prepared()
            defer { folder.remove() }
            try train(folder, "whole")
            try train(folder, "run", "training.steps=7", on: .ranks(2))
            try train(folder, "run", on: .ranks(4))
            #expect(try folder.weights() == folder.weights("whole"))

            try folder.write("item_id,ds,target\n" + Self.rows.map { "\(Self.names[$0]),\(Self.date($1)),\(Self.value($0, $1))\n" }.joined(), "shops.csv")
            try folder.write(Self.rows.map { #"{"target": \#(Self.value($0, $1)), "ds": "\#(Self.date($1))", "item_id": "\#(Self.names[$0])"}"# + "\n" }.joined(), "rows.jsonl")
            var archive = ZipArchive()
            archive.add("item_id.npy", NumpyArray(Self.rows.map { Self.names[$0.0] }).bytes)
            archive.add("ds.npy", NumpyArray(Self.rows.map { Self.date($0.1) }).bytes)
            archive.add("target.npy", NumpyArray(Self.rows.map { Int64(Self.value($0, $1)) }, shape: [Self.rows.count]).bytes)
            try folder.write(archive.finished(), "shops.npz")
            for shop in Self.names.indices {
                try folder.write("ds,target\n" + (0..<Self.counts[shop]).map { "\(Self.date($0)),\(Self.value(shop, $0))\n" }.joined(), "each/\(Self.names[shop]).csv")
            }
            for (place, keys) in [["data.files=shops.csv"], ["data.files=rows.jsonl"], ["data.files=shops.npz"], ["data.files=each", "data.id=file"]].enumerated() {
                let result = try folder.run(.ranks(2), ["shops.json"] + keys + ["--run-directory", "other\(place)"])
                #expect(result.exitCode == 0, "\(result)")
                #expect(try folder.weights("other\(place)") == folder.weights("whole"), "\(keys)")
            }

            let predicted = answers(try folder.run(.alone, "predict", "run", "shops.jsonl"))
            #expect(predicted.count == 10 && predicted[0] == ["item_id", "ahead", "row", "time", "target"])
            #expect(predicted[1][..<4] == ["north", "1", "41", "2024-02-10"] && predicted[9][..<4] == ["west", "3", "34", "2024-02-03"], "\(predicted)")
            for file in ["shops.csv", "rows.jsonl", "shops.npz"] { #expect(answers(try folder.run(.alone, "predict", "run", file)) == predicted) }
            let each = answers(try folder.run(.alone, "predict", "other3", "each"))
            #expect(each.dropFirst().map { Array($0.dropFirst()) } == predicted.dropFirst().map { $0 } && each.dropFirst().allSatisfy { $0[0].contains("each/\($0[1]).csv") }, "\(each)")
            let evaluated = try [Launch.alone, .ranks(2)].map { try folder.run($0, "evaluate", "run", "--data", "shops.jsonl", "--json").output }
            #expect(evaluated[0] == evaluated[1] && evaluated[0].contains("\"id\":\"south\""), "\(evaluated)")
        }

        @Test("what is known ahead stands behind the target in the same line, and predict needs no other file")
        func ahead() throws {
            let folder = try prepared()
            defer { folder.remove() }
            let lines = Self.names.indices.map { shop in
                let feature = "\"feat_dynamic_real\": [[" + (0..<Self.counts[shop] + 3).map { "\($0 % 2)" }.joined(separator: ", ") + "]]"
                return Self.lines[shop].replacing("\"freq\"", with: feature + ", \"freq\"")
            }
            try folder.write(lines.joined(), "shops.jsonl")
            try train(folder, "run", #"data.columns=["target","feat_dynamic_real"]"#, "data.future=feat_dynamic_real", #"data.calendar=["dayOfWeek"]"#)
            let predicted = try folder.run(.alone, "predict", "run", "shops.jsonl", "--output", "answers.jsonl")
            #expect(predicted.exitCode == 0, "\(predicted)")
            let first = try #require(try folder.text("answers.jsonl").split(separator: "\n").first)
            #expect(try JSONValue.parse(Array(first.utf8))["time"]?.stringValue == "2024-02-10")
            try folder.write(Self.lines.joined(), "without.jsonl")
            try folder.write(lines[0] + Self.lines[1], "mixed.jsonl")
            try RefusalTests.expect(65, "mixed.jsonl:2:1: the line has 'target', and the first", in: folder, .alone, "predict", "run", "mixed.jsonl")
            let refused = try folder.run(.alone, "predict", "run", "without.jsonl")
            #expect(refused.exitCode != 0 && refused.errorOutput.contains("feat_dynamic_real"), "\(refused)")
        }

        @Test("init recognises series in lines, rows in lines, arrays and a folder of files that are a series each, and its configurations train", arguments: [
            "shops.jsonl", "rows.jsonl", "shops.npy", "wide.npz", "each", "months",
        ])
        func initialized(name: String) throws {
            let folder = try prepared()
            defer { folder.remove() }
            try folder.write(Self.rows.map { #"{"y": \#(Self.value($0, $1)), "ds": "\#(Self.date($1))", "unique_id": "\#(Self.names[$0])"}"# + "\n" }.joined(), "rows.jsonl")
            try folder.write(NumpyArray((0..<80).map { Double(Self.value($0 % 2, $0 / 2)) }, shape: [40, 2]).bytes, "shops.npy")
            var archive = ZipArchive()
            archive.add("X.npy", NumpyArray((0..<240).map { Double(Self.value($0 / 80, $0 % 80)) }, shape: [3, 40, 2]).bytes)
            try folder.write(archive.finished(), "wide.npz")
            for shop in Self.names.indices {
                try folder.write("ds,y\n" + (0..<Self.counts[shop]).map { "\(Self.date($0)),\(Self.value(shop, $0))\n" }.joined(), "each/\(Self.names[shop]).csv")
            }
            for part in 0..<2 { try folder.write("ds,y\n" + (0..<30).map { "\(Self.date($0 + 30 * part)),\(Self.value(1, $0))\n" }.joined(), "months/\(part).csv") }
            let result = try folder.run(.alone, "init", name, "--output", "found.json")
            #expect(result.exitCode == 0, "\(result)")
            let data = try #require(try JSONValue.parse(Array(folder.text("found.json").utf8))["data"])
            let ids = ["shops.jsonl": "item_id", "rows.jsonl": "unique_id", "wide.npz": "series", "each": "file"]
            #expect(data["kind"]?.stringValue == "series" && data["files"]?.stringValue == name && data["id"]?.stringValue == ids[name], "\(data)")
            let trained = try folder.run(.alone, "found.json", "training.steps=2", "--run-directory", "found")
            #expect(trained.exitCode == 0, "\(trained)")
        }
    }
}
