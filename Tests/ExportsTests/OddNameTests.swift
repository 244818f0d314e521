import Exports
import Foundation
import Runs
import Testing

@Suite("names of runs, files and columns with special characters of Markdown, HTML, YAML or Python")
struct OddNameTests {
    static let names = ["a|b", "<script>alert(1)</script>", "*x*", "`code` ``two``", "line\nend\r\n# two",
        "[a](javascript:b)", "---", "_x_", "# a #", "&lt;", "\"q\": y", "a\\b", "\u{2028}\u{FEFF}"]

    /// A line as rendered Markdown: without backslashes before punctuation.
    private static func shown(_ line: Substring) -> String {
        var text = ""
        var isEscaped = false
        for scalar in line.unicodeScalars {
            if scalar == "\\", !isEscaped { isEscaped = true; continue }
            text.unicodeScalars.append(scalar)
            isEscaped = false
        }
        return text
    }

    private static func card(_ model: ExportedModel) throws -> String {
        let folder = try TemporaryFolder()
        _ = try model.write(.npz, to: folder.path("a"), data: nil, force: false, team: Subjects.team)
        return String(decoding: try folder.bytes("a/README.md"), as: UTF8.self)
    }

    @Test("a run's name is shown literally, in one line, and none of it is interpreted", arguments: names)
    func runs(name: String) throws {
        let card = try Self.card(Subjects.model(name, Subjects.all[0].shape))
        let plain = try Self.card(Subjects.model("plain", Subjects.all[0].shape))
        #expect(card.split(separator: "\n", omittingEmptySubsequences: false).count == plain.split(separator: "\n", omittingEmptySubsequences: false).count)
        let title = try #require(card.split(separator: "\n").first { $0.hasPrefix("# ") && !$0.hasPrefix("# license") })
        let oneLine = String(String.UnicodeScalarView(name.unicodeScalars.map { "\n\r\u{2028}".unicodeScalars.contains($0) ? " " : $0 }))
        #expect(Self.shown(title.dropFirst(2)) == oneLine)
        #expect(!card.contains("<script") || card.contains("\\<script"))
    }

    @Test("odd names of a table, its columns and a run are shown literally in the card, and stay the same in code and YAML")
    func series() throws {
        let folder = try TemporaryFolder()
        let columns = ["<b>saw</b>", "wa|ve", "s`u`m \"*q*\" \\"]
        let rows = (0..<150).map { "\(Double($0 * 37 % 101) / 4),\($0 * $0 % 53),\(Double($0 * 37 % 101) + 2 * Double($0 * $0 % 53))" }
        let header = columns.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",")
        try folder.write(([header] + rows).joined(separator: "\n") + "\n", "a|b *x* <i>.csv")
        let subject = try TrainedSubject(
            #"{"data": {"kind": "series", "files": "FOLDER/a|b *x* <i>.csv", "length": 7}, "model": {"hidden": 6}, "training": {"batch": 16, "steps": 5}}"#,
            in: folder)
        try subject.export(.npz, to: "out", in: folder)
        let card = String(decoding: try folder.bytes("out/README.md"), as: UTF8.self)
        let body = try #require(card.range(of: "\n---\n").map { card[$0.upperBound...] })
        let learned = try #require(body.split(separator: "\n").first { $0.hasPrefix("Learned from ") })
        #expect(learned.hasPrefix("Learned from a\\|b \\*x\\* \\<i\\>.csv: "), "\(learned)")
        for column in columns { #expect(Self.shown(learned).contains(column), "\(learned)") }
        try Self.checkPython(folder, columns: columns, dataset: subject.data.description)
    }

    /// Lets Python parse the code, and, if it has a yaml module, the card's header.
    private static func checkPython(_ folder: TemporaryFolder, columns: [String], dataset: String) throws {
        let script = """
            import ast, json, sys
            wanted = json.load(open("wanted.json"))
            ast.parse(open("out/model.py").read())
            found = [column["name"] for column in json.load(open("out/statistics.json"))["columns"]]
            assert found == wanted["columns"], found
            try:
                import yaml
            except ImportError:
                sys.exit(0)
            head = yaml.safe_load(open("out/README.md").read().split("\\n---\\n")[0])
            assert head["model-index"][0]["results"][0]["dataset"]["name"] == wanted["dataset"], head
            """
        try folder.write(script, "check.py")
        let wanted = try JSONSerialization.data(withJSONObject: ["columns": columns, "dataset": dataset])
        try folder.write(String(decoding: wanted, as: UTF8.self), "wanted.json")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "check.py"]
        process.currentDirectoryURL = URL(filePath: folder.path("."))
        try process.run()
        process.waitUntilExit()
        // 127: Python isn't installed.
        #expect([0, 127].contains(process.terminationStatus))
    }
}
