import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("targets of time steps")
    struct StepTargetsRunTests {
        /// Tags of words in BIO, with a CRF: a number, then its prime factors, of which repeated ones go on with a span.
        private static let tags = Work(
            name: "tags",
            configuration: """
                {"data": {"kind": "sequences", "files": "tags.conll", "target": "classes", "text": "column1", "unit": "word", "validationFraction": 0.2},
                 "model": {"hidden": 9, "embedding": 5, "bidirectional": true, "head": "crf"},
                 "training": {"batch": 10, "steps": 40}, "optimizer": {"learningRate": 0.02}}
                """,
            files: ["tags.conll": (2..<80).map { number in
                "\(number): O\n" + factors(number).enumerated().map { place, factor in
                    "\(factor) \(place > 0 && factors(number)[place - 1] == factor ? "I" : "B")-prime\n"
                }.joined() + "\n"
            }.joined()])

        /// The same words with their characters: a factor that training doesn't have is known by its digits, and what ends in a colon isn't one.
        private static let spelled = Work(
            name: "spelled",
            configuration: """
                {"data": {"kind": "sequences", "files": "tags.conll", "target": "classes", "text": "column1", "unit": "word", "vocabularySize": 5,
                  "validationFraction": 0.2},
                 "model": {"embedding": 5, "characters": "lstm", "characterEmbedding": 4, "characterUnits": 5, "embeddingDropout": 0.1,
                  "layers": [{"type": "dropout", "rate": 0.1}, {"type": "gru", "hidden": 9, "bidirectional": true}]},
                 "training": {"batch": 10, "steps": 40}, "optimizer": {"learningRate": 0.02}}
                """, files: tags.files)

        /// Sets of labels, of which the next is predicted: binary digits of a counter.
        private static let sets = Work(
            name: "sets",
            configuration: """
                {"data": {"kind": "sequences", "format": "sets", "files": "sets.txt", "target": "next", "validationFraction": 0.2},
                 "model": {"hidden": 9}, "training": {"batch": 10, "steps": 40, "segmentLength": 3}, "optimizer": {"learningRate": 0.02}}
                """,
            files: ["sets.txt": (0..<50).map { first in
                (first..<first + 4 + first % 5).map { number in
                    let on = (0..<4).filter { number >> $0 & 1 == 1 }.map(String.init)
                    return on.isEmpty ? "-" : on.joined(separator: ",")
                }.joined(separator: " ") + "\n"
            }.joined()])

        /// Two numbers of each time step, in units of their own: the sum so far, and the difference from the step before.
        private static let numbers = Work(
            name: "numbers",
            configuration: """
                {"data": {"kind": "sequences", "files": "numbers.csv", "target": "numbersEveryStep", "targets": ["sum", "difference"], "id": "which", "step": "t",
                  "validationFraction": 0.2},
                 "model": {"cell": "gru", "hidden": 9}, "training": {"batch": 10, "steps": 40}, "optimizer": {"learningRate": 0.02}}
                """,
            files: ["numbers.csv": "which,t,x,sum,difference\n" + (0..<40).flatMap { which in
                let values = (0..<3 + which % 4).map { (which * 7 + $0 * $0 * 3) % 11 }
                return values.indices.map { "\(which),\($0),\(values[$0]),\(100 * values[...$0].reduce(0, +)),\(values[$0] - ($0 > 0 ? values[$0 - 1] : 0))\n" }
            }.joined()])

        private static func factors(_ number: Int) -> [Int] {
            guard let first = (2...number).first(where: { number % $0 == 0 }) else { return [] }
            return first == number ? [first] : [first] + factors(number / first)
        }

        @Test("ranks, threads, groups of shards and resumes change no bit of weights, figures and answers", arguments: [tags, spelled, sets, numbers])
        func sameBits(work: Work) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            let whole = try folder.train(work, into: "whole")
            try #require(whole.exitCode == 0, "\(whole)")
            try folder.train(work, "training.steps=17", "parallelism.threads=3", on: .ranks(2))
            let result = try folder.train(work, "training.accumulate=2", on: .ranks(4))
            try #require(result.exitCode == 0, "\(result)")
            #expect(try folder.weights() == folder.weights("whole"))
            let evaluations = try [1, 2, 4].map { try folder.run(Launch($0), "evaluate", "run", "--json").output }
            #expect(Set(evaluations).count == 1)
            let json = try JSONValue.parse(Array(evaluations[0].utf8))
            let keys = ["tags": "spanF1", "spelled": "spanF1", "sets": "frameAccuracy", "numbers": "meanAbsoluteError"]
            #expect(try json[#require(keys[work.name])]?.realValue != nil, "\(evaluations[0])")
            let loss = json["loss"] == nil ? "meanSquaredError" : "loss"
            #expect(try #require(json[loss]?.realValue) < #require(json[loss + "OfBaseline"]?.realValue), "\(evaluations[0])")
            let file = try #require(work.files.keys.first)
            let answers = try [1, 4].map { try folder.run(Launch($0), "predict", "run", file).output }
            #expect(Set(answers).count == 1 && answers[0].split(separator: "\n").count > 40, "\(answers[0].prefix(200))")
            for ending in ["jsonl", "npz"] {
                let written = try folder.run(.alone, "predict", "run", file, "--output", "answers.\(ending)")
                #expect(written.exitCode == 0, "\(written)")
            }
            let report = try folder.run(.alone, "report", "run")
            #expect(report.exitCode == 0, "\(report)")
            let head = ["tags": "linear, CRF", "spelled": "linear, softmax", "sets": "linear, sigmoid", "numbers": "linear"][work.name] ?? ""
            #expect(try folder.text("run/report.html").contains("<td>\(head), on every step</td>"))
            let inspected = try folder.run(.alone, "inspect", "run").output
            #expect(inspected.contains("; \(head)\n") && whole.output.contains(" \(head) "), "\(inspected)")
            let onward = try folder.train(work, "model.initialWeights=whole/checkpoints/step-00000040/weights.safetensors", into: "onward")
            #expect(onward.exitCode == 0, "\(onward)")
        }

        @Test("gates draws a text with the characters of its words, known or not; an export is refused")
        func spelledText() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.spelled.prepare(in: folder)
            let trained = try folder.train(Self.spelled, "training.steps=2", "model.layers=1", "model.hidden=9")
            try #require(trained.exitCode == 0, "\(trained)")
            let drawn = try folder.run(.alone, "gates", "run", "--text", "12: 2 3 é")
            #expect(drawn.exitCode == 0, "\(drawn)")
            try RefusalTests.expect(78, "model.characters isn't exported", in: folder, .alone, "export", "run", "--format", "pytorch", "--output", "out")
        }

        @Test("init recognises CoNLL's columns by what stands in them; its configuration trains")
        func recognised() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write(try #require(Self.tags.files["tags.conll"]), "tags.txt")
            let written = try folder.run(.alone, "init", "tags.txt", "--output", "c.json")
            let data = try #require(JSONValue.parse(Array(folder.text("c.json").utf8))["data"])
            #expect(data["format"]?.stringValue == "conll" && data["target"]?.stringValue == "classes" && data["text"]?.stringValue == "column1", "\(written)")
            let trained = try folder.run(.alone, "c.json", "training.steps=3")
            #expect(trained.exitCode == 0, "\(trained)")
        }
    }
}
