import Foundation
import Testing

extension ProgramTests {
    @Suite("where the program writes")
    struct WritingTests {
        /// A folder with a run of ten steps, and a directory next to it in which no run may write.
        private func prepared() throws -> Folder {
            let folder = try Folder()
            try Work.series.prepare(in: folder)
            try folder.train(.series, "training.steps=10")
            try folder.write("someone else's", "outside/file")
            return folder
        }

        private func link(_ name: String, to target: String, in folder: Folder) throws {
            let path = folder.url.appending(path: name)
            try? FileManager.default.removeItem(at: path)
            try FileManager.default.createSymbolicLink(atPath: path.path, withDestinationPath: target)
        }

        @Test("a link in the run directory leads no write out of it", arguments: ["lock", "metrics.jsonl", "checkpoints"])
        func refusedLinks(name: String) throws {
            let folder = try prepared()
            defer { folder.remove() }
            let content = name == "metrics.jsonl" ? try folder.text("run/metrics.jsonl") : "someone else's"
            try folder.write(content, "outside/file")
            try link("run/\(name)", to: name == "checkpoints" ? "../outside" : "../outside/file", in: folder)
            let result = try folder.train(.series)
            #expect(result.exitCode == 74 && result.errorOutput.contains("run/\(name) is a link; a run writes in its own directory only."), "\(result)")
            #expect(try folder.text("outside/file") == content && folder.names(in: "outside") == ["file"])
        }

        @Test("if a file to be replaced or removed is a link, the link itself is replaced or removed", arguments: ["config.json", "statistics.json", "STOP"])
        func replacedLinks(name: String) throws {
            let folder = try prepared()
            defer { folder.remove() }
            let copy = name == "STOP" ? "nothing of worth" : try folder.text("run/\(name)")
            try folder.write(copy, "outside/file")
            try link("run/\(name)", to: "../outside/file", in: folder)
            let result = try folder.train(.series, "training.steps=12")
            #expect(result.exitCode == (name == "STOP" ? 75 : 0), "\(result)")
            #expect(try folder.text("outside/file") == copy)
            #expect((try? FileManager.default.destinationOfSymbolicLink(atPath: folder.url.appending(path: "run/\(name)").path)) == nil)
        }

        @Test("a run directory, or its parent, may be a link, and a name with .. is resolved as the system does")
        func runBehindLink() throws {
            let folder = try prepared()
            defer { folder.remove() }
            try link("runs", to: "outside", in: folder)
            let result = try folder.train(.series, "training.steps=10", into: "runs/../runs/a")
            #expect(result.exitCode == 0, "\(result)")
            #expect(try folder.weights("outside/a") == folder.weights())
        }

        @Test("a whole run writes only in its run directory")
        func nothingElse() throws {
            let folder = try prepared()
            defer { folder.remove() }
            let before = try folder.contents().filter { !$0.key.hasPrefix("run") }
            #expect(try folder.train(.series, "checkpoint.everySteps=7", on: .ranks(2)).exitCode == 0)
            #expect(try folder.contents().filter { !$0.key.hasPrefix("run") } == before)
        }

        @Test("control characters in names of files and columns never reach the terminal")
        func controlCharacters() throws {
            let folder = try Folder()
            defer { folder.remove() }
            let red = "\u{1B}[31mred\u{7}"
            try folder.write(try #require(Work.series.files["series.csv"]).replacing("sum", with: red), "\(red).csv")
            try folder.write(Work.series.configuration.replacing("series.csv", with: "\\u001b[31mred\\u0007.csv").replacing("sum", with: "\\u001b[31mred\\u0007"), "a.json")
            for verb in [["train", "a.json", "training.steps=2"], ["evaluate", "runs/a"], ["inspect", "runs/a"], ["train", "\(red).json"], ["inspect", red]] {
                let result = try folder.run(.alone, verb)
                let controls = (result.output + result.errorOutput).unicodeScalars.filter { $0.properties.generalCategory == .control && $0 != "\n" }
                #expect(controls.isEmpty, "\(verb): \(result)")
            }
            #expect(try folder.run(.alone, "train", "a.json", "training.steps=2").output.contains("\\u{1B}[31mred\\u{07}.csv"))
        }

        @Test("if standard output can't be written a run continues, and a command that exists for its output exits with 74")
        func fullOutput() throws {
            let folder = try prepared()
            defer { folder.remove() }
            func run(_ arguments: String...) throws -> ProgramResult {
                let program = try ProgramRun.built("lstm-train").path
                return try folder.run(.alone, ["-c", "\"$0\" \"$@\" > /dev/full", program] + arguments, program: URL(filePath: "/bin/sh"))
            }
            #expect(try run("series.json", "training.steps=10", "--run-directory", "other").exitCode == 0)
            #expect(try folder.weights("other") == folder.weights())
            // The same if the reader of the output is gone.
            let program = try ProgramRun.built("lstm-train").path
            let piped = "{ \"$0\" series.json training.steps=10 log.everySteps=1 --run-directory piped; echo $? > code; } | true"
            _ = try folder.run(.alone, ["-c", piped, program], program: URL(filePath: "/bin/sh"))
            #expect(try folder.text("code") == "0\n" && folder.weights("piped") == folder.weights())
            for verb in ["inspect", "evaluate"] { #expect(try run(verb, "run").exitCode == 74) }
        }

        @Test("if the reader of its output is gone, a command ends without a word, as if the signal for it had ended it", arguments: ["inspect run", "schema", "evaluate run --best"])
        func closedOutput(arguments: String) throws {
            let folder = try prepared()
            defer { folder.remove() }
            let program = try ProgramRun.built("lstm-train").path
            // The reader is gone before there is anything to read.
            let script = "{ sleep 0.2; \"$0\" \(arguments) 2> errors; echo $? > code; } | true"
            _ = try folder.run(.alone, ["-c", script, program], program: URL(filePath: "/bin/sh"))
            let (code, errors) = (try folder.text("code"), try folder.text("errors"))
            #expect(code == "141\n" && errors.isEmpty, "\(errors)")
        }
    }
}
