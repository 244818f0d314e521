import Charts
import Foundation
import Reports
import Runs
import Testing
import XMLElements

@Suite("Reports")
struct ReportTests {
    private func report(_ paths: String...) throws -> (report: Report, page: XMLElements) {
        let report = try Report(runs: paths, team: TestRun.team)
        // HTML's document type declaration isn't XML.
        return (report, try XMLElements(String(report.html.dropFirst("<!DOCTYPE html>\n".count))))
    }

    /// Checks every page: it loads nothing, ids are unique, each picture is on it and well-formed by itself, links have targets.
    private func checkPage(_ report: Report, _ page: XMLElements) throws {
        #expect(!["script", "img", "link", "iframe", "object", "embed", "image", "use", "foreignObject"].contains { page.names.contains($0) })
        let outward = report.html.replacing("http://www.w3.org/1999/xhtml", with: "")
        #expect(!outward.contains("http:") && !outward.contains("https:") && !outward.contains("url(") && !outward.contains("@import"))
        #expect(report.html.contains("default-src 'none'"))
        let ids = page.allAttributes.compactMap { $0["id"] }
        #expect(Set(ids).count == ids.count, "\(ids.sorted())")
        for place in page.attributes("a") { #expect(ids.contains(String(place["href"]?.dropFirst() ?? "")), "\(place)") }
        for place in page.attributes("label") { #expect(ids.contains(place["for"] ?? ""), "\(place)") }
        #expect(page.attributes("svg").count == report.pictures.count && Set(report.pictures.map(\.name)).count == report.pictures.count)
        for picture in report.pictures { _ = try XMLElements(picture.picture.file) }
        // Each of several pictures of a place is shown when it is chosen.
        for view in page.attributes("div").compactMap({ $0["class"] }).filter({ $0.hasPrefix("view view-") }) {
            #expect(report.html.contains("~.\(view.dropFirst("view ".count))"), "\(view)")
        }
    }

    @Test("of several series each of the first has a picture that can be chosen")
    func manySeries() throws {
        let rows = (0..<30).flatMap { row in (0..<14).map { "shop \($0),\(row * ($0 + 2) % 17)" } }
        let run = try TestRun(
            #"{"data": {"kind": "series", "files": "FOLDER/shops.csv", "id": "shop", "columns": "y", "length": 4, "horizon": 2, "validationRows": 6},"#
                + #" "model": {"hidden": 5}, "training": {"batch": 20, "steps": 4}}"#, files: ["shops.csv": "shop,y\n" + rows.joined(separator: "\n") + "\n"])
        defer { run.remove() }
        let (report, page) = try report(run.path)
        try checkPage(report, page)
        #expect(page.attributes("div").count { $0["class"]?.hasPrefix("view view-") == true } == 12)
        #expect(page.attributes("figure").contains { $0["class"] == "choice many" } && report.html.contains("shop 11"))
    }

    @Test("a text run's page has its curves, generated text, model and configuration")
    func text() throws {
        let run = try TestRun(TestRun.text, files: ["text.txt": TestRun.prose])
        defer { run.remove() }
        let (report, page) = try report(run.path)
        try checkPage(report, page)
        #expect(report.faults.isEmpty && report.usualPath == run.path + "/report.html")
        #expect(page.texts("h2") == ["Result", "Curves", "What it writes", "Time", "Model", "Configuration"])
        #expect(Set(report.pictures.map(\.name)).isSuperset(of: ["loss", "accuracy", "learning-rate", "gradient-norm", "speed"]))
        // Samples from training, and text generated now.
        #expect(page.texts("pre").count >= 2 && page.texts("pre").allSatisfy { $0.count > 100 })
        #expect(!report.html.contains("have no phaseSeconds") && report.html.contains("rnn, layer 2"))
        #expect(page.texts("dd").contains { $0.contains("text.txt") && $0.contains("characters") })
        // 4·9·(symbols + 9 + 2), the second layer's, the head's.
        let symbolCount = Set(TestRun.prose.unicodeScalars).count
        #expect(page.texts("dd").contains("\(4 * 9 * (symbolCount + 11) + 4 * 9 * 20 + symbolCount * 10)".grouped))
    }

    @Test("generated text, and names of files and columns, are never markup")
    func hostile() throws {
        let attack = "</pre><script>alert(1)</script><img src=x onerror=alert(2)>\u{1B}]0;x\u{7}\u{202E}"
        let name = "a<script>&\"'"
        let run = try TestRun(TestRun.text.replacing("text.txt", with: "<b>&amp;.txt"), files: ["<b>&amp;.txt": TestRun.prose], name: name)
        defer { run.remove() }
        let sample = attack.unicodeScalars.map { $0.value < 0x20 ? "\\u00" + ($0.value < 16 ? "0" : "") + String($0.value, radix: 16) : String($0) }.joined()
            .replacing("\"", with: "\\\"")
        try run.writeMetrics([
            "{\"step\":2,\"epoch\":1,\"loss\":3.5,\"validationLoss\":3.25,\"sample\":\"\(sample)\",\"elapsedSeconds\":1}",
            "{\"step\":4,\"epoch\":1,\"loss\":3,\"phaseSeconds\":{\"<script>\":[1,2]},\"elapsedSeconds\":2}",
        ])
        let (report, page) = try report(run.path)
        try checkPage(report, page)
        #expect(page.texts("pre").last?.hasPrefix("</pre><script>alert(1)</script>") == true)
        #expect(page.texts("h1") == [name])
        #expect(page.texts("dd").contains { $0.hasPrefix("<b>&amp;.txt: ") })
    }

    @Test("a series' page has forecasts with bands and errors; without its data everything else, and the reason")
    func series() throws {
        let run = try TestRun(TestRun.series, files: ["series.csv": TestRun.table])
        defer { run.remove() }
        let (whole, wholePage) = try report(run.path)
        try checkPage(whole, wholePage)
        #expect(Set(whole.pictures.map(\.name)).isSuperset(of: ["forecast-1", "forecast-1-1-ahead", "forecast-2", "error-by-lead", "residuals"]))
        #expect(wholePage.texts("title").contains("b<i>, 2 rows ahead") && wholePage.attributes("polygon").count == 4)
        try FileManager.default.removeItem(at: run.folder.appending(path: "series.csv"))
        let (rest, restPage) = try report(run.path)
        try checkPage(rest, restPage)
        #expect(rest.faults.count == 1 && rest.faults[0].contains("series.csv"))
        #expect(restPage.texts("p").contains { $0.hasPrefix("Predictions are missing") && $0.contains("series.csv") })
        #expect(restPage.texts("h2") == wholePage.texts("h2"))
        #expect(Set(rest.pictures.map(\.name)).isSuperset(of: ["loss", "gradient-norm"]) && !rest.pictures.contains { $0.name.hasPrefix("forecast") })
    }

    @Test("forecasts are above the dates of the forecast rows, or above their numbers if there are no dates")
    func dates() throws {
        let dates = (0..<150).map { "20\(10 + $0 / 12)-\($0 % 12 < 9 ? "0" : "")\($0 % 12 + 1)-01" }
        let lines = TestRun.table.split(separator: "\n")
        let dated = (["month,\(lines[0])"] + zip(dates, lines.dropFirst()).map { "\($0),\($1)" }).joined(separator: "\n")
        let configuration = TestRun.series.replacing("\"length\": 5", with: "\"columns\": [\"a\", \"b<i>\"], \"length\": 5")
        for (table, wanted) in [(dated, dates[140]), (TestRun.table, "140")] {
            let run = try TestRun(configuration, files: ["series.csv": table])
            defer { run.remove() }
            let picture = try #require(try report(run.path).report.pictures.first { $0.name == "forecast-1" })
            let texts = try XMLElements(picture.picture.file).texts("text")
            #expect(texts.contains(wanted), "\(texts)")
            #expect(texts.contains("row of the table") == (table == TestRun.table))
        }
    }

    @Test("a classifier's page has a confusion matrix of its test part, whose rows are the classes' sequences")
    func classification() throws {
        let run = try TestRun(
            """
            {"data": {"kind": "temporalOrder", "length": 10, "trainingExamples": 60, "validationExamples": 0, "testExamples": 40},
             "model": {"hidden": 5}, "training": {"batch": 20, "epochs": 2}}
            """)
        defer { run.remove() }
        let (report, page) = try report(run.path)
        try checkPage(report, page)
        #expect(report.pictures.contains { $0.name == "confusion" })
        #expect(page.texts("p").contains { $0.hasPrefix("40 sequences of the test part") })
        #expect(page.texts("dd").contains("the run has no validation"))
    }

    @Test("pages of the generated tasks evaluate the predictions", arguments: ["embeddedReber", "adding"])
    func generated(kind: String) throws {
        let run = try TestRun(
            """
            {"data": {"kind": "\(kind)", "trainingExamples": 60, "validationExamples": 20, "testExamples": 20},
             "model": {"hidden": 5}, "training": {"batch": 20, "epochs": 1}}
            """)
        defer { run.remove() }
        let (report, page) = try report(run.path)
        try checkPage(report, page)
        if kind == "adding" {
            #expect(Set(report.pictures.map(\.name)).isSuperset(of: ["predictions", "residuals"]))
        } else {
            #expect(page.texts("td").contains { $0.hasSuffix("yes") || $0.hasSuffix("no") } && page.texts("dt").contains("grammatical"))
        }
    }

    @Test("several runs are compared: results side by side, curves overlaid, differing keys, and a note on equal weights")
    func comparison() throws {
        let first = try TestRun(TestRun.text, files: ["text.txt": TestRun.prose], name: "first")
        let second = try TestRun(TestRun.text.replacing("\"hidden\": 9", with: "\"hidden\": 11"), files: ["text.txt": TestRun.prose], name: "second")
        let third = try TestRun(TestRun.text, files: ["text.txt": TestRun.prose], name: "first")
        defer { for run in [first, second, third] { run.remove() } }
        let (two, twoPage) = try report(first.path, second.path)
        try checkPage(two, twoPage)
        #expect(two.usualPath == "report.html")
        #expect(twoPage.texts("th").filter { $0 == "first" || $0 == "second" }.count == 4)
        #expect(twoPage.texts("th").contains("model.hidden") && !twoPage.texts("th").contains("model.layers"))
        #expect(Set(two.pictures.map(\.name)).isSuperset(of: ["loss", "loss-steps-log", "loss-time", "validation-loss", "accuracy"]))
        #expect(!twoPage.texts("p").contains { $0.hasPrefix("The same weights") })
        let (twins, twinsPage) = try report(first.path, third.path)
        try checkPage(twins, twinsPage)
        #expect(twinsPage.texts("p").contains("The same weights, bit for bit: \(first.path), \(third.path)."))
    }

    @Test("a page of a hundred thousand lines is small")
    func bounded() throws {
        let run = try TestRun(TestRun.text, files: ["text.txt": TestRun.prose])
        defer { run.remove() }
        let sample = String(repeating: "x", count: 200)
        try run.writeMetrics((1...100_000).map { step in
            let noise = Double(step * 7919 % 1009) / 1009
            return "{\"step\":\(step),\"epoch\":1,\"loss\":\(1 + noise),\"gradientNorm\":\(0.1 + noise),\"learningRate\":0.001,\"timeStepsPerSecond\":\(1e5 * (1 + noise)),"
                + "\"validationLoss\":\(2 - noise),\"elapsedSeconds\":\(step),\"sample\":\"\(sample)\"}"
        })
        let report = try Report(runs: [run.path], team: TestRun.team)
        #expect(report.html.utf8.count < 1_000_000)
        #expect(report.html.contains("step 100,000"))
    }

    @Test("a page and its pictures are written, those of an earlier page removed, and a link in their place is rejected")
    func files() throws {
        let run = try TestRun(TestRun.text, files: ["text.txt": TestRun.prose])
        defer { run.remove() }
        let (report, _) = try report(run.path)
        let manager = FileManager.default
        try manager.createDirectory(atPath: run.path + "/report-svg", withIntermediateDirectories: true)
        for name in ["mine.svg", "mine.txt"] { try Data("<svg/>".utf8).write(to: URL(filePath: run.path + "/report-svg/" + name)) }
        try Data(report.pictures[0].picture.file.utf8).write(to: URL(filePath: run.path + "/report-svg/old.svg"))
        let outside = run.folder.appending(path: "outside").path
        try Data("mine".utf8).write(to: URL(filePath: outside))
        try manager.createSymbolicLink(atPath: run.path + "/report.html", withDestinationPath: outside)
        #expect(throws: ReportError.output(.link(path: run.path + "/report.html"))) { try report.write(to: run.path + "/report.html") }
        #expect(try manager.contentsOfDirectory(atPath: run.path + "/report-svg").count == 3)
        try manager.removeItem(atPath: run.path + "/report.html")
        #expect(try report.write(to: run.path + "/report.html") == run.path + "/report-svg")
        #expect(try String(contentsOfFile: run.path + "/report.html", encoding: .utf8) == report.html)
        #expect(try String(contentsOfFile: outside, encoding: .utf8) == "mine")
        let names = try manager.contentsOfDirectory(atPath: run.path + "/report-svg").sorted()
        #expect(names == (report.pictures.map { $0.name + ".svg" } + ["mine.svg", "mine.txt"]).sorted())
        try manager.removeItem(atPath: run.path + "/report-svg")
        try manager.createSymbolicLink(atPath: run.path + "/report-svg", withDestinationPath: run.folder.path)
        #expect(throws: ReportError.output(.link(path: run.path + "/report-svg"))) { try report.write(to: run.path + "/report.html") }
        #expect { try report.write(to: outside + "/a/report.html") } throws: { "\($0)".contains("can't write \(outside)/a/report-svg: ") }
        #expect(try manager.contentsOfDirectory(atPath: run.path).allSatisfy { !$0.hasSuffix(".draft") })
    }
}

extension String {
    /// With thousands separators.
    fileprivate var grouped: String {
        String(reversed().enumerated().flatMap { place, digit in place > 0 && place % 3 == 0 ? [",", digit] : [digit] }.reversed())
    }
}
