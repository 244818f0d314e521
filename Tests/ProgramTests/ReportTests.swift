import Foundation
import Testing

extension ProgramTests {
    @Suite("report and gates")
    struct ReportTests {
        @Test("report writes a page and its pictures into the run, for each kind of data, and changes nothing else", arguments: Work.all)
        func report(work: Work) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            try folder.train(work)
            let before = try folder.contents()
            let result = try folder.run(.alone, "report", "run")
            #expect(result.exitCode == 0 && result.errorOutput.isEmpty, "\(result)")
            #expect(result.output.hasPrefix("report      run/report.html, ") && result.output.contains("SVG files in run/report-svg\n"), "\(result)")
            let page = try folder.text("run/report.html")
            let hash = try folder.weights().sha256
            #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains(hash))
            #expect(folder.names(in: "run/report-svg").contains("loss.svg"))
            #expect(try folder.contents().filter { !$0.key.hasPrefix("run/report") } == before)
        }

        @Test("a run without validation, and one whose data are missing, have a page too, which says what is missing")
        func missing() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.series.prepare(in: folder)
            try folder.train(.series, "data.validationFraction=0")
            #expect(try folder.run(.alone, "report", "run").exitCode == 0)
            #expect(try folder.text("run/report.html").contains("neither a validation nor a test part"))
            try FileManager.default.removeItem(at: folder.url.appending(path: "series.csv"))
            let result = try folder.run(.alone, "report", "run")
            #expect(result.exitCode == 0 && result.errorOutput.hasPrefix("lstm-train: without predictions: run: "), "\(result)")
            #expect(try folder.text("run/report.html").contains("Predictions are missing"))
        }

        @Test("several runs are compared on a page in the working directory, or at the path of --output")
        func comparison() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.train(.text, "training.steps=20", into: "a")
            try folder.train(.text, "training.steps=20", "model.hidden=8", into: "b")
            #expect(try folder.run(.alone, "report", "a", "b").output.contains("report      report.html, "))
            #expect(try folder.text("report.html").contains("model.hidden"))
            #expect(try folder.run(.alone, "report", "a", "b/checkpoints/step-00000020", "--output", "new/page.html").exitCode == 0)
            #expect(folder.exists("new/page.html") && folder.names(in: "new/page-svg").contains("validation-loss.svg"))
            let lost = try folder.run(.alone, "report", "a", "c")
            #expect(lost.exitCode == 66 && lost.errorOutput.contains("c is not a run directory"), "\(lost)")
            let unwritable = try folder.run(.alone, "report", "a", "--output", "text.txt/page.html")
            #expect(unwritable.exitCode == 74 && unwritable.errorOutput.contains("can't write text.txt/page-svg"), "\(unwritable)")
        }

        @Test("gates draws a text or a row, and names the units with the longest memory")
        func gates() throws {
            let folder = try Folder()
            defer { folder.remove() }
            for work in [Work.text, .series, .reber] {
                try work.prepare(in: folder)
                try folder.train(work, into: work.name)
            }
            let text = try folder.run(.alone, "gates", "text", "--text", "the cat\n", "--layer", "1", "--units", "0,5")
            #expect(text.exitCode == 0 && text.output.hasPrefix("gates       text/gates.svg\nlayer       1 of 2, over 8 time steps; units 0, 5\n"), "\(text)")
            #expect(text.output.split(separator: "\n").count { $0.hasPrefix("  unit ") && $0.hasSuffix(" steps") } == 5, "\(text)")
            #expect(try folder.text("text/gates.svg").contains("↵"))
            #expect(try folder.run(.alone, "gates", "series", "--row", "3", "--output", "a.html").exitCode == 0)
            #expect(try folder.text("a.html").contains("row 3 of the validation part"))
            #expect(try folder.run(.alone, "gates", "reber", "--text", "BTBTXSE").exitCode == 0)
        }

        @Test(
            "gates rejects invalid requests with a suggestion",
            arguments: [
                (["--layer", "3", "--text", "a"], 64, "Choose --layer from 1 to 2."), (["--layer", "0", "--text", "a"], 64, "layers are counted from 1"),
                (["--text", "a", "--units", "9"], 64, "Choose --units from 0 to 8."), (["--text", "a", "--units", "1,,2"], 64, "numbers from 0 with commas"),
                (["--row", "0"], 64, "Give a text instead"), ([], 64, "give either --text or --row"), (["--text", "a", "--row", "1"], 64, "give either"),
                (["--text", ""], 64, "the prompt is empty"), (["--text", "§"], 65, "§"), (["--text", "a", "--output", "a.png"], 64, "must end in .svg or .html"),
            ] as [([String], Int32, String)])
        func refusals(arguments: [String], exitCode: Int32, words: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.train(.text, "training.steps=1")
            let result = try folder.run(.alone, ["gates", "run"] + arguments)
            #expect(result.exitCode == exitCode && result.errorOutput.contains(words), "\(result)")
            #expect(folder.names(in: "run").allSatisfy { !$0.hasPrefix("gates") && !$0.hasSuffix(".draft") })
        }
    }
}
