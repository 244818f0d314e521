import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("metrics.prom")
    struct PrometheusTests {
        /// Gauges that aren't numbers of the metrics.
        private static let others: Set<String> = ["step", "steps", "epoch", "seconds_left", "phase_seconds"]

        @Test("it has the latest line's metrics, parses, and names the run literally", arguments: [("run", 1), ("a \"run\" \\ of mine", 2), ("a\r\nb", 1)])
        func newest(run: String, rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            for steps in [20, 50] {
                let result = try folder.train(.text, "training.steps=\(steps)", "log.everySteps=3", into: run, on: Launch(rankCount))
                try #require(result.exitCode == 0, "\(result)")
                try expectFigures(of: try #require(folder.metrics(run).last), in: PrometheusText(folder.text("\(run)/metrics.prom")), run: run, steps: steps)
            }
        }

        private func expectFigures(of line: JSONValue, in text: PrometheusText, run: String, steps: Int) throws {
            #expect(text.samples.allSatisfy { $0.labels["run"] == run && $0.name.hasPrefix("lstm_train_") })
            #expect(text.families.allSatisfy { $0.help.hasSuffix(".") })
            func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
                text.samples.first { $0.name == "lstm_train_" + name && $0.labels == labels.merging(["run": run]) { $1 } }?.value
            }
            #expect(value("step") == Double(steps) && line["step"]?.integerValue == steps && value("steps") == Double(steps))
            #expect(value("epoch") == line["epoch"]?.realValue && value("seconds_left") == 0)
            var names = Self.others
            for member in try #require(line.objectValue) where !["step", "epoch", "phaseSeconds", "resumedFromStep", "sample"].contains(member.key) {
                let name = member.key.replacing(/[A-Z]/) { "_" + $0.output.lowercased() }
                #expect(value(name) == member.value.realValue, "\(name)")
                names.insert(name)
            }
            #expect(names.isSuperset(of: ["validation_loss", "validation_accuracy", "learning_rate", "gradient_norm", "time_steps_per_second"]))
            #expect(Set(text.families.map(\.name)) == Set(names.map { "lstm_train_" + $0 }))
            for phase in try #require(line["phaseSeconds"]?.objectValue) {
                for (rank, seconds) in try #require(phase.value.arrayValue).compactMap(\.realValue).enumerated() {
                    // The metrics round to a microsecond.
                    let found = value("phase_seconds", ["phase": phase.key, "rank": "\(rank)"]) ?? .nan
                    #expect(abs(found - seconds) <= 1e-6, "\(phase.key) of rank \(rank)")
                }
            }
        }

        @Test("a run has none if it is turned off")
        func unwanted() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            #expect(try folder.train(.reber, "training.steps=2", "log.prometheus=false", "log.tensorBoard=false").exitCode == 0)
            #expect(folder.names(in: "run").allSatisfy { !$0.hasSuffix(".prom") && !$0.hasPrefix("events") })
        }

        @Test(
            "the test's own parser rejects invalid files",
            arguments: [
                "x 1", "x 1\n", "# HELP x a\n# TYPE x gauge\nx 1 2\n", "# HELP x a\n# TYPE x gauge\nx one\n", "# HELP x a\n# TYPE x gauge\nx{a=\"1} 1\n",
                "# HELP x a\n# TYPE x gauge\nx{a=\"\\t\"} 1\n", "# HELP x a\n# TYPE x gauge\nx 1\nx 2\n", "# HELP x a\n# TYPE x gauge\ny 1\n",
                "# HELP 1x a\n# TYPE 1x gauge\n1x 1\n", "# HELP x a\n# TYPE x gauge\n# HELP x a\n# TYPE x gauge\nx 1\n", "# HELP x a\n# TYPE x gauge\nx inf\n",
            ])
        func reader(text: String) throws {
            #expect(throws: PrometheusText.Fault.self) { try PrometheusText(text) }
            #expect(try PrometheusText("# HELP x a\n# TYPE x gauge\nx{a=\"\\\"\\\\\\n\",b=\"\"} -1.5e-7\n").samples == [
                PrometheusText.Sample(name: "x", labels: ["a": "\"\\\n", "b": ""], value: -1.5e-7)
            ])
        }
    }
}
