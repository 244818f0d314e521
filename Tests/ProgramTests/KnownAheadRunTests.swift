import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("series with a calendar and columns known ahead")
    struct KnownAheadRunTests {
        /// What is sold is 10 on each third day, on which there is an offer, and 4 more on Sundays.
        private static func sold(_ day: Int) -> Int { (offer(day) == 1 ? 10 : 0) + (day % 7 == 6 ? 4 : 0) }
        private static func offer(_ day: Int) -> Int { (day * day + day / 5) % 3 == 0 ? 1 : 0 }
        /// From Monday, 1 January 2024.
        private static func date(_ day: Int) -> String {
            let date = Date(timeIntervalSince1970: 1_704_067_200 + 86_400 * Double(day))
            return date.formatted(.iso8601.year().month().day())
        }

        private func prepared() throws -> Folder {
            let folder = try Folder()
            try folder.write(
                """
                {"data": {"kind": "series", "files": "sold.csv", "columns": ["sold", "offer"], "targets": "sold", "length": 5, "horizon": 2,
                  "calendar": ["dayOfWeek"], "future": "offer", "validationFraction": 0.1},
                 "model": {"hidden": 16}, "training": {"batch": 16, "epochs": 40}, "optimizer": {"learningRate": 0.02}}
                """, "sold.json")
            try folder.write("day,sold,offer\n" + (0..<300).map { "\(Self.date($0)),\(Self.sold($0)),\(Self.offer($0))\n" }.joined(), "sold.csv")
            try folder.write("day,offer\n" + (300..<302).map { "\(Self.date($0)),\(Self.offer($0))\n" }.joined(), "next.csv")
            return folder
        }

        @Test("a model that reads the offers and weekdays ahead forecasts what depends on them; ranks and a resume change no bit")
        func forecast() throws {
            let folder = try prepared()
            defer { folder.remove() }
            let whole = try folder.run(.alone, "sold.json", "--run-directory", "whole")
            try #require(whole.exitCode == 0, "\(whole)")
            for (epochs, launch) in [(11, Launch.ranks(2)), (40, .ranks(4))] {
                let result = try folder.run(launch, "sold.json", "training.epochs=\(epochs)", "--run-directory", "run")
                try #require(result.exitCode == 0, "\(result)")
            }
            #expect(try folder.weights() == folder.weights("whole"))
            let answers = try folder.run(.alone, "predict", "run", "sold.csv", "--future", "next.csv")
            let rows = answers.output.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
            try #require(rows.count == 3, "\(answers)")
            for (place, row) in rows.dropFirst().enumerated() {
                let (day, sold) = (300 + place, try #require(Double(row[3])))
                #expect(row[2] == Self.date(day) && abs(sold - Double(Self.sold(day))) < 2, "\(row), \(Self.sold(day))")
            }
            // Without them it can't know.
            let blind = try folder.run(.alone, "sold.json", "data.calendar=[]", "data.future=[]", "--run-directory", "blind")
            try #require(blind.exitCode == 0, "\(blind)")
            let errors = try ["run", "blind"].map { run in
                try #require(try JSONValue.parse(Array(folder.run(.alone, "evaluate", run, "--json").output.utf8))["meanSquaredError"]?.realValue)
            }
            #expect(errors[0] < errors[1] / 4, "\(errors)")
        }

        @Test("a file of the next rows is asked for, and refused where it has no use; the forecast of an export takes it, too")
        func refusals() throws {
            let folder = try prepared()
            defer { folder.remove() }
            let trained = try folder.run(.alone, "sold.json", "training.epochs=1", "--run-directory", "run")
            try #require(trained.exitCode == 0, "\(trained)")
            try RefusalTests.expect(65, "the model reads 'offer' of the rows to forecast, too (data.future)", in: folder, .alone, "predict", "run", "sold.csv")
            let plain = try folder.run(.alone, "sold.json", "data.future=[]", "training.epochs=1", "--run-directory", "plain")
            try #require(plain.exitCode == 0, "\(plain)")
            try RefusalTests.expect(
                65, "reads no column of the rows to forecast (data.future)", in: folder, .alone, "predict", "plain", "sold.csv", "--future", "next.csv")
            let export = try folder.run(.alone, "export", "run", "--format", "pytorch", "--output", "out")
            #expect(export.exitCode == 0, "\(export)")
            #expect(try folder.text("out/model.py").contains("def forecast(model: Model, past: Tensor, future: Tensor"))
        }
    }
}
