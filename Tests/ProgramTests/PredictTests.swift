import Foundation
import PythonEnvironment
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("predict")
    struct PredictTests {
        private func trained(_ works: Work..., further: String = "training.steps=5") throws -> Folder {
            let folder = try Folder()
            for work in works {
                try work.prepare(in: folder)
                let result = try folder.train(work, further, into: work.name)
                try #require(result.exitCode == 0, "\(result)")
            }
            return folder
        }

        private static let hasNumpy = (try? Python.run(Python.plain, ["-c", "import numpy"]).code) == 0

        /// Runs a shell script in which $P is the program.
        private func shell(_ script: String, in folder: Folder) throws -> ProgramResult {
            let program = try ProgramRun.built("lstm-train").path
            return try folder.run(.alone, ["-c", script], program: URL(filePath: "/bin/sh"), environment: ["P": program])
        }

        @Test("four ranks write the same bytes as one, of files with and without the column of classes; standard input and JSON lines say the same")
        func rows() throws {
            let folder = try trained(.sequences)
            defer { folder.remove() }
            let table = try folder.text("sequences.csv").split(separator: "\n")
            let unlabelled = table.prefix(30).map { $0.split(separator: ",", omittingEmptySubsequences: false).dropLast().joined(separator: ",") }
            try folder.write(unlabelled.joined(separator: "\n"), "new.csv")
            for (launch, file) in [(Launch.alone, "alone.csv"), (.ranks(4), "four.csv"), (.alone, "alone.jsonl")] {
                let result = try folder.run(launch, "predict", "sequences", "sequences.csv", "new.csv", "--output", file)
                #expect(result.exitCode == 0 && result.output == "wrote       \(file), 119 answers\n", "\(result)")
            }
            #expect(try folder.bytes("alone.csv") == folder.bytes("four.csv"))
            let lines = try folder.text("alone.csv").split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
            #expect(lines[0] == ["file", "row", "class", "probability", "label", "probability of down", "probability of flat", "probability of up"])
            #expect(lines[1][0] == "sequences.csv" && lines[1][4] == "up" && lines[91][0] == "new.csv" && lines[91][1] == "1" && lines[91][4] == "")
            #expect(lines[1...29].map { $0[2...3] + $0[5...] } == lines[91...].map { $0[2...3] + $0[5...] })
            for (line, text) in zip(lines.dropFirst(), try folder.text("alone.jsonl").split(separator: "\n")) {
                let json = try JSONValue.parse(Array(text.utf8))
                #expect(json["row"]?.integerValue == Int(line[1]) && json["class"]?.stringValue == line[2] && json["label"]?.stringValue ?? "" == line[4])
                #expect(json["probabilities"]?["flat"]?.realValue == Double(line[6]))
            }
            let piped = try shell("$P predict sequences - < new.csv", in: folder)
            #expect(piped.output == lines[90...].enumerated().map { place, line in
                (place == 0 ? lines[0] : line).enumerated().filter { ![0, 4].contains($0.offset) }.map(\.element).joined(separator: ",") + "\n"
            }.joined(), "\(piped)")
            if Self.hasNumpy {
                #expect(try folder.run(.alone, "predict", "sequences", "sequences.csv", "--output", "arrays.npz").exitCode == 0)
                let script = """
                    import json, numpy
                    arrays, lines = numpy.load("arrays.npz"), [json.loads(line) for line in open("alone.jsonl")][:90]
                    for key in "row", "class", "label": assert arrays[key].tolist() == [line[key] for line in lines], key
                    names = arrays["classes"].tolist()
                    wanted = numpy.float32([[line["probabilities"][name] for name in names] for line in lines])
                    assert (arrays["probabilities"] == wanted).all() and (arrays["probability"] == wanted.max(1)).all()
                    """
                let compared = try Python.run(Python.plain, ["-c", script], in: folder.url.path)
                #expect(compared.code == 0, "\(compared.output)")
            }
            // Its own output is replaced, another file isn't.
            #expect(try folder.run(.alone, "predict", "sequences", "new.csv", "--output", "alone.csv").exitCode == 0)
            try RefusalTests.expect(
                73, "new.csv is there, and wasn't written by predict", in: folder, .alone, "predict", "sequences", "new.csv", "--output", "new.csv")
        }

        @Test("rows from a pipe are answered as soon as they are there, with their numbers; a file of answers is there only when it is whole")
        func streamed() throws {
            let folder = try trained(.sequences)
            defer { folder.remove() }
            let streamed = try shell(
                """
                mkfifo pipe; $P predict sequences - < pipe > out & exec 3> pipe; head -n 2 sequences.csv >&3
                for i in $(seq 200); do grep -q '^1,' out && break; sleep 0.05; done
                cat out; echo ---; sed -n 3,4p sequences.csv >&3; exec 3>&-; wait; cat out
                $P predict sequences sequences.csv | head -n 4 | cmp - out && echo same
                (cat sequences.csv; echo 1,nonsense) > faulty.csv; $P predict sequences faulty.csv --output faulty-answers.csv 2> /dev/null; ls | grep faulty
                """, in: folder)
            let parts = streamed.output.split(separator: "---\n").map { $0.split(separator: "\n") }
            #expect(parts.count == 2 && parts[0].count == 2 && parts[0][1].hasPrefix("1,"), "\(streamed)")
            #expect(parts.last?.count == 6 && parts.last?.suffix(2) == ["same", "faulty.csv"], "\(streamed)")
        }

        @Test("lines are continued as generate does, each as soon as it is there; each has random numbers of its own")
        func texts() throws {
            let folder = try trained(.text, .words, further: "training.steps=30")
            defer { folder.remove() }
            try folder.write("the cat\r\na dog\nthe cat", "prompts.txt")
            let greedy = try folder.run(.ranks(2), "predict", "text", "prompts.txt", "--length", "20", "--output", "answers.jsonl")
            #expect(greedy.exitCode == 0, "\(greedy)")
            let answers = try folder.text("answers.jsonl").split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
            #expect(answers.map { $0["prompt"]?.stringValue } == ["the cat", "a dog", "the cat"] && answers[0]["continuation"] == answers[2]["continuation"])
            let generated = try folder.run(.alone, "generate", "text", "--prompt", "a dog", "--length", "20", "--temperature", "0").output
            #expect(generated == "a dog" + (answers[1]["continuation"]?.stringValue ?? "") + "\n")
            let drawn = try folder.run(.alone, "predict", "text", "prompts.txt", "--length", "40", "--temperature", "1", "--output", "drawn.jsonl")
            #expect(drawn.exitCode == 0, "\(drawn)")
            let others = try folder.text("drawn.jsonl").split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
            #expect(others.count == 3 && others[0]["continuation"] != others[2]["continuation"])
            let streamed = try shell(
                """
                mkfifo pipe; $P predict words - --length 2 < pipe > out & exec 3> pipe; echo 'the cat' >&3
                for i in $(seq 200); do grep -q '^1,the cat,' out && break; sleep 0.05; done
                cat out; echo 'a dog' >&3; exec 3>&-; wait; tail -n +3 out | wc -l
                """, in: folder)
            let lines = streamed.output.split(separator: "\n")
            #expect(lines.count >= 3 && lines[0] == "line,prompt,continuation" && lines[1].hasPrefix("1,the cat,") && lines.last != "0", "\(streamed)")
        }

        @Test("what can't be answered is refused with file and line and what to do; nothing is written")
        func refusals() throws {
            let folder = try trained(.sequences, .labelledTexts, .text, .series, .reber, further: "training.steps=1")
            defer { folder.remove() }
            func expect(_ code: Int32, _ words: String, on launch: Launch = .alone, _ arguments: String...) throws {
                try RefusalTests.expect(code, words, in: folder, launch, arguments: ["predict"] + arguments)
            }
            try expect(78, "which generates its sequences: there are no files of that form to read.", "reber", "text.txt")
            try expect(64, "predict needs an input: a file of the form of the run's data, or - for standard input.", "text")
            try expect(64, "- stands for standard input", "text", "-", "text.txt")
            try expect(64, "--output is out.txt; its name must end in .csv", "text", "text.txt", "--output", "out.txt")
            try expect(64, "--length, --temperature and --seed go with models of texts", "sequences", "sequences.csv", "--length", "3")
            try expect(66, "gone.csv can't be read: No such file or directory.", on: .ranks(2), "sequences", "gone.csv")
            try folder.write("text\nthe cat\nthe c\u{1F408}t\n", "odd.csv")
            try expect(65, "odd.csv:3:1: '\u{1F408}' (U+1F408) in this row's text is none of the run's", "labelledTexts", "odd.csv")
            try expect(78, "data.text: sequences.csv has no column 'text'.", "labelledTexts", "sequences.csv")
            try folder.write("a1,b1\n1,2\n,3\n", "hole.csv")
            try expect(65, "hole.csv:3:1: column 'a1' has no number here, although later columns of the row do", "sequences", "hole.csv", "--output", "out.csv")
            try expect(65, "leave the row out: the model was trained on sequences without gaps", "sequences", "hole.csv")
            try expect(64, "both the input and --future are -, and standard input is read once", "series", "-", "--future", "-")
            try folder.write("id,a1,b1,a2\n1,2,3,4\n", "shifted.csv")
            try expect(78, "shifted.csv: columns 'id', 'a1' are chosen, but the stored statistics are of 'a1', 'b1'.", "sequences", "shifted.csv")
            try folder.write("the cat\n\n", "prompts.txt")
            try expect(65, "prompts.txt:2: the line is empty; a prompt has at least one symbol.", on: .ranks(2), "text", "prompts.txt", "--output", "out.csv")
            try folder.write("the cat\nX\n", "prompts.txt")
            try expect(65, "prompts.txt:2: 'X' (U+0058), symbol 1 of the text, is none of the", "text", "prompts.txt", "--output", "out.csv")
            try folder.write("step,wave,sum\n1,2,3\n", "short.csv")
            try expect(65, "short.csv has 1 row; a forecast is made from the last 7 (data.length of the run).", "series", "short.csv")
            #expect(!folder.exists("out.csv") && !folder.names(in: ".").contains { $0.hasSuffix(".draft") })
        }
    }
}
