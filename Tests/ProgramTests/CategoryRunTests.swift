import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("series with categories")
    struct CategoryRunTests {
        /// What is sold in a shop depends on the shop and on the kind of the day, which is known ahead.
        private static func kind(_ day: Int) -> String { ["plain", "market", "holiday"][(day * day + day / 5) % 7 % 3] }
        private static func sold(_ shop: Int, _ day: Int) -> Int { [20, 45, 80][shop] + ["plain": 0, "market": shop == 2 ? -30 : 12, "holiday": -8][kind(day), default: 0] }
        private static func date(_ day: Int) -> String { Date(timeIntervalSince1970: 1_704_067_200 + 86_400 * Double(day)).formatted(.iso8601.year().month().day()) }

        private func prepared() throws -> Folder {
            let folder = try Folder()
            try folder.write(
                """
                {"data": {"kind": "series", "files": "sold.csv", "columns": "sold", "categories": ["shop", "kind"], "future": "kind", "id": "shop",
                  "length": 4, "horizon": 2, "validationFraction": 0.1},
                 "model": {"hidden": 24}, "training": {"batch": 16, "epochs": 30}, "optimizer": {"learningRate": 0.01}}
                """, "sold.json")
            let rows = (0..<3).flatMap { shop in (0..<150).map { "shop \(shop),\(Self.date($0)),\(Self.sold(shop, $0)),\(Self.kind($0))\n" } }
            try folder.write("shop,day,sold,kind\n" + rows.joined(), "sold.csv")
            try folder.write(
                "shop,day,kind\n" + (0..<3).flatMap { shop in (150..<152).map { "shop \(shop),\(Self.date($0)),\(Self.kind($0))\n" } }.joined(), "next.csv")
            return folder
        }

        @Test("a model learns what a category means in each series; ranks, a resume and the binary form change no bit; predict and evaluate know its values")
        func forecast() throws {
            let folder = try prepared()
            defer { folder.remove() }
            let whole = try folder.run(.alone, "sold.json", "--run-directory", "whole")
            try #require(whole.exitCode == 0, "\(whole)")
            for (epochs, launch) in [(11, Launch.ranks(2)), (30, .ranks(4))] {
                let result = try folder.run(launch, "sold.json", "training.epochs=\(epochs)", "--run-directory", "run")
                try #require(result.exitCode == 0, "\(result)")
            }
            #expect(try folder.weights() == folder.weights("whole"))
            let prepared = try folder.run(.alone, "prepare", "sold.json")
            try #require(prepared.exitCode == 0, "\(prepared)")
            let mapped = try folder.run(.alone, "sold.json", "data.prepared=sold.prepared", "--run-directory", "mapped")
            #expect(mapped.exitCode == 0, "\(mapped)")
            #expect(try folder.weights("mapped") == folder.weights("whole"))
            let answers = try folder.run(.alone, "predict", "run", "sold.csv", "--future", "next.csv")
            let rows = answers.output.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
            try #require(rows.count == 7, "\(answers)")
            for (place, row) in rows.dropFirst().enumerated() {
                let (shop, day) = (place / 2, 150 + place % 2)
                let sold = try #require(row.last.flatMap(Double.init))
                #expect(row.contains("shop \(shop)") && abs(sold - Double(Self.sold(shop, day))) < 4, "\(row), \(Self.sold(shop, day))")
            }
            let evaluated = try folder.run(.alone, "evaluate", "run", "--data", "sold.csv", "--json")
            #expect(evaluated.exitCode == 0, "\(evaluated)")
            // Without the categories it can't know.
            let blind = try folder.run(.alone, "sold.json", "data.categories=[]", "data.future=[]", "--run-directory", "blind")
            try #require(blind.exitCode == 0, "\(blind)")
            let errors = try ["run", "blind"].map { run in
                try #require(try JSONValue.parse(Array(folder.run(.alone, "evaluate", run, "--json").output.utf8))["meanSquaredError"]?.realValue)
            }
            #expect(errors[0] < errors[1] / 2, "\(errors)")
            let export = try folder.run(.alone, "export", "run", "--format", "pytorch", "--output", "out")
            #expect(export.exitCode == 0, "\(export)")
            #expect(try folder.text("out/model.py").contains("def forecast(model: Model, past: Tensor, future: Tensor"))
            let card = try folder.text("out/README.md")
            #expect(card.contains("in this order: `sold`, `shop=shop 0`, `shop=shop 1`, `shop=shop 2`, `kind=holiday`, `kind=market`, `kind=plain`."), "\(card)")
            #expect(card.contains("Of `kind=holiday`, `kind=market`, `kind=plain` each row has the value 2 rows later."), "\(card)")
        }

        @Test("init takes columns of text with few values, and the configuration trains")
        func initialized() throws {
            let folder = try prepared()
            defer { folder.remove() }
            let written = try folder.run(.alone, "init", "sold.csv", "--output", "own.json")
            try #require(written.exitCode == 0 && written.output.contains("data.categories: each value of kind is an input of its own"), "\(written)")
            #expect(try folder.text("own.json").contains("\"categories\""))
            let result = try folder.run(.alone, "own.json", "training.epochs=1", "--run-directory", "own")
            #expect(result.exitCode == 0, "\(result)")
        }
    }
}
