import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("n-grams, lexicons and streams of transcripts")
    struct TranscriptLanguageRunTests {
        /// Two frames a character, which point to it weakly, and one of zeros. Words are "ab" and "ca" alone.
        private static let lines = (0..<60).map { number in
            let text = (0..<1 + number % 3).map { (number + $0) % 2 == 0 ? "ab" : "ca" }.joined(separator: " ")
            let frames = text.flatMap { character -> [String] in
                let place = Array("abc ").firstIndex(of: character) ?? 0
                let frame = (0..<4).map { $0 == place ? "1.0" : "0.\((number * 3 + $0 * 5) % 8)" }.joined(separator: ",")
                return ["[\(frame)]", "[\(frame)]", "[0,0,0,0]"]
            }
            return #"{"frames": [\#(frames.joined(separator: ","))], "text": "\#(text)"}"# + "\n"
        }.joined()

        private static func work(_ name: String, bidirectional: Bool, standardize: String = "training") -> Work {
            Work(
                name: name,
                configuration: """
                    {"data": {"kind": "sequences", "files": "said.jsonl", "target": "transcript", "columns": "frames", "label": "text", "validationFraction": 0.3,
                      "deltas": 1, "standardize": "\(standardize)"},
                     "model": {"layers": [{"type": "lstm", "hidden": 12, "bidirectional": \(bidirectional)}, {"type": "stack", "frames": 2}, {"type": "gru", "hidden": 7}]},
                     "training": {"batch": 10, "steps": 40}, "optimizer": {"learningRate": 0.02}}
                    """,
                files: ["said.jsonl": lines])
        }

        private func texts(_ folder: Folder, _ name: String) throws -> [String] {
            try folder.text(name).split(separator: "\n").map { try JSONValue.parse(Array($0.utf8))["transcript"]?.stringValue ?? "" }
        }

        private func stream(_ folder: Folder, _ run: String, _ frames: String) throws -> ProgramResult {
            try folder.write(frames, "frames.txt")
            return try folder.run(
                .alone, ["-c", "$P predict \(run) - --stream < frames.txt"], program: URL(filePath: "/bin/sh"),
                environment: ["P": ProgramRun.built("lstm-train").path()])
        }

        @Test("ranks and threads change nothing of what tune keeps and the search finds; a lexicon's words alone are found", arguments: ["character", "word"])
        func language(unit: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            let work = Self.work("spoken", bidirectional: true)
            try work.prepare(in: folder)
            try #require(folder.train(work).exitCode == 0)
            let plain = try folder.run(.alone, "evaluate", "run", "--json", "--beam", "4").output
            var kept: Set<String> = []
            var outputs: Set<String> = []
            for launch in [Launch(1), .ranks(2), .ranks(4)] {
                let tuned = try folder.run(launch, "tune", "run", "--unit", unit, "--beam", "4", "--lexicon", "training", "--json")
                try #require(tuned.exitCode == 0, "\(tuned)")
                outputs.insert(tuned.output)
                kept.insert(try folder.text("run/decoding.json"))
            }
            #expect(kept.count == 1 && outputs.count == 1, "\(outputs)")
            let json = try JSONValue.parse(Array(try #require(outputs.first).utf8))
            let (chosen, beam) = (json["chosen"]?["words"]?.integerValue, json["beam"]?["words"]?.integerValue)
            #expect(try #require(chosen) <= #require(beam), "\(outputs)")
            let evaluations = try [1, 2, 4].map { try folder.run(Launch($0), "evaluate", "run", "--json", "--beam", "4").output }
            #expect(Set(evaluations).count == 1 && evaluations[0].contains("\"alpha\":"), "\(evaluations)")
            #expect(try folder.run(.alone, "evaluate", "run", "--json", "--beam", "4", "--without-language").output == plain)
            let written = try folder.run(.ranks(2), "predict", "run", "said.jsonl", "--beam", "4", "--output", "answers.jsonl")
            try #require(written.exitCode == 0, "\(written)")
            let words = try texts(folder, "answers.jsonl").flatMap { $0.split(separator: " ", omittingEmptySubsequences: false) }
            #expect(!words.isEmpty && words.allSatisfy { ["ab", "ca", ""].contains($0) }, "\(words)")
            try folder.write("cc", "words.txt")
            let before = try folder.bytes("run/decoding.json")
            let wrong = try folder.run(.alone, "tune", "run", "--unit", unit, "--lexicon", "words.txt")
            #expect(try wrong.output.contains("not kept, since the search without it makes fewer errors") && folder.bytes("run/decoding.json") == before, "\(wrong)")
            let text = try folder.run(.alone, "tune", "run", "--unit", unit, "--order", "1")
            #expect(text.output.contains("kept in run/decoding.json"), "\(text)")
            let report = try folder.run(.alone, "report", "run")
            #expect(report.exitCode == 0, "\(report)")
            #expect(try folder.text("run/report.html").contains("Outputs over time"))
        }

        @Test("evaluate names the sequences with the most errors")
        func worst() throws {
            let folder = try Folder()
            defer { folder.remove() }
            let work = Self.work("spoken", bidirectional: true)
            try work.prepare(in: folder)
            try #require(folder.train(work, "training.steps=2").exitCode == 0)
            let json = try JSONValue.parse(Array(try folder.run(.alone, "evaluate", "run", "--json").output.utf8))
            let worst = try #require(json["worst"]?.arrayValue)
            let counts = worst.compactMap { $0["errors"]?.integerValue }
            #expect(worst.count == 5 && counts == counts.sorted(by: >) && worst[0]["reference"]?.stringValue?.isEmpty == false, "\(json)")
            #expect(try folder.run(.alone, "evaluate", "run").output.contains("the most errors:"))
        }

        @Test("a stream says what predict says of the whole sequences; models that need the end are refused")
        func stream() throws {
            let folder = try Folder()
            defer { folder.remove() }
            let work = Self.work("spoken", bidirectional: false)
            try work.prepare(in: folder)
            try #require(folder.train(work).exitCode == 0)
            try #require(folder.run(.alone, "predict", "run", "said.jsonl", "--output", "answers.jsonl").exitCode == 0)
            let frames = try Self.lines.split(separator: "\n").map { line in
                let rows = try JSONValue.parse(Array(line.utf8))["frames"]?.arrayValue ?? []
                return rows.map { ($0.arrayValue ?? []).map { "\($0.realValue ?? 0)" }.joined(separator: " ") + "\n" }.joined()
            }
            let read = try stream(folder, "run", frames.joined(separator: "\n"))
            try #require(read.exitCode == 0, "\(read)")
            let wanted = try texts(folder, "answers.jsonl")
            #expect(read.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) == wanted, "\(read)")
            #expect(Set(wanted).count > 1)
            let faulty = try stream(folder, "run", "1 2 3 4\n1 2 x 4\n")
            #expect(faulty.exitCode == 65 && faulty.errorOutput.contains("2:1: 'x' isn't a number"), "\(faulty)")
            for (name, work, message) in [
                ("both", Self.work("both", bidirectional: true), "model.layers[1] is bidirectional"),
                ("own", Self.work("own", bidirectional: false, standardize: "sequence"), "data.standardize is \"sequence\""),
            ] {
                try work.prepare(in: folder)
                try #require(folder.train(work, "training.steps=2", into: name).exitCode == 0)
                let refused = try stream(folder, name, "1 2 3 4\n")
                #expect(refused.exitCode != 0 && refused.errorOutput.contains(message), "\(refused)")
            }
        }
    }
}
