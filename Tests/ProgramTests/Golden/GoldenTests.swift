import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    /// What people parse and read of a short run of each kind, held in `Tests/Fixtures/golden`. Figures that depend on the machine are left out.
    /// After a change that is meant: `LSTM_TRAIN_GOLDEN=write launch/test --filter Golden`, and look at the difference.
    @Suite("the names and texts of a run of each kind are those of the golden file")
    struct GoldenTests {
        private static let adding = Work(
            name: "adding",
            configuration: """
                {"data": {"kind": "adding", "length": 12, "trainingExamples": 60, "validationExamples": 20, "testExamples": 20},
                 "model": {"hidden": 8}, "training": {"batch": 20, "epochs": 2}}
                """)
        private static let temporalOrder = Work(
            name: "temporalOrder",
            configuration: """
                {"data": {"kind": "temporalOrder", "length": 20, "trainingExamples": 60, "validationExamples": 20, "testExamples": 20},
                 "model": {"hidden": 8}, "training": {"batch": 20, "epochs": 2}}
                """)

        @Test(arguments: [Work.text, .windows, .series, .reber, adding, temporalOrder, .sequences])
        func names(work: Work) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            let trained = try folder.train(work)
            try #require(trained.exitCode == 0, "\(trained)")
            let evaluated = try folder.run(.alone, "evaluate", "run")
            try #require(evaluated.exitCode == 0, "\(evaluated)")
            let inspected = try folder.run(.alone, "inspect", "run", "--json")
            let sections: [(String, [String])] = [
                ("files of the run", folder.names(in: "run").map { $0.hasPrefix("events.out.tfevents.") ? "events.out.tfevents.N" : $0 }.sorted()),
                ("keys of metrics.jsonl", try Self.metricKeys(folder.text("run/metrics.jsonl"))),
                ("TensorBoard tags", try EventTags(folder.bytes("run/" + #require(folder.names(in: "run").first { $0.hasPrefix("events.") }))).all),
                ("Prometheus names", try folder.text("run/metrics.prom").split(separator: "\n").filter { $0.hasPrefix("#") }.map(String.init)),
                ("keys of inspect --json", Self.keys(of: try JSONValue.parse(Array(inspected.output.utf8)), at: "").sorted()),
                ("training", Self.plain(trained.output)), ("evaluate", Self.plain(evaluated.output)),
            ]
            let found = sections.map { (title: $0, lines: $1.filter { !$0.lowercased().contains("peak") }) }.map { "== \($0.title)\n" + $0.lines.joined(separator: "\n") + "\n" }.joined(separator: "\n")
            let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/golden/\(work.name).txt").standardizedFileURL
            if ProcessInfo.processInfo.environment["LSTM_TRAIN_GOLDEN"] == "write" { try Data(found.utf8).write(to: file) }
            let golden = try String(contentsOf: file, encoding: .utf8)
            let difference = found.split(separator: "\n", omittingEmptySubsequences: false).difference(from: golden.split(separator: "\n", omittingEmptySubsequences: false))
            #expect(difference.isEmpty, "\(difference.map { "\($0)" }.joined(separator: "\n"))")
        }

        /// All keys that any line has, with those of objects in them.
        private static func metricKeys(_ text: String) throws -> [String] {
            Set(try text.split(separator: "\n").flatMap { keys(of: try JSONValue.parse(Array($0.utf8)), at: "") }).sorted()
        }

        private static func keys(of value: JSONValue, at path: String) -> Set<String> {
            if let list = value.arrayValue { return list.reduce(into: []) { $0.formUnion(keys(of: $1, at: path + "[]")) } }
            guard let members = value.objectValue else { return [] }
            return members.reduce(into: []) { found, member in
                let name = path.isEmpty ? member.key : "\(path).\(member.key)"
                found.insert(name)
                found.formUnion(keys(of: member.value, at: name))
            }
        }

        /// Lines without figures, each once: those of progress come as often as the machine is slow.
        private static func plain(_ text: String) -> [String] {
            var lines: [String] = []
            for line in text.split(separator: "\n") {
                let words = line.replacing(/[0-9a-f]{64}/, with: "HASH").replacing(/\d[\d,.]*(e[-+]\d+)?( ?[kMG]B?| B)?/, with: "N")
                    .replacing(/(?:\ N)+\ /, with: " N ").replacing(/\b(ms|s|min|h)\b/, with: "s").replacing("*", with: "")
                    .split(separator: " ").joined(separator: " ")
                if !words.isEmpty, !lines.contains(words) { lines.append(words) }
            }
            // Which phases take a noticeable share of the time, and whether the peak could be measured, differs from run to run.
            return lines.filter { line in !["arithmetic", "group", "time "].contains { line.hasPrefix($0) } && line.wholeMatch(of: /([a-z ]+N %,? ?)+/) == nil }
        }
    }
}
