import Foundation
import Reports
import Testing

/// The page of a classifier.
@Suite("Reports of classes")
struct ClassReportTests {
    private static let configuration = """
        {"data": {"kind": "sequences", "files": "FOLDER/texts.csv", "label": "kind", "text": "text", "validationFraction": 0.4},
         "model": {"hidden": 7, "embedding": 4}, "training": {"batch": 10, "steps": 12}, "optimizer": {"learningRate": 0.02}}
        """
    /// Rows of two classes, in lines 2 to 61.
    private static let rows = (0..<60).map { row in (text: "\(row * 37 % 91) a<b", kind: row % 3 == 0 ? "<rare>" : "usual") }

    @Test("a classifier's page has its metrics beside the baseline's, the figures of each class, and the worst predictions with their lines and texts")
    func classes() throws {
        let file = "text,kind\n" + Self.rows.map { "\($0.text),\($0.kind)\n" }.joined()
        let run = try TestRun(Self.configuration, files: ["texts.csv": file])
        defer { run.remove() }
        let report = try Report(runs: [run.path], team: TestRun.team)
        #expect(report.pictures.contains { $0.name == "confusion" })
        func cells(_ title: String) throws -> [Double?] {
            let row = try #require(report.html.matches(of: /<tr>(.*?)<\/tr>/).map { String($0.1) }.first { $0.contains(">\(title)</th>") }, "\(title)")
            return row.matches(of: /<td[^>]*>(.*?)<\/td>/).map { Double($0.1) }
        }
        // 8 and 16 sequences.
        #expect(try cells("accuracy").last == 0.6667 && cells("ROC AUC").last == 0.5 && cells("balanced accuracy").count == 2)
        #expect(try cells("&lt;rare&gt;").last == 8 && cells("usual").last == 16 && cells("macro average").last == 24)

        let worst = report.html.matches(of: /<tr><th scope="row">line (\d+)<\/th><td>(.*?)<\/td>(.*?)<\/tr>/)
        #expect(worst.count == 10)
        var losses: [Double] = []
        for match in worst {
            let row = Self.rows[try #require(Int(match.1)) - 2]
            #expect(match.2.replacing("&lt;", with: "<").replacing("&gt;", with: ">") == row.kind)
            let others = match.3.matches(of: /<td[^>]*>(.*?)<\/td>/).map { String($0.1) }
            #expect(others.count == 4 && others.last == row.text.replacing("<", with: "&lt;"))
            let (probability, loss) = (try #require(Double(others[1])), try #require(Double(others[2])))
            #expect(abs(exp(-loss) - probability) < 1e-3)
            losses.append(loss)
        }
        #expect(losses == losses.sorted(by: >))
    }
}
