import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("sets of labels that a model writes")
    struct GenerateSetsTests {
        /// Binary digits of a counter modulo 8: the next set follows from the one before.
        private static let steps = (0..<40).map { first in
            (first..<first + 9).map { number in (0..<3).filter { number >> $0 & 1 == 1 }.map { "\(1 << $0)" } }
        }
        private static let lines = steps.map { $0.map { $0.isEmpty ? "-" : $0.joined(separator: ",") }.joined(separator: " ") + "\n" }.joined()
        private static let objects = steps.map { "{\"on\": \($0)}\n" }.joined()

        private static func work(_ data: String, _ model: String, files: [String: String]) -> Work {
            Work(
                name: "counter",
                configuration: """
                    {"data": {"kind": "sequences", \(data), "target": "next", "validationFraction": 0.2}, "model": \(model),
                     "training": {"batch": 10, "steps": 60}, "optimizer": {"learningRate": 0.05}}
                    """, files: files)
        }

        private static let sets = work(#""files": "counter.txt", "format": "sets""#, #"{"hidden": 9, "layers": 2}"#, files: ["counter.txt": lines])
        /// Without a state of its own, a transformer reads the whole sequence again for each set.
        private static let whole = work(
            #""files": "counter.txt", "format": "sets""#,
            #"{"layers": [{"type": "dense", "units": 6}, {"type": "transformer", "heads": 2, "feedForward": 9}]}"#,
            files: sets.files)
        private static let jsonLines = work(#""files": "counter.jsonl", "label": "on""#, #"{"cell": "gru", "hidden": 9}"#, files: ["counter.jsonl": objects])

        private func trained(_ work: Work) throws -> Folder {
            let folder = try Folder()
            try work.prepare(in: folder)
            let result = try folder.train(work)
            try #require(result.exitCode == 0 && result.output.contains("lstm-train generate run"), "\(result)")
            return folder
        }

        private func generate(_ folder: Folder, _ arguments: String...) throws -> String {
            let result = try ProgramRun(.alone, ["generate", "run"] + arguments, in: folder).finish()
            try #require(result.exitCode == 0, "\(result)")
            return result.output
        }

        @Test(
            "a sequence is a line of the data's form; samples don't depend on their number; at temperature 0 what follows is what predict says",
            arguments: [sets, whole])
        func writtenLines(work: Work) throws {
            let folder = try trained(work)
            defer { folder.remove() }
            let (one, three) = (try generate(folder, "--length", "7"), try generate(folder, "--length", "7", "--samples", "3"))
            #expect(three.hasPrefix(one) && three.split(separator: "\n").allSatisfy { $0.split(separator: " ").count == 7 }, "\(three)")
            #expect(Set(three.split(separator: "\n")).count == 3)
            #expect(try generate(folder, "--length", "7", "--seed", "2") != one)
            try folder.write(three, "prompts.txt")
            let continued = try generate(folder, "--prompt-file", "prompts.txt", "--length", "1", "--temperature", "0").split(separator: "\n").map(String.init)
            let answers = try folder.run(.alone, "predict", "run", "prompts.txt", "--output", "answers.jsonl")
            try #require(answers.exitCode == 0, "\(answers)")
            let last = try folder.text("answers.jsonl").split(separator: "\n").map { line in
                try #require(try JSONValue.parse(Array(line.utf8))["sets"]?.arrayValue?.last?.stringValue)
            }
            #expect(continued == zip(three.split(separator: "\n"), last).map { "\($0) \($1)" })
            // Set by set, and all at once: the state is carried over time.
            let long = try generate(folder, "--prompt", "1", "--length", "9", "--temperature", "0")
            let half = try generate(folder, "--prompt", "1", "--length", "4", "--temperature", "0")
            try folder.write(half, "half.txt")
            #expect(try generate(folder, "--prompt-file", "half.txt", "--length", "5", "--temperature", "0") == long && long.hasPrefix(half.dropLast()))
        }

        @Test("what a model wrote can be trained on; it has learned to count")
        func again() throws {
            let folder = try trained(Self.sets)
            defer { folder.remove() }
            #expect(try generate(folder, "--prompt", "- 1", "--length", "6", "--temperature", "0") == "- 1 2 1,2 4 1,4 2,4 1,2,4\n")
            try folder.write(generate(folder, "--samples", "40", "--length", "9"), "counter.txt")
            let result = try folder.train(Self.sets, "training.steps=2", into: "second")
            #expect(result.exitCode == 0 && result.output.contains("40 sequences of 8 steps"), "\(result)")
        }

        @Test("JSON Lines are answered by JSON Lines, with the field of the labels; each of a file's sequences is continued, with draws of its own")
        func writtenObjects() throws {
            let folder = try trained(Self.jsonLines)
            defer { folder.remove() }
            let written = try generate(folder, "--prompt", #"{"on": [["1"], [2, "1"]]}"#, "--length", "3")
            let steps = try #require(try JSONValue.parse(Array(written.utf8))["on"]?.arrayValue)
            #expect(steps.count == 5 && steps[1].arrayValue?.map(\.stringValue) == ["1", "2"], "\(written)")
            try folder.write(String(repeating: "{\"on\": [[\"4\"]]}\n", count: 9), "nine.jsonl")
            let nine = try generate(folder, "--prompt-file", "nine.jsonl", "--length", "8", "--temperature", "3").split(separator: "\n")
            #expect(nine.count == 9 && Set(nine).count > 5 && nine.allSatisfy { $0.hasPrefix(#"{"on":[["4"],["#) }, "\(nine)")
            let program = try ProgramRun.built("lstm-train").path
            let piped = try folder.run(
                .alone, ["-c", "head -1 nine.jsonl | $P generate run --prompt-file - --length 8 --temperature 3"], program: URL(filePath: "/bin/sh"),
                environment: ["P": program])
            #expect(piped.exitCode == 0 && piped.output == nine[0] + "\n", "\(piped)")
        }

        @Test("unknown labels, options of texts and models that don't write are refused with what to do")
        func refusals() throws {
            let folder = try trained(Self.sets)
            defer { folder.remove() }
            func expect(_ code: Int32, _ words: String, _ arguments: String...) throws {
                try RefusalTests.expect(code, words, in: folder, .alone, arguments: ["generate", "run"] + arguments)
            }
            try expect(65, "--prompt:1:1: label '3' is none of the run's 3: '1', '2', '4'.", "--prompt", "1 3")
            try expect(64, "--prompt is empty; give at least one set", "--prompt", "")
            try expect(66, "absent.txt", "--prompt-file", "absent.txt")
            try expect(64, "--top-k goes with models of texts", "--top-k", "2")
            try expect(64, "--repetition-penalty goes with models of texts", "--repetition-penalty", "2")
            try expect(64, "of sets of 3 labels it must be at most 1431655765", "--length", "1431655766")
            try Work.sequences.prepare(in: folder)
            try folder.train(.sequences, "training.steps=2", into: "classes")
            try RefusalTests.expect(78, "data.kind \"sequences\" generates no text. Models of texts do", in: folder, .alone, arguments: ["generate", "classes"])
            try RefusalTests.expect(
                78, "the model predicts the next set at every step, which it would then have seen", in: folder, .alone, "counter.json", "model.bidirectional=true")
        }
    }
}
