import Foundation
import Reports
import Testing

/// The page of a model of labels that are on or off.
@Suite("Reports of labels")
struct LabelReportTests {
    /// "twice" is on at every second step, "<never>" in the first sequences alone, so that training has it and the test part at the end doesn't.
    private static let rows = (0..<60).map { row in
        "{\"x\": [\((0..<4).map { "\(row * 7 % 5 + $0)" }.joined(separator: ", "))], "
            + "\"on\": [\((0..<4).map { step in "[" + ((step + row) % 2 == 0 ? ["\"twice\""] : []).joined() + "]" }.joined(separator: ", "))]}\n"
    }
    private static let sets = (0..<40).map { first in (first..<first + 5).map { ["<a>", "<a>,b", "-", "c"][$0 % 4] }.joined(separator: " ") + "\n" }.joined()

    private func cells(_ html: String, _ title: String) throws -> [String] {
        let row = try #require(html.matches(of: /<tr>(.*?)<\/tr>/).map { String($0.1) }.first { $0.contains(">\(title)</th>") }, "\(title)")
        return row.matches(of: /<td[^>]*>(.*?)<\/td>/).map { String($0.1) }
    }

    @Test("the next set's page has figures of each label, a piano roll, the worst time steps with their lines, and a sequence that the model writes")
    func next() throws {
        let run = try TestRun(
            """
            {"data": {"kind": "sequences", "format": "sets", "files": "FOLDER/sets.txt", "target": "next", "validationFraction": 0.25}, "model": {"hidden": 7},
             "training": {"batch": 10, "steps": 12}, "optimizer": {"learningRate": 0.02}}
            """, files: ["sets.txt": Self.sets])
        defer { run.remove() }
        let report = try Report(runs: [run.path], team: TestRun.team)
        #expect(report.faults.isEmpty && Set(report.pictures.map(\.name)).isSuperset(of: ["labels", "written"]))
        let lines = Self.sets.split(separator: "\n").map { $0.split(separator: " ") }
        // Each row: on, named, precision, recall, F1, loss.
        let labels = try ["&lt;a&gt;", "b", "c"].map { try cells(report.html, $0) }
        let (on, named) = (try labels.map { try #require(Int($0[0])) }, try labels.map { try #require(Int($0[1])) })
        #expect(try cells(report.html, "all labels together").prefix(2) == ["\(on.reduce(0, +))", "\(named.reduce(0, +))"])
        // 10 sequences of 4 targets, each label in one or two of four sets.
        #expect(report.html.contains("40 time steps of the validation part.") && (18...22).contains(on[0]) && (8...12).contains(on[1]))
        let loss = try labels.map { try #require(Double($0[5])) }.reduce(0, +)
        let whole = try #require(Double(try cells(report.html, "loss, nats a time step")[0]))
        #expect(abs(loss - whole) < 2e-3 * whole)
        let worst = report.html.matches(of: /<tr><th scope="row">line (\d+)<\/th><td[^>]*>(\d+)<\/td><td[^>]*>(.*?)<\/td>/)
        #expect(worst.count == 10)
        for match in worst {
            let (line, step) = (try #require(Int(match.1)), try #require(Int(match.2)))
            let set = match.3 == "none" ? "-" : match.3.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing(", ", with: ",")
            #expect(lines[line - 1][step - 1] == set)
        }
        let sample = try #require(report.html.firstMatch(of: /<pre>(.*?)<\/pre>/)?.1)
        #expect(sample.split(separator: " ").count == 100)
    }

    @Test("labels of other inputs have the same but for what is written; without its data the page says so")
    func multiLabel() throws {
        let run = try TestRun(
            """
            {"data": {"kind": "sequences", "files": "FOLDER/on.jsonl", "label": "on", "columns": ["x"], "target": "multiLabel", "validationFraction": 0.25},
             "model": {"hidden": 7}, "training": {"batch": 10, "steps": 12}}
            """, files: ["on.jsonl": Self.rows.joined()])
        defer { run.remove() }
        let report = try Report(runs: [run.path], team: TestRun.team)
        #expect(report.pictures.contains { $0.name == "labels" } && !report.html.contains("What it writes"))
        #expect(try cells(report.html, "twice")[0] == "30" && report.html.contains("60 time steps of the validation part."))
        let worst = report.html.matches(of: /<tr><th scope="row">line (\d+)<\/th><td[^>]*>(\d+)<\/td><td[^>]*>(.*?)<\/td>/)
        #expect(worst.count == 10)
        for match in worst {
            let (line, step) = (try #require(Int(match.1)), try #require(Int(match.2)))
            #expect(((line - 1 + step - 1) % 2 == 0 ? "twice" : "none") == match.3)
        }
        try FileManager.default.removeItem(at: run.folder.appending(path: "on.jsonl"))
        let rest = try Report(runs: [run.path], team: TestRun.team)
        #expect(rest.faults.count == 1 && rest.html.contains("Predictions are missing"))
    }
}
