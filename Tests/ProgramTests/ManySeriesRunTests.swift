import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("several series in a table")
    struct ManySeriesRunTests {
        private static let configuration = """
            {"data": {"kind": "series", "files": "shops.csv", "columns": ["y", "weekday"], "targets": "y", "id": "unique_id", "scaling": "series",
             "length": 6, "horizon": 3, "validationRows": 7, "testRows": 7},
             "model": {"hidden": 9}, "training": {"batch": 16, "steps": 20, "loss": "huber", "huberDelta": 0.5}}
            """

        private func prepared() throws -> Folder {
            let folder = try Folder()
            try folder.write(Self.configuration, "shops.json")
            try folder.write(#"{"data": {"kind": "adding"}, "training": {"loss": "quantile"}}"#, "adding.json")
            let rows = (0..<40).flatMap { (day: Int) -> [String] in
                let date = day < 31 ? "2024-01-\(day < 9 ? "0" : "")\(day + 1)" : "2024-02-0\(day - 30)"
                return ["north", "south", "west"].enumerated().filter { day < 40 - 4 * $0.offset }.map { place, name -> String in
                    let value = 100 * place + 10 * (day % 7) + day * day % 11
                    return "\(name),\(date),\(value),\(day % 7)\n"
                }
            }
            try folder.write("unique_id,ds,y,weekday\n" + rows.joined(), "shops.csv")
            return folder
        }

        private func train(_ folder: Folder, _ run: String, _ overrides: String..., on launch: Launch = .alone) throws {
            let result = try folder.run(launch, ["shops.json"] + overrides + ["--run-directory", run])
            try #require(result.exitCode == 0, "\(result)")
        }

        @Test("ranks, a stop and a resume don't change the weights; evaluate and predict answer by series, the same on any number of ranks")
        func sameBits() throws {
            let folder = try prepared()
            defer { folder.remove() }
            try train(folder, "whole")
            try train(folder, "run", "training.steps=7", on: .ranks(2))
            try train(folder, "run", on: .ranks(4))
            #expect(try folder.weights() == folder.weights("whole"))
            try train(folder, "squared", "training.loss=squared", "training.huberDelta=1")
            #expect(try folder.weights() != folder.weights("squared"))

            let evaluated = try [Launch.alone, .ranks(2)].map { try folder.run($0, "evaluate", "run", "--json").output }
            #expect(evaluated[0] == evaluated[1])
            let forecast = try #require(try JSONValue.parse(Array(evaluated[0].utf8))["forecast"])
            #expect(forecast["season"]?.integerValue == 7)
            #expect(forecast["series"]?.arrayValue?.map { $0["id"]?.stringValue } == ["north", "south", "west"])
            let column = try #require(forecast["columns"]?.arrayValue?.first)
            #expect(column["byHorizon"]?["meanAbsoluteError"]?.arrayValue?.count == 3)
            let own = try (forecast["series"]?.arrayValue ?? []).map { try #require($0["columns"]?.arrayValue?.first?["meanAbsoluteError"]?.realValue) }
            // All series have as many windows.
            #expect(abs(try #require(column["meanAbsoluteError"]?.realValue) - own.reduce(0, +) / 3) < 1e-9)

            let answers = try folder.run(.alone, "predict", "run", "shops.csv").output.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
            #expect(answers.count == 10 && answers[0] == ["unique_id", "ahead", "row", "time", "y"])
            #expect(answers[1][..<4] == ["north", "1", "41", "2024-02-10"] && answers[9][..<4] == ["west", "3", "35", "2024-02-04"])
        }

        @Test("a model that is no better than a forecast without one is said to be so, at the end of training and by evaluate")
        func noBetter() throws {
            let folder = try prepared()
            defer { folder.remove() }
            let result = try folder.run(.alone, "shops.json", "--run-directory", "run")
            #expect(result.exitCode == 0 && result.output.contains("no better than repeating the last season (7 rows), whose validation"), "\(result)")
            let evaluated = try folder.run(.alone, "evaluate", "run")
            #expect(evaluated.output.contains("  no better than repeating the last season (7 rows), whose loss is"), "\(evaluated)")
            #expect(try folder.run(.alone, "report", "run").exitCode == 0)
            #expect(try folder.text("run/report.html").contains("The model is no better than repeating the last season (7 rows)"))
        }

        @Test("with the quantile loss, predict gives the median and the interval's ends, evaluate the coverage, and the weights are the same on any number of ranks")
        func quantiles() throws {
            let folder = try prepared()
            defer { folder.remove() }
            let keys = ["shops.json", "training.loss=quantile", "training.huberDelta=1", "training.interval=0.5", "--run-directory"]
            for (launch, run) in [(Launch.alone, "run"), (.ranks(2), "two")] { #expect(try folder.run(launch, keys + [run]).exitCode == 0) }
            #expect(try folder.weights() == folder.weights("two"))
            let lines = try folder.run(.alone, "predict", "run", "shops.csv").output.split(separator: "\n")
            #expect(lines.count == 10 && lines[0] == "unique_id,ahead,row,time,y 25 %,y 50 %,y 75 %")
            let evaluated = try JSONValue.parse(Array(folder.run(.alone, "evaluate", "run", "--json").output.utf8))
            #expect(evaluated["quantileLoss"]?.realValue != nil && evaluated["forecast"]?["interval"]?.realValue == 0.5)
            let coverage = try #require(evaluated["forecast"]?["columns"]?.arrayValue?.first?["coverage"]?.realValue)
            #expect(coverage >= 0 && coverage <= 1)
            #expect(try folder.run(.alone, "report", "run").exitCode == 0)
            #expect(try folder.text("run/report.html").contains("forecast interval"))
            try RefusalTests.expect(
                78, "training.loss is \"quantile\", but data.kind \"adding\" has a single number for each target; it goes with \"series\" only.", in: folder, .alone,
                "adding.json")
        }

        @Test(
            "with a distribution, predict gives its median and interval in the file's units, evaluate coverage, CRPS and quantile loss, and ranks don't change a bit",
            arguments: ["gaussian", "studentT", "negativeBinomial"])
        func distributions(loss: String) throws {
            let folder = try prepared()
            defer { folder.remove() }
            let keys = ["shops.json", "training.loss=\(loss)", "training.huberDelta=1", "training.interval=0.5", "--run-directory"]
            for (launch, run) in [(Launch.alone, "run"), (.ranks(2), "two")] { #expect(try folder.run(launch, keys + [run]).exitCode == 0) }
            #expect(try folder.run(.alone, keys + ["stopped", "training.steps=7"]).exitCode == 0)
            #expect(try folder.run(.ranks(4), keys + ["stopped"]).exitCode == 0)
            #expect(try folder.weights() == folder.weights("two") && folder.weights() == folder.weights("stopped"))

            let lines = try folder.run(.alone, "predict", "run", "shops.csv").output.split(separator: "\n").map { $0.split(separator: ",") }
            #expect(lines.count == 10 && lines[0] == ["unique_id", "ahead", "row", "time", "y 25 %", "y 50 %", "y 75 %"])
            for line in lines.dropFirst() {
                let numbers = try line.suffix(3).map { try #require(Double($0)) }
                #expect(numbers == numbers.sorted())
                if loss == "negativeBinomial" { #expect(numbers.allSatisfy { $0 >= 0 && $0 == $0.rounded() }) } else { #expect(numbers[0] < numbers[2]) }
            }
            let evaluated = try [Launch.alone, .ranks(2)].map { try folder.run($0, "evaluate", "run", "--json").output }
            #expect(evaluated[0] == evaluated[1])
            let answer = try JSONValue.parse(Array(evaluated[0].utf8))
            let column = try #require(answer["forecast"]?["columns"]?.arrayValue?.first)
            let naive = try #require(answer["forecast"]?["naive"]?.arrayValue?.first?["columns"]?.arrayValue?.first)
            #expect(answer["negativeLogLikelihood"]?.realValue?.isFinite == true && answer["forecast"]?["interval"]?.realValue == 0.5)
            #expect(column["coverage"]?.realValue.map { (0...1).contains($0) } == true)
            let (score, error) = try (#require(column["rankedProbabilityScore"]?.realValue), #require(column["meanAbsoluteError"]?.realValue))
            // A distribution's score is lower than the error of its median, unless it is far too sure.
            #expect(score > 0 && score < error)
            #expect(naive["rankedProbabilityScore"]?.realValue == naive["meanAbsoluteError"]?.realValue)
            #expect(try #require(column["weightedQuantileLoss"]?.realValue) > 0)
            let text = try folder.run(.alone, "evaluate", "run").output
            #expect(text.contains("negative log-likelihood, nats") && text.contains("coverage") && text.contains("CRPS"), "\(text)")
            #expect(try folder.run(.alone, "report", "run").exitCode == 0)
            #expect(try folder.text("run/report.html").contains("within the 50 % interval"))
        }

        @Test("a run whose best loss is below 0, as that of a density may be, is evaluated, resumed with another schedule's state, and reported", arguments: ["none", "plateau"])
        func negativeLoss(schedule: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            let plateau = schedule == "plateau" ? #", "schedule": "plateau""# : ""
            try folder.write(
                """
                {"data": {"kind": "series", "files": "sine.csv", "length": 12, "horizon": 1}, "model": {"hidden": 16},
                 "training": {"batch": 16, "steps": 300, "loss": "gaussian", "validateEverySteps": 50}, "optimizer": {"learningRate": 0.01\(plateau)}}
                """, "sine.json")
            try folder.write("y\n" + (0..<400).map { "\(sin(Double($0) / 3))\n" }.joined(), "sine.csv")
            let keys = ["sine.json", "--run-directory"]
            #expect(try folder.run(.alone, keys + ["whole"]).exitCode == 0)
            let evaluated = try JSONValue.parse(Array(folder.run(.alone, "evaluate", "whole", "--best", "--json").output.utf8))
            #expect(try #require(evaluated["negativeLogLikelihood"]?.realValue) < 0)
            #expect(try folder.run(.alone, keys + ["run", "training.steps=250"]).exitCode == 0)
            #expect(try folder.run(.ranks(2), keys + ["run"]).exitCode == 0)
            #expect(try folder.weights("run") == folder.weights("whole"))
            #expect(try folder.run(.alone, "report", "run").exitCode == 0)
        }

        @Test("targets that can't be counts are refused with a negative binomial distribution, by row and column, and differences by their key")
        func notCounts() throws {
            let folder = try prepared()
            defer { folder.remove() }
            try folder.write(try folder.text("shops.csv").replacing("north,2024-01-03,", with: "north,2024-01-03,1."), "shops.csv")
            let keys = ["shops.json", "training.loss=negativeBinomial", "training.huberDelta=1", "--run-directory", "run"]
            try RefusalTests.expect(65, "column 'y' isn't a count: a whole number from 0 to 8,388,608", in: folder, .alone, arguments: keys)
            try RefusalTests.expect(78, "data.relative is true; it must be false with training.loss \"negativeBinomial\"", in: folder, .alone, arguments: keys + ["data.relative=true"])
            try RefusalTests.expect(78, "data.lag is 2; it must be 0 with training.loss \"negativeBinomial\"", in: folder, .alone, arguments: keys + ["data.lag=2"])
        }

        @Test("init finds the column that tells series apart, and its configuration trains")
        func initialized() throws {
            let folder = try prepared()
            defer { folder.remove() }
            let result = try folder.run(.alone, "init", "shops.csv", "--output", "found.json")
            #expect(result.exitCode == 0, "\(result)")
            let data = try #require(try JSONValue.parse(Array(folder.text("found.json").utf8))["data"])
            #expect(data["id"]?.stringValue == "unique_id" && data["scaling"]?.stringValue == "series" && data["columns"]?.arrayValue?.first?.stringValue == "y")
            #expect(try folder.run(.alone, "found.json", "training.steps=2", "--run-directory", "found").exitCode == 0)
        }
    }
}
