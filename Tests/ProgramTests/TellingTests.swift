import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("output of the program")
    struct TellingTests {
        @Test("inspect shows every parameter with its shape, as text and as JSON")
        func inspect() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.embedding.prepare(in: folder)
            try folder.train(.embedding, "training.steps=2")
            let figures = try folder.inspect("run")
            let vocabularyCount = Set(Work.prose.utf8).count
            let wanted: [(String, [Int])] = [
                ("embedding.weight", [vocabularyCount, 5]), ("rnn.weight_ih_l0", [44, 5]), ("rnn.weight_hh_l0", [44, 11]), ("rnn.bias_ih_l0", [44]),
                ("rnn.bias_hh_l0", [44]), ("head.weight", [vocabularyCount, 11]), ("head.bias", [vocabularyCount]),
            ]
            let found = try #require(figures["parameters"]?.arrayValue)
            #expect(found.map { $0["name"]?.stringValue } == wanted.map(\.0))
            #expect(found.map { $0["shape"]?.arrayValue?.compactMap(\.integerValue) } == wanted.map(\.1))
            #expect(figures["parameterCount"]?.integerValue == wanted.reduce(0) { $0 + $1.1.reduce(1, *) })
            #expect(figures["checkpoint"]?.stringValue == checkpoint(2))
            let text = try folder.run(.alone, "inspect", checkpoint(2)).output
            for (name, shape) in wanted { #expect(text.contains(name) && text.contains("\(shape)"), "\(name)") }
            #expect(text.contains(try folder.weights().sha256))
        }

        @Test("inspect lists a run's checkpoints, errors of the damaged ones, and which one a resume uses; for a single checkpoint it doesn't")
        func inspectLists() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.train(.text, "training.steps=30", "checkpoint.everySteps=10", "checkpoint.best=false")
            try folder.damage(checkpoint(30) + "/weights.safetensors")
            let listed = try #require(folder.inspect("run")["checkpoints"]?.arrayValue)
            #expect(listed.map { $0["step"]?.integerValue } == [30, 20, 10])
            #expect(listed.map { $0["isVerified"]?.boolValue } == [false, true, true])
            #expect(listed[0]["damage"]?.stringValue?.hasPrefix("run/checkpoints/step-00000030/weights.safetensors is damaged: its SHA-256 is ") == true)
            let text = try folder.run(.alone, "inspect", "run").output
            #expect(text.contains("  step-00000030  damaged   \(checkpoint(30))/weights.safetensors is damaged"), "\(text)")
            #expect(text.contains("  step-00000020  verified, a resume takes it\n  step-00000010  verified\n"), "\(text)")
            #expect(try folder.inspect(checkpoint(20))["checkpoints"]?.arrayValue?.isEmpty == true)

            for step in [20, 10] { try folder.damage(checkpoint(step) + "/manifest.json") }
            let refusal = try folder.run(.alone, "inspect", "run")
            #expect(refusal.exitCode == 65, "\(refusal)")
            for step in [30, 20, 10] { #expect(refusal.errorOutput.contains("skipped \(checkpoint(step)): "), "\(refusal)") }
        }

        @Test("the weights' SHA-256 is that of the parameters' bytes in the checkpoint, in inspect's order")
        func hashIsOfTheBytes() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.train(.text, "training.steps=3")
            let file = try folder.bytes(checkpoint(3) + "/weights.safetensors")
            let headerCount = file[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
            let header = try JSONValue.parse(Array(file[8..<8 + headerCount]))
            var flat: [UInt8] = []
            for parameter in try #require(folder.inspect("run")["parameters"]?.arrayValue) {
                let name = try #require(parameter["name"]?.stringValue)
                let offsets = try #require(header[name]?["data_offsets"]?.arrayValue).compactMap(\.integerValue)
                flat += file[(8 + headerCount + offsets[0])..<(8 + headerCount + offsets[1])]
            }
            try folder.write(flat, "flat")
            let pipe = Pipe()
            let hash = Process()
            hash.executableURL = URL(filePath: "/usr/bin/env")
            hash.arguments = ["sha256sum", folder.url.appending(path: "flat").path]
            hash.standardOutput = pipe
            try hash.run()
            let words = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            hash.waitUntilExit()
            #expect(try folder.weights().sha256 == words.prefix(64))
        }

        @Test("schema prints valid JSON, with a property for each section")
        func schema() throws {
            let folder = try Folder()
            defer { folder.remove() }
            let result = try folder.run(.alone, "schema")
            let schema = try JSONValue.parse(Array(result.output.utf8))
            let sections = schema["properties"]?.objectValue?.map(\.key) ?? []
            #expect(Set(sections).isSuperset(of: ["data", "model", "training", "optimizer", "parallelism", "checkpoint", "log"]), "\(sections)")
            #expect(try folder.run(.alone, "schema", "--markdown").output.contains("| `model.hidden` |"))
        }

        @Test("the help of the program and each command has an example", arguments: ["", "train", "evaluate", "generate", "inspect", "verify", "ranks", "schema", "bench", "doctor", "report", "gates", "export", "init"])
        func help(verb: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            let result = try ProgramRun(.alone, (verb.isEmpty ? [] : [verb]) + ["--help"], in: folder).finish()
            #expect(result.exitCode == 0 && result.errorOutput.isEmpty)
            #expect(result.output.contains("EXAMPLE"), "\(result)")
            #expect(result.output.contains("lstm-train \(verb)"), "\(result)")
        }

        @Test("help is printed once under mpirun")
        func helpOnce() throws {
            let folder = try Folder()
            defer { folder.remove() }
            let result = try folder.run(.ranks(3), "--help")
            #expect(result.exitCode == 0 && result.output.components(separatedBy: "USAGE").count == 2, "\(result)")
        }

        @Test("metrics are one JSON object per line, with ascending steps, and none twice after a resume")
        func metrics() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            for steps in [20, 33, 50] { try folder.train(.text, "training.steps=\(steps)", "log.everySteps=4", on: Launch(steps == 33 ? 2 : 1)) }
            let lines = try folder.metrics()
            let progress = lines.compactMap { $0["step"]?.integerValue }
            let validations = lines.filter { $0["validationLoss"] != nil }.compactMap { $0["step"]?.integerValue }
            // Every fourth step, the epochs' ends (13 steps each) and where the run stopped.
            #expect(progress == Set(stride(from: 4, through: 48, by: 4)).union([13, 26, 39, 20, 33, 50]).sorted())
            #expect(validations == [13, 20, 26, 33, 39, 50])
            for line in lines {
                for key in ["epoch", "learningRate", "gradientNorm", "timeStepsPerSecond", "elapsedSeconds"] {
                    #expect(line[key]?.realValue != nil, "\(key) in \(line.serialized())")
                }
                #expect((line["loss"]?.realValue != nil) != (line["epochLoss"]?.realValue != nil), "\(line.serialized())")
            }
        }

        @Test("a run of many short epochs logs samples at the first twenty validations, then more rarely, and at the last")
        func portraits() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.train(.text, "training.steps=5200")
            let evaluated = try folder.metrics().filter { $0["validationLoss"] != nil }
            let shown = evaluated.indices.filter { evaluated[$0]["sample"] != nil }
            #expect(evaluated.count == 400 && shown.starts(with: 0..<20) && shown.last == 399, "\(shown)")
            #expect(shown.count < 200, "\(shown.count) of 400")
        }

        @Test("the epoch's loss is the same for a run that stopped within the epoch, on other ranks, as for one that didn't")
        func epochLossSurvivesStops() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            for (steps, rankCount) in [(3, 1), (11, 4), (12, 2), (50, 1)] { try folder.train(.reber, "training.steps=\(steps)", on: Launch(rankCount)) }
            try folder.train(.reber, into: "whole")
            func epochLosses(_ run: String) throws -> [Double] { try folder.metrics(run).compactMap { $0["epochLoss"]?.realValue } }
            let wanted = try epochLosses("whole")
            #expect(wanted.count == 7)
            #expect(try epochLosses("run") == wanted)
        }

        @Test("only rank 0 prints progress: a header, aligned lines, and the weights at the end")
        func lines() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let result = try folder.train(.text, "log.everySteps=10", on: .ranks(2))
            let lines = result.output.split(separator: "\n").map(String.init)
            #expect(lines.count { $0.contains("gradient ") } == 1, "\(result)")
            #expect(lines.count { $0.hasPrefix("weights     SHA-256 ") } == 1, "\(result)")
            #expect(lines.contains("weights     SHA-256 \(try folder.weights().sha256)"), "\(result)")
            let header = try #require(lines.first { $0.contains("gradient ") })
            let steps = lines.filter { $0.contains("e-02") }
            #expect(steps.count >= 5, "\(result)")
            // An asterisk after the columns marks the best validation so far.
            #expect(steps.allSatisfy { $0.count == header.count || $0.dropFirst(header.count) == " *" }, "\(result)")
            #expect(lines.allSatisfy { $0.count <= 80 || $0.contains("SHA-256") }, "\(result)")
        }
    }
}
