import Foundation
import PythonEnvironment
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("transcripts")
    struct TranscriptRunTests {
        /// Three frames a character, which point to it, and one of zeros; two frames are stacked.
        private static let said = Work(
            name: "said",
            configuration: """
                {"data": {"kind": "sequences", "files": "said.jsonl", "target": "transcript", "columns": "frames", "label": "text", "validationFraction": 0.2, "deltas": 1},
                 "model": {"layers": [{"type": "specAugment", "timeWidth": 2, "featureMasks": 1, "featureWidth": 1}, {"type": "stack", "frames": 2}, {"type": "lstm", "hidden": 9, "bidirectional": true}]},
                 "training": {"batch": 10, "steps": 60}, "optimizer": {"learningRate": 0.03}}
                """,
            files: ["said.jsonl": lines(60, isBrief: false)])

        /// The same as words, some of which are said too fast, with a strided convolution.
        private static let hasty = Work(
            name: "hasty",
            configuration: """
                {"data": {"kind": "sequences", "files": "said.jsonl", "target": "transcript", "transcriptUnit": "word", "unalignable": "skip", "columns": "frames",
                  "label": "text", "validationFraction": 0.2, "bucketing": true, "standardize": "sequence", "deltas": 2},
                 "model": {"layers": [{"type": "conv1d", "channels": 7, "width": 3, "stride": 2, "padding": "same"}, {"type": "gru", "hidden": 9}]},
                 "training": {"batch": 10, "steps": 60}, "optimizer": {"learningRate": 0.03}}
                """,
            files: ["said.jsonl": lines(60, isBrief: true)])

        private static let symbols = Array("abc")

        /// - Parameter isBrief: whether symbols are words, and every tenth sequence has one frame for all of its three.
        private static func lines(_ count: Int, isBrief: Bool) -> String {
            (0..<count).map { number in
                let places = isBrief && number % 10 == 9 ? [0, 0, 1] : (0..<2 + number % 4).map { (number * 7 + $0 * $0 * 2 + $0 * number) % 3 }
                let frames = isBrief && number % 10 == 9 ? ["[1,0,0]"] : places.flatMap { place in
                    Array(repeating: "[\((0..<3).map { $0 == place ? "1" : "0.\((number + $0) % 3)" }.joined(separator: ","))]", count: 3) + ["[0,0,0]"]
                }
                let text = places.map { String(symbols[$0]) }.joined(separator: isBrief ? " " : "")
                return #"{"frames": [\#(frames.joined(separator: ","))], "text": "\#(text)"}"# + "\n"
            }.joined()
        }

        @Test("ranks, threads, groups of shards and resumes change no bit of weights, figures and answers", arguments: [said, hasty])
        func sameBits(work: Work) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            let whole = try folder.train(work, into: "whole")
            try #require(whole.exitCode == 0, "\(whole)")
            let rate = work.name == "said" ? "characterErrorRate" : "symbolErrorRate"
            #expect(whole.output.contains(work.name == "said" ? "CER" : "SER") && whole.output.contains("baseline"), "\(whole)")
            #expect(whole.output.contains("6 sequences left out: the transcript is too long for the time steps") == (work.name == "hasty"), "\(whole)")
            try folder.train(work, "training.steps=23", "parallelism.threads=3", on: .ranks(2))
            let result = try folder.train(work, "training.accumulate=2", on: .ranks(4))
            try #require(result.exitCode == 0, "\(result)")
            #expect(try folder.weights() == folder.weights("whole"))
            let evaluations = try [1, 2, 4].map { try folder.run(Launch($0), "evaluate", "run", "--json").output }
            #expect(Set(evaluations).count == 1)
            let json = try JSONValue.parse(Array(evaluations[0].utf8))
            #expect(try #require(json[rate]?.realValue) < #require(json[rate + "OfBaseline"]?.realValue) && json["substitutions"]?.integerValue != nil, "\(evaluations[0])")
            let answers = try [(1, "1"), (4, "1"), (2, "5"), (1, "5")].map { try folder.run(Launch($0), "predict", "run", "said.jsonl", "--beam", $1).output }
            #expect(answers[0] == answers[1] && answers[2] == answers[3] && answers[0].split(separator: "\n").count == 61, "\(answers[0].prefix(300))")
            #expect(answers[0].hasPrefix("row,transcript,logProbability,label,steps\n"), "\(answers[0].prefix(300))")
            for ending in ["jsonl", "npz"] {
                let written = try folder.run(.alone, "predict", "run", "said.jsonl", "--output", "answers.\(ending)")
                #expect(written.exitCode == 0, "\(written)")
            }
            let report = try folder.run(.alone, "report", "run")
            #expect(report.exitCode == 0, "\(report)")
            let onward = try folder.train(work, "model.initialWeights=whole/checkpoints/step-00000060/weights.safetensors", "training.steps=2", into: "onward")
            #expect(onward.exitCode == 0, "\(onward)")
        }

        @Test("a transcript too long is refused with its line, and so are settings that don't go with it")
        func refusals() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.hasty.prepare(in: folder)
            try RefusalTests.expect(65, "said.jsonl:10:1: the transcript needs 4 time steps", in: folder, .alone, "hasty.json", "data.unalignable=refuse")
            for (setting, message) in [
                ("training.labelSmoothing=0.1", "has no target at each time step"), ("training.segmentLength=4", "needs whole sequences"),
                ("model.head=crf", "data.target \"classes\" only"), ("training.classWeights=balanced", "has no classes"),
            ] {
                try RefusalTests.expect(78, message, in: folder, .alone, "hasty.json", setting)
            }
            try Self.said.prepare(in: folder)
            try RefusalTests.expect(
                78, "it goes with data.target \"transcript\" only", in: folder, .alone, "said.json", "data.target=class", "data.transcriptUnit=word")
            try Self.hasty.prepare(in: folder)
            let other = try folder.train(Self.hasty, "training.steps=2")
            try #require(other.exitCode == 0, "\(other)")
            try RefusalTests.expect(64, "--length, --temperature and --seed go with models of texts", in: folder, .alone, "predict", "run", "said.jsonl", "--length", "3")
        }

        @Test(
            "an export's model.py transcribes as predict does, and its outputs are this program's", .enabled(if: Python.withLibraries != nil, "\(Python.missing)"),
            arguments: [said, hasty])
        func exported(work: Work) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            try #require(folder.train(work).exitCode == 0)
            let python = try #require(Python.withLibraries)
            let wanted = try folder.run(.alone, "predict", "run", "said.jsonl", "--output", "answers.jsonl")
            try #require(wanted.exitCode == 0, "\(wanted)")
            for format in ["pytorch", "onnx", "npz"] {
                let made = try folder.run(.alone, "export", "run", "--format", format, "--output", format, "--verify", "--python", python)
                try #require(made.exitCode == 0, "\(made)")
                let array = format == "pytorch" ? "torch.tensor(row['frames'])" : "np.array(row['frames'])"
                let script = """
                    import json, sys
                    sys.path.insert(0, '\(format)')
                    import numpy as np
                    \(format == "pytorch" ? "import torch" : "")
                    from model import load, transcribe
                    model = load()
                    for line, answer in zip(open('said.jsonl'), open('answers.jsonl')):
                        row, answer = json.loads(line), json.loads(answer)
                        said = transcribe(model, \(array))
                        assert said == answer['transcript'], (said, answer)
                    print('the same')
                    """
                let found = try Python.run(python, ["-c", script], in: folder.url.path)
                #expect(found.output.hasSuffix("the same\n"), "\(format): \(found.output)")
            }
        }

        @Test("init recognises vectors with a text that differs from line to line; its configuration trains")
        func recognised() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write(Self.lines(12, isBrief: false), "heard.jsonl")
            let written = try folder.run(.alone, "init", "heard.jsonl", "--output", "c.json")
            let data = try #require(JSONValue.parse(Array(folder.text("c.json").utf8))["data"])
            #expect(data["target"]?.stringValue == "transcript" && data["label"]?.stringValue == "text", "\(written)")
            let trained = try folder.run(.alone, "c.json", "training.steps=2", "training.epochs=1", "model.hidden=4")
            #expect(trained.exitCode == 0, "\(trained)")
        }
    }
}
