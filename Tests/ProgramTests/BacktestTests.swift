import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("backtest")
    struct BacktestTests {
        private static let configuration = """
            {"data": {"kind": "series", "files": "sales.csv", "columns": ["sold", "weekday"], "targets": "sold", "length": 7, "horizon": 3, "validationFraction": 0.2},
             "model": {"hidden": 8}, "training": {"batch": 16, "steps": 12}, "optimizer": {"learningRate": 0.01}}
            """

        private static func rows(_ count: Int) -> String {
            "date,sold,weekday\n" + (0..<count).map { (day: Int) -> String in
                let date = "2024-0\(1 + day / 28)-\(day % 28 < 9 ? "0" : "")\(day % 28 + 1)"
                return "\(date),\(20 + 10 * (day % 7) + day * day % 13),\(day % 7)\n"
            }.joined()
        }

        private func prepared(rowCount: Int = 84) throws -> Folder {
            let folder = try Folder()
            try folder.write(Self.configuration, "sales.json")
            try folder.write(Self.rows(rowCount), "sales.csv")
            return folder
        }

        private func answer(_ folder: Folder, _ arguments: [String], on launch: Launch = .alone) throws -> (json: JSONValue, text: String) {
            let result = try folder.run(launch, ["backtest", "sales.json", "--json"] + arguments)
            try #require(result.exitCode == 0, "\(result)")
            return (try JSONValue.parse(Array(result.output.utf8)), result.output)
        }

        private func error(_ forecast: JSONValue?) throws -> Double {
            try #require(forecast?["columns"]?.arrayValue?.first?["meanAbsoluteError"]?.realValue)
        }

        @Test("origins lie so many rows apart, the last a forecast before the end; all is their mean; ranks don't change a figure", arguments: [false, true])
        func origins(retrains: Bool) throws {
            let folder = try prepared()
            defer { folder.remove() }
            let arguments = ["--origins", "3", "--every", "4"] + (retrains ? ["--retrain"] : [])
            let (json, text) = try answer(folder, arguments)
            let origins = try #require(json["origins"]?.arrayValue)
            #expect(origins.map { $0["row"]?.integerValue } == [73, 77, 81] && origins.map { $0["leftOutRows"]?.integerValue } == [8, 4, 0])
            #expect(origins.map { $0["time"]?.stringValue } == ["2024-03-17", "2024-03-21", "2024-03-25"])
            let errors = try origins.map { try error($0["forecast"]) }
            #expect(abs(try error(json["all"]) - errors.reduce(0, +) / 3) < 1e-9)
            let runs = try FileManager.default.contentsOfDirectory(atPath: folder.url.appending(path: "runs/sales-backtest").path).sorted()
            #expect(runs == (retrains ? ["without-0-rows", "without-4-rows", "without-8-rows"] : ["without-8-rows"]))
            // Again nothing is trained, and nothing changes; on two ranks likewise.
            #expect(try answer(folder, arguments).text == text)
            #expect(try answer(folder, arguments + ["--run-directory", "two"], on: .ranks(2)).text == text)
            let table = try folder.run(.alone, ["backtest", "sales.json"] + arguments)
            #expect(table.output.contains("forecast after") && table.output.contains("2024-03-21") && table.output.contains("all 3"), "\(table)")
        }

        @Test("origins of series that end at different dates are named by their distance from the end")
        func unequalEnds() throws {
            let folder = try prepared()
            defer { folder.remove() }
            let lines = ["a", "b"].enumerated().flatMap { place, name in Self.rows(84 - 9 * place).split(separator: "\n").dropFirst().map { "\(name),\($0)\n" } }
            try folder.write("shop,date,sold,weekday\n" + lines.joined(), "shops.csv")
            let arguments = ["data.files=shops.csv", "data.id=shop", "--origins", "2", "--every", "5"]
            let (json, _) = try answer(folder, arguments)
            let origins = try #require(json["origins"]?.arrayValue)
            #expect(origins.map { $0["leftOutRows"]?.integerValue } == [5, 0] && origins.allSatisfy { $0["time"]?.stringValue == nil && $0["row"]?.integerValue == nil })
            let table = try folder.run(.alone, ["backtest", "sales.json"] + arguments)
            #expect(table.output.contains("the end - 8 rows") && table.output.contains("the end - 3 rows"), "\(table)")
        }

        @Test("an origin's model is that of a file that ends after its forecast, and its error what evaluate says of it")
        func plainRun() throws {
            let folder = try prepared()
            defer { folder.remove() }
            let (json, _) = try answer(folder, ["--origins", "2", "--every", "5", "--retrain"])
            // 20 % of 84 rows are 16.
            let parts = ["data.validationRows=16", "data.testRows=3", "data.validationFraction=0.1"]
            for (rowCount, place) in [(79, 0), (84, 1)] {
                try folder.write(Self.rows(rowCount), "shorter.csv")
                let result = try folder.run(.alone, ["sales.json", "data.files=shorter.csv", "--run-directory", "plain-\(rowCount)"] + parts)
                #expect(result.exitCode == 0, "\(result)")
                #expect(try folder.weights("plain-\(rowCount)") == folder.weights("runs/sales-backtest/without-\(84 - rowCount)-rows"))
                let evaluated = try JSONValue.parse(Array(folder.run(.alone, "evaluate", "plain-\(rowCount)", "--part", "test", "--json").output.utf8))
                #expect(try error(evaluated["forecast"]) == error(json["origins"]?.arrayValue?[place]["forecast"]))
            }
        }

        @Test("rows after an origin don't change its model or its forecast")
        func noLeak() throws {
            let folder = try prepared()
            defer { folder.remove() }
            let arguments = ["--origins", "2", "--every", "5", "--retrain"]
            let (json, _) = try answer(folder, arguments)
            let first = try folder.weights("runs/sales-backtest/without-5-rows")
            var rows = Self.rows(84).split(separator: "\n").map(String.init)
            for row in 80...84 { rows[row] = rows[row].replacing(",", with: ",9", maxReplacements: 1) }
            try folder.write(rows.joined(separator: "\n") + "\n", "sales.csv")
            let (other, _) = try answer(folder, arguments + ["--run-directory", "changed"])
            #expect(try folder.weights("changed/without-5-rows") == first)
            #expect(try error(other["origins"]?.arrayValue?[0]["forecast"]) == error(json["origins"]?.arrayValue?[0]["forecast"]))
            #expect(try error(other["origins"]?.arrayValue?[1]["forecast"]) > 10 * error(json["origins"]?.arrayValue?[1]["forecast"]))
        }

        @Test("a signal saves and ends it with 75, and the same command goes on", arguments: [SIGUSR1, SIGTERM])
        func stopped(number: Int32) throws {
            let folder = try prepared()
            defer { folder.remove() }
            let (first, arguments) = ("runs/sales-backtest/without-3-rows", ["--origins", "2", "--retrain"])
            // Endless, so that the signal arrives during training.
            let run = try ProgramRun(.alone, ["backtest", "sales.json", "training.steps=1000000000"] + arguments, in: folder)
            let hasBegun = run.wait { FileManager.default.fileExists(atPath: folder.url.appending(path: first + "/metrics.jsonl").path) }
            run.signal(number)
            let result = run.finish()
            #expect(hasBegun && result.exitCode == 75 && result.output.contains("stopped     as asked; the same command goes on"), "\(result)")
            let goal = try folder.weights(first).step + 17
            let goesOn = try answer(folder, arguments + ["training.steps=\(goal)"]).text
            #expect(try answer(folder, arguments + ["training.steps=\(goal)", "--run-directory", "whole"]).text == goesOn)
            #expect(try folder.weights(first) == folder.weights("whole/without-3-rows"))
        }

        @Test("other data, and origins before there is enough to train on, are refused")
        func refusals() throws {
            let folder = try prepared(rowCount: 40)
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            try RefusalTests.expect(78, "a model of data.kind \"embeddedReber\" doesn't forecast a series.", in: folder, .alone, arguments: ["backtest", "reber.json"])
            try RefusalTests.expect(65, "sales.csv", in: folder, .alone, arguments: ["backtest", "sales.json", "--origins", "13"])
            try RefusalTests.expect(64, "--origins is 0; it must be from 1 to 10000.", in: folder, .alone, arguments: ["backtest", "sales.json", "--origins", "0"])
            try RefusalTests.expect(
                78, "backtest reads its data several times. Name a file in its place.", in: folder, .alone, arguments: ["backtest", "sales.json", "data.files=-"])
            try RefusalTests.expect(64, "--every is 0; it must be from 1 to 1000000000.", in: folder, .alone, arguments: ["backtest", "sales.json", "--every", "0"])
        }
    }
}
