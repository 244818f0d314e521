import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("drawings and frames that a model draws")
    struct DrawingTests {
        private static func work(_ name: String, _ data: String, _ model: String, training: String = "", files: [String: String]) -> Work {
            Work(
                name: name,
                configuration: """
                    {"data": {"kind": "sequences", \(data), "target": "next", "validationFraction": 0.2}, "model": {\(model)},
                     "training": {"batch": 10, "steps": 40\(training)}, "optimizer": {"learningRate": 0.02}}
                    """, files: files)
        }

        /// Rectangles of different sizes, each with a dot behind it: two strokes.
        private static let rectangles = (0..<40).map { which -> [[Int]] in
            let (width, height) = (40 + which * 7 % 30, 20 + which * 5 % 25)
            return [[10, 10, 0], [width, 0, 0], [0, height, 0], [-width, 0, 0], [0, -height, 1], [width / 2, height / 2, 1]]
        }
        private static let lines = rectangles.map { $0.map { $0.map(String.init).joined(separator: ",") }.joined(separator: " ") + "\n" }.joined()

        private static let drawings = work(
            "drawings", #""format": "strokes", "files": "drawings.txt""#, #""hidden": 9, "mixture": 3, "leastDeviation": 0.05"#, files: ["drawings.txt": lines])
        /// The same in JSON Lines, in segments, with batches of like lengths.
        private static let objects = work(
            "objects", #""format": "strokes", "files": "drawings.jsonl", "columns": "points", "bucketing": true"#, #""cell": "gru", "hidden": 9, "mixture": 2"#,
            training: #", "segmentLength": 3"#, files: ["drawings.jsonl": rectangles.map { "{\"points\": \($0)}\n" }.joined()])
        /// Two numbers a frame: the second follows the first by a step.
        private static let frames = work(
            "frames", #""files": "frames.jsonl", "columns": ["a", "b"]"#, #""hidden": 9, "mixture": 4, "mixtureFamily": "logistic""#,
            files: ["frames.jsonl": (0..<40).map { which in
                let first = (0..<5 + which % 4).map { (which * 7 + $0 * $0 * 3) % 11 }
                return "{\"a\": \(first), \"b\": \([0] + first.dropLast().map { $0 * 100 })}\n"
            }.joined()])

        @Test("ranks, threads, groups of shards, prepared data and resumes change no bit of weights, figures and drawings", arguments: [drawings, objects, frames])
        func sameBits(work: Work) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            let whole = try folder.train(work, into: "whole")
            try #require(whole.exitCode == 0 && whole.output.contains("lstm-train generate whole"), "\(whole)")
            try folder.train(work, "training.steps=17", "parallelism.threads=3", on: .ranks(2))
            let result = try folder.train(work, "training.accumulate=2", on: .ranks(4))
            try #require(result.exitCode == 0, "\(result)")
            #expect(try folder.weights() == folder.weights("whole"))
            let prepared = try folder.run(.alone, "prepare", "\(work.name).json", "--output", "data.prepared")
            try #require(prepared.exitCode == 0, "\(prepared)")
            let mapped = try folder.train(work, "data.prepared=data.prepared", into: "mapped")
            #expect(try mapped.exitCode == 0 && folder.weights("mapped") == folder.weights("whole"), "\(mapped)")
            let evaluations = try [1, 2].map { try folder.run(Launch($0), "evaluate", "run", "--json").output }
            #expect(Set(evaluations).count == 1)
            let json = try JSONValue.parse(Array(evaluations[0].utf8))
            #expect(try #require(json["loss"]?.realValue) < #require(json["lossOfBaseline"]?.realValue), "\(evaluations[0])")
            let drawn = try ["run", "mapped"].map { try folder.run(.alone, "generate", $0, "--samples", "3", "--length", "8") }
            #expect(drawn[0].exitCode == 0 && drawn[0].output == drawn[1].output && drawn[0].output.split(separator: "\n").count == 3, "\(drawn[0])")
            let report = try folder.run(.alone, "report", "run")
            #expect(try report.exitCode == 0 && folder.text("run/report.html").contains("What it draws"), "\(report)")
            #expect(try folder.run(.alone, "inspect", "run").output.contains("; linear, mixture\n"))
            let evaluated = try folder.run(.alone, "evaluate", "run").output
            #expect(evaluated.contains("deviations ≥ \(work.name == "drawings" ? "0.05" : "0.02")") && evaluated.contains("one Gaussian of training"), "\(evaluated)")
        }

        private func trained(_ work: Work) throws -> Folder {
            let folder = try Folder()
            try work.prepare(in: folder)
            let result = try folder.train(work)
            try #require(result.exitCode == 0, "\(result)")
            return folder
        }

        private func generate(_ folder: Folder, _ arguments: String...) throws -> String {
            let result = try ProgramRun(.alone, ["generate", "run"] + arguments, in: folder).finish()
            try #require(result.exitCode == 0, "\(result)")
            return result.output
        }

        @Test("a drawing is a line of the data's form, begins with the prompt, and can be trained on; samples don't depend on their number")
        func form() throws {
            let folder = try trained(Self.drawings)
            defer { folder.remove() }
            let (one, three) = (try generate(folder, "--length", "7"), try generate(folder, "--length", "7", "--samples", "3"))
            #expect(three.hasPrefix(one) && Set(three.split(separator: "\n")).count == 3 && three.split(whereSeparator: \.isWhitespace).allSatisfy { $0.split(separator: ",").count == 3 })
            #expect(try generate(folder, "--length", "7", "--seed", "2") != one)
            #expect(try generate(folder, "--length", "2", "--prompt", "10,10,0 40,0,0").hasPrefix("10.0,10.0,0 40.0,0.0,0"))
            // Point by point, and all at once: the state is carried over time.
            let long = try generate(folder, "--length", "5", "--temperature", "0", "--prompt", "10,10,0")
            let short = try generate(folder, "--length", "1", "--prompt", "10,10,0", "--temperature", "0")
            #expect(long.hasPrefix(short.dropLast()), "\(long), \(short)")
            try folder.write(generate(folder, "--samples", "40"), "drawings.txt")
            let again = try folder.train(Self.drawings, "training.steps=2", into: "second")
            #expect(again.exitCode == 0 && again.output.contains("40 sequences"), "\(again)")
        }

        @Test("drawings go to an SVG file, which is replaced by another and never replaces anything else")
        func picture() throws {
            let folder = try trained(Self.objects)
            defer { folder.remove() }
            #expect(try generate(folder, "--samples", "9", "--length", "20", "--output", "drawn.svg").contains("drawn.svg, 9 drawings"))
            let first = try folder.text("drawn.svg")
            #expect(first.hasPrefix("<?xml") && first.contains("<svg ") && first.hasSuffix("</svg>\n") && !first.contains("></title>"))
            _ = try generate(folder, "--samples", "4", "--seed", "3", "--output", "drawn.svg")
            #expect(try folder.text("drawn.svg") != first)
            #expect(try generate(folder, "--length", "3").hasPrefix(#"{"points": [["#))
            try folder.write("mine", "other.svg")
            try RefusalTests.expect(73, "other.svg", in: folder, .alone, arguments: ["generate", "run", "--output", "other.svg"])
            #expect(try folder.text("other.svg") == "mine")
        }

        @Test("files that aren't drawings, options of other models and layers that read ahead are refused with what to do")
        func refusals() throws {
            let folder = try trained(Self.drawings)
            defer { folder.remove() }
            func expect(_ code: Int32, _ words: String, _ arguments: String...) throws {
                try RefusalTests.expect(code, words, in: folder, .alone, arguments: arguments)
            }
            try expect(65, "--prompt:1:8: here must stand a point as dx,dy,p", "generate", "run", "--prompt", "10,1,0 4,5,2")
            try expect(64, "--top-k goes with models of texts", "generate", "run", "--top-k", "2")
            try expect(64, "its name must end in .svg", "generate", "run", "--output", "a.png")
            try expect(64, "lstm-train generate continues sequences", "predict", "run", "drawings.txt")
            try expect(78, "the model predicts the next numbers at every step, which it would then have seen", "drawings.json", "model.bidirectional=true")
            try expect(78, "data.target \"next\" has no numbers to predict; the loss is a mixture's", "drawings.json", "training.loss=absolute")
            try expect(78, "data.label", "drawings.json", "data.label=x")
            try folder.write("{\"points\": [[1, 2]]}\n", "narrow.jsonl")
            try expect(65, "a point has 2 numbers, and three are wanted", "drawings.json", "data.files=narrow.jsonl", "data.columns=points")
            try folder.write("{\"points\": [[1, 2, 0.5]]}\n", "pens.jsonl")
            try expect(65, "a pen is neither 0 nor 1", "drawings.json", "data.files=pens.jsonl", "data.columns=points")
        }

        @Test("init recognises a file of drawings; its configuration trains")
        func recognised() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write(Self.lines, "strokes.txt")
            let written = try folder.run(.alone, "init", "strokes.txt", "--output", "c.json")
            let data = try #require(JSONValue.parse(Array(folder.text("c.json").utf8))["data"])
            #expect(data["format"]?.stringValue == "strokes" && data["target"]?.stringValue == "next", "\(written)")
            let trained = try folder.run(.alone, "c.json", "training.steps=3")
            #expect(trained.exitCode == 0, "\(trained)")
        }
    }
}
