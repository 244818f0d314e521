import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("series with missing values that are masked")
    struct MissingValuesRunTests {
        /// Every tenth hour or so both columns lack a value; y is what x was two hours before.
        private static func x(_ hour: Int) -> Int { hour * hour * 7 % 41 }
        private static func lacks(_ hour: Int) -> Bool { hour * hour % 19 == 5 }
        private static func row(_ hour: Int) -> String { "\(lacks(hour) ? "" : "\(x(hour - 2))"),\(lacks(hour + 3) ? "" : "\(x(hour))")\n" }

        private func prepared() throws -> Folder {
            let folder = try Folder()
            try folder.write(
                """
                {"data": {"kind": "series", "files": "hours.csv", "columns": ["y", "x"], "targets": "y", "length": 4, "horizon": 1, "missing": "mask", "validationFraction": 0.2},
                 "model": {"hidden": 24}, "training": {"batch": 16, "epochs": 40}, "optimizer": {"learningRate": 0.01}}
                """, "hours.json")
            try folder.write("y,x\n" + (2..<402).map(Self.row).joined(), "hours.csv")
            return folder
        }

        private func answer(_ folder: Folder, _ arguments: String...) throws -> JSONValue {
            let result = try folder.run(.alone, arguments + ["--json"])
            try #require(result.exitCode == 0, "\(result)")
            return try JSONValue.parse(Array(result.output.utf8))
        }

        @Test("ranks, a resume and the binary form change no bit; the model is judged by the known values, and learns more than from filled ones")
        func masked() throws {
            let folder = try prepared()
            defer { folder.remove() }
            let whole = try folder.run(.alone, "hours.json", "--run-directory", "whole")
            try #require(whole.exitCode == 0 && whole.output.contains("values are missing in"), "\(whole)")
            for (epochs, launch) in [(11, Launch.ranks(2)), (40, .ranks(4))] {
                let result = try folder.run(launch, "hours.json", "training.epochs=\(epochs)", "--run-directory", "run")
                try #require(result.exitCode == 0, "\(result)")
            }
            #expect(try folder.weights() == folder.weights("whole"))
            #expect(try folder.run(.alone, "prepare", "hours.json").exitCode == 0)
            let mapped = try folder.run(.alone, "hours.json", "data.prepared=hours.prepared", "--run-directory", "mapped")
            #expect(mapped.exitCode == 0, "\(mapped)")
            #expect(try folder.weights("mapped") == folder.weights("whole"))
            let evaluated = try answer(folder, "evaluate", "run")
            // Of the last 80 of 400 rows.
            let known = (322..<402).count { !Self.lacks($0) }
            #expect(evaluated["targets"]?.integerValue == known && known < 80, "\(evaluated)")
            let filled = try folder.run(.alone, "hours.json", "data.missing=fill", "--run-directory", "filled")
            try #require(filled.exitCode == 0, "\(filled)")
            // A whole file without gaps judges both.
            try folder.write("y,x\n" + (500..<600).map { "\(Self.x($0 - 2)),\(Self.x($0))\n" }.joined(), "whole.csv")
            let errors = try ["run", "filled"].map { try #require(try answer(folder, "evaluate", $0, "--data", "whole.csv")["meanSquaredError"]?.realValue) }
            #expect(errors[0] < errors[1], "\(errors)")
            let page = try folder.run(.alone, "report", "run")
            let report = try folder.text("run/report.html")
            #expect(page.exitCode == 0 && report.firstMatch(of: /[ ",>]-?nan[ ",<]/) == nil, "\(page)")
        }

        @Test("a forecast follows rows with gaps, also at the end")
        func predicted() throws {
            let folder = try prepared()
            defer { folder.remove() }
            try #require(try folder.run(.alone, "hours.json", "--run-directory", "run").exitCode == 0)
            try folder.write("x,y\n" + (600..<610).map { "\(Self.x($0)),\($0 % 3 == 0 ? "" : "\(Self.x($0 - 2))")\n" }.joined(), "next.csv")
            let result = try folder.run(.alone, "predict", "run", "next.csv")
            let rows = result.output.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
            let forecast = try #require(rows.last?.last.flatMap(Double.init), "\(result)")
            #expect(abs(forecast - Double(Self.x(608))) < 12, "\(forecast), \(Self.x(608))")
        }
    }
}
