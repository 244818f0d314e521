import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("forecasts beyond data.horizon")
    struct LongForecastTests {
        private static func date(_ day: Int) -> String {
            Date(timeIntervalSince1970: 1_704_067_200 + 86_400 * Double(day)).formatted(.iso8601.year().month().day())
        }

        /// Of two shops, whose sales have weeks, and offers that are known ahead.
        private static func rows(_ days: Range<Int>, sales: (Int, Int) -> String) -> String {
            days.map { day in
                (0..<2).map { shop in "shop \(shop),\(date(day)),\(sales(shop, day)),\((day * day + shop) % 5 == 0 ? 1 : 0)\n" }.joined()
            }.joined()
        }

        private static func sales(_ shop: Int, _ day: Int) -> String { "\(20 * (shop + 1) + 3 * (day % 7) + day * day % 4)" }

        private func prepared(_ more: String = "", training: String = #""steps": 30"#) throws -> Folder {
            let folder = try Folder()
            try folder.write(
                """
                {"data": {"kind": "series", "files": "shops.csv", "columns": ["y", "offer"], "targets": "y", "id": "shop", "scaling": "series", "length": 6,
                  "horizon": 3, "calendar": ["dayOfWeek"], "future": "offer"\(more)},
                 "model": {"hidden": 9}, "training": {"batch": 16, \(training)}}
                """, "shops.json")
            try folder.write("shop,day,y,offer\n" + Self.rows(0..<60, sales: Self.sales), "shops.csv")
            try folder.write("shop,day,y,offer\n" + Self.rows(60..<69) { _, _ in "0" }, "next.csv")
            return folder
        }

        private func table(_ folder: Folder, _ launch: Launch = .alone, _ arguments: String...) throws -> [[String]] {
            let result = try folder.run(launch, ["predict", "run"] + arguments)
            try #require(result.exitCode == 0, "\(result)")
            return result.output.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        }

        @Test(
            "are those of a file to which the forecasts before were added, whatever windows are scaled by",
            arguments: ["", #", "relative": true, "windowScaling": "quartiles""#, #", "windowScaling": "mean", "lag": 4"#, #", "lags": [3, 14], "relative": true"#])
        func chained(more: String) throws {
            let folder = try prepared(more)
            defer { folder.remove() }
            let trained = try folder.run(.alone, "shops.json", "--run-directory", "run")
            try #require(trained.exitCode == 0, "\(trained)")
            let whole = try table(folder, .alone, "shops.csv", "--future", "next.csv", "--rows", "9")
            #expect(whole.count == 19 && whole[0] == ["shop", "ahead", "row", "time", "y"])
            #expect(whole[9][..<4] == ["shop 0", "9", "69", Self.date(68)])
            for step in 0..<3 {
                var said: [String: String] = [:]
                for row in whole.dropFirst() { said[row[0] + row[3]] = row[4] }
                let past = Self.rows(0..<60 + 3 * step) { shop, day in said["shop \(shop)" + Self.date(day)] ?? Self.sales(shop, day) }
                try folder.write("shop,day,y,offer\n" + past, "past.csv")
                try folder.write("shop,day,y,offer\n" + Self.rows(60 + 3 * step..<63 + 3 * step) { _, _ in "0" }, "following.csv")
                let own = try table(folder, .alone, "past.csv", "--future", "following.csv")
                for shop in 0..<2 {
                    let wanted = whole[1 + 9 * shop + 3 * step..<4 + 9 * shop + 3 * step].map { [$0[0], $0[3], $0[4]] }
                    #expect(own[1 + 3 * shop..<4 + 3 * shop].map { [$0[0], $0[3], $0[4]] } == wanted, "step \(step)")
                }
            }
        }

        @Test("of distributions, paths are drawn: the first rows have the model's own quantiles, the others the paths'; the draws depend on the seed alone")
        func paths() throws {
            let folder = try prepared(training: #""epochs": 30, "loss": "gaussian""#)
            defer { folder.remove() }
            let trained = try folder.run(.alone, "shops.json", "--run-directory", "run")
            try #require(trained.exitCode == 0, "\(trained)")
            let short = try table(folder, .alone, "shops.csv", "--future", "next.csv")
            let long = try table(folder, .alone, "shops.csv", "--future", "next.csv", "--rows", "9")
            #expect(long.count == 19 && Array(long[1...3]) == Array(short[1...3]) && Array(long[10...12]) == Array(short[4...6]))
            let keys = ["shops.csv", "--future", "next.csv", "--rows", "9", "--paths", "500", "--write-paths"]
            let results = try [(Launch.alone, "1"), (.ranks(2), "1"), (.alone, "2")].map { try folder.run($0, ["predict", "run"] + keys + ["--seed", $1]).output }
            #expect(results[0] == results[1] && results[0] != results[2])
            let paths = results[0].split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
            #expect(paths.count == 9001 && paths[0] == ["shop", "path", "ahead", "row", "time", "y"] && paths[9][..<4] == ["shop 0", "1", "9", "69"])
            for (shop, ahead) in [(0, 1), (0, 3), (1, 5), (1, 9)] {
                let drawn = try paths.dropFirst().filter { $0[0] == "shop \(shop)" && $0[2] == "\(ahead)" }.map { try #require(Double($0[5])) }.sorted()
                let row = long[9 * shop + ahead].suffix(3).compactMap(Double.init)
                try #require(drawn.count == 500 && row.count == 3)
                // 500 draws lie below the 10 % quantile 50 ± 6.7 times, the default's own 500 draws are these.
                for (level, quantile) in zip([0.1, 0.5, 0.9], row) {
                    let below = drawn.count { $0 <= quantile }
                    #expect(abs(Double(below) - 500 * level) < (ahead > 3 ? 1.5 : 45), "\(below) of 500 are below the quantile at \(level)")
                }
            }
        }

        @Test("what can't be forecast so far is refused, with what to do")
        func refusals() throws {
            let folder = try prepared()
            defer { folder.remove() }
            for (run, override) in [("run", "data.lag=0"), ("unknown", "data.future=[]")] {
                let trained = try folder.run(.alone, "shops.json", override, "training.steps=2", "--run-directory", run)
                try #require(trained.exitCode == 0, "\(trained)")
            }
            func refused(_ code: Int32, _ words: String, _ arguments: String...) throws {
                try RefusalTests.expect(code, words, in: folder, .alone, arguments: ["predict"] + arguments)
            }
            let future = ["--future", "next.csv"]
            try refused(64, "--rows is 8; it must be a multiple of data.horizon of the run, 3, such as 9.", "run", "shops.csv", future[0], future[1], "--rows", "8")
            try refused(64, "--rows is 0; it must be from 1 to 1000000.", "run", "shops.csv", "--rows", "0")
            try refused(65, "it has fewer than 12 rows for the forecast of shops.csv, series 'shop 0'.", "run", "shops.csv", future[0], future[1], "--rows", "12")
            try refused(
                64, "the model reads 'offer', which it doesn't predict: after 3 rows (data.horizon) their values aren't known.", "unknown", "shops.csv", "--rows", "6")
            try refused(64, "--write-paths draws from distributions", "run", "shops.csv", future[0], future[1], "--write-paths")
            try folder.write("a,kind\n1,x\n2,y\n3,x\n4,y\n", "rows.csv")
            try folder.write(
                #"{"data": {"kind": "sequences", "files": "rows.csv", "label": "kind", "validationFraction": 0}, "model": {"hidden": 4}, "training": {"steps": 2, "batch": 2}}"#,
                "rows.json")
            try #require(folder.run(.alone, "rows.json", "--run-directory", "rows").exitCode == 0)
            try refused(64, "--rows goes with models of series; this one is of data.kind \"sequences\". Leave it out.", "rows", "rows.csv", "--rows", "3")
            try refused(64, "--paths goes with models of series", "rows", "rows.csv", "--paths", "3")
        }
    }
}
