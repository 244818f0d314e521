import Checkpoints
import Files
import Foundation
import PythonEnvironment
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("export")
    struct ExportTests {
        struct Format: Sendable, CustomTestStringConvertible {
            let name: String
            let weightsFile: String
            var testDescription: String { name }
        }

        static let formats = [("pytorch", "model.safetensors"), ("onnx", "model.onnx"), ("keras", "weights.npz"), ("npz", "model.npz")].map(Format.init)

        /// A folder with a run of six steps.
        private func trained(_ work: Work = .text, _ overrides: String...) throws -> Folder {
            let folder = try Folder()
            try work.prepare(in: folder)
            let result = try folder.start(work, ["training.steps=6"] + overrides).finish()
            try #require(result.exitCode == 0, "\(result)")
            return folder
        }

        @Test("a run of each kind of data is exported in each format, with the printed files, and stays unchanged", arguments: Work.all)
        func everyFormat(work: Work) throws {
            let folder = try trained(work)
            defer { folder.remove() }
            let (run, sha256) = (try folder.contents(), try folder.weights().sha256)
            for format in Self.formats {
                let result = try folder.run(.alone, "export", "run", "--format", format.name, "--output", "out")
                #expect(result.exitCode == 0 && result.errorOutput.isEmpty, "\(result)")
                #expect(result.output.hasPrefix("exported    \(checkpoint(6)) as \(format.name): \(folder.path("out"))\n"), "\(result)")
                #expect(result.output.hasSuffix("\nnext        cd out && python3 verify.py\n"), "\(result)")
                #expect(result.output.contains("\nweights     SHA-256 \(try SHA256.hex(ofFile: folder.path("out/\(format.weightsFile)")))"), "\(result)")
                let record = try JSONValue.parse(folder.bytes("out/export.json"))
                #expect(record["weightsSHA256"]?.stringValue == sha256 && record["step"]?.integerValue == 6)
                let learned = ["series": "statistics.json", "sequences": "classes.json"][work.name] ?? "vocabulary.json"
                let wanted = ["README.md", "config.json", "model.py", "verification.npz", "verify.py", learned, format.weightsFile]
                #expect(folder.names(in: "out").sorted() == (wanted + ["export.json"]).sorted())
                for name in wanted {
                    let line = result.output.split(separator: "\n").first { $0.hasPrefix("  \(name) ") }
                    #expect(line.map { $0.filter(\.isNumber).hasSuffix("\((try? folder.bytes("out/\(name)").count) ?? -1)") } == true, "\(name): \(result)")
                }
                // Everything in the folder except the export is unchanged.
                #expect(try folder.contents().filter { !$0.key.hasPrefix("out") } == run)
            }
        }

        @Test("the card has the metrics that evaluate prints, of the test part if there is one")
        func figures() throws {
            let folder = try trained(.reber)
            defer { folder.remove() }
            let evaluation = try folder.run(.alone, "evaluate", "run", "--part", "test", "--json")
            let accuracy = try #require(JSONValue.parse(Array(evaluation.output.utf8))["accuracy"]?.realValue)
            let result = try folder.run(.alone, "export", "run", "--format", "npz", "--output", "out")
            #expect(result.output.contains("accuracy \(String(format: "%.4f", accuracy)) on the test part"), "\(result)")
            #expect(try folder.text("out/README.md").contains("| accuracy | \(String(format: "%.6g", accuracy)) |"))
        }

        @Test(
            "an export that isn't possible is rejected, with exit code and message, and nothing is written",
            arguments: [
                (["none"], 66, "lstm-train: none is not a run directory: it has no config.json."),
                (["run/checkpoints/step-00000099"], 66, "run/checkpoints/step-00000099 has no checkpoint"),
                (["run", "--output", ""], 64, "--output is empty"), (["run", "--python", "python3"], 64, "--python goes with --verify only"),
                (["run", "--format", "tensorflow"], 64, "tensorflow"),
                (["run", "--output", "mine"], 73, "/mine holds files that are no export. Name an empty or new folder as --output."),
                (["run", "--output", "mine", "--force"], 73, "/mine holds files that are no export."),
                (["run", "--output", "run", "--force"], 73, "/run holds files that are no export."),
                (["run", "--output", "text.txt"], 73, "/text.txt holds files that are no export."),
                (["run", "--output", "text.txt/a"], 74, "text.txt"),
            ] as [([String], Int32, String)])
        func refusals(arguments: [String], exitCode: Int32, words: String) throws {
            let folder = try trained()
            defer { folder.remove() }
            try folder.write("a thesis", "mine/thesis.txt")
            let before = try folder.contents()
            let missing = [("--format", "npz"), ("--output", "out")].filter { !arguments.contains($0.0) }.flatMap { [$0.0, $0.1] }
            let result = try folder.run(.alone, ["export"] + arguments + missing)
            #expect(result.exitCode == exitCode && result.errorOutput.contains(words) && result.output.isEmpty, "\(result)")
            #expect(try folder.contents() == before)
        }

        @Test("an unchanged export is replaced by the next, but a changed one only with --force")
        func replaced() throws {
            let folder = try trained()
            defer { folder.remove() }
            func export(_ more: String...) throws -> ProgramResult { try folder.run(.alone, ["export", "run", "--format", "npz", "--output", "out"] + more) }
            for _ in 0..<2 { #expect(try export().exitCode == 0) }
            try folder.write("license: mit", "out/README.md")
            try folder.write("mine", "out/notes")
            let changed = try folder.contents()
            let refusal = try export()
            let words = "in which files were changed or added: README.md, notes. Choose another --output, or replace it with --force."
            #expect(refusal.exitCode == 73 && refusal.errorOutput.contains(words), "\(refusal)")
            #expect(try folder.contents() == changed)
            #expect(try export("--force").exitCode == 0 && !folder.exists("out/notes"))
        }

        @Test(
            "an export killed at any system call leaves a complete export, and the next one removes leftovers", .enabled(if: Tracer.isThere),
            arguments: [(call: "mkdirat", atLeast: 1), ("fsync", 8), ("renameat", 3), ("unlinkat", 9)])
        func killed(call: String, atLeast: Int) throws {
            let folder = try trained(.reber)
            defer { folder.remove() }
            func arguments(_ format: String) -> [String] { ["export", "run", "--format", format, "--output", "out"] }
            try #require(try folder.run(.alone, arguments("npz")).exitCode == 0)
            let before = folder.names(in: "")
            var killCount = 0
            for number in 1...40 {
                let result = try folder.run(.alone, Tracer.arguments(inject: "\(call):signal=KILL:when=\(number)") + arguments("onnx"), program: Tracer.program)
                guard result.exitCode != 0 else { break }
                killCount += 1
                try #require(result.exitCode == 128 + SIGKILL, "\(number): \(result)")
                // It is missing only between the two renames.
                let home = folder.exists("out") ? "out" : try #require(folder.names(in: "").first { $0.hasSuffix("-replaced") })
                for file in try #require(JSONValue.parse(folder.bytes(home + "/export.json"))["files"]?.arrayValue) {
                    let name = try #require(file["name"]?.stringValue)
                    #expect(try SHA256.hex(ofFile: folder.path("\(home)/\(name)")) == file["sha256"]?.stringValue, "\(number): \(name)")
                }
                let next = try folder.run(.alone, arguments("npz"))
                #expect(next.exitCode == 0 && folder.names(in: "") == before && folder.exists("out/model.npz"), "\(number): \(next)")
            }
            #expect(killCount >= atLeast, "\(killCount) kills")
        }

        @Test("a run without its data is exported too, with a note, and if the newest checkpoint is damaged the previous one is used")
        func missing() throws {
            let folder = try trained(.text, "checkpoint.everySteps=3", "checkpoint.best=false")
            defer { folder.remove() }
            try FileManager.default.removeItem(atPath: folder.path("text.txt"))
            try folder.damage(checkpoint(6) + "/weights.safetensors")
            let result = try folder.run(.alone, "export", "run", "--format", "pytorch", "--output", "out")
            #expect(result.exitCode == 0 && result.output.hasPrefix("exported    \(checkpoint(3)) as pytorch"), "\(result)")
            for words in ["skipped \(checkpoint(6)): ", "exported without the run's data: "] { #expect(result.errorOutput.contains(words), "\(result)") }
            #expect(result.output.contains("drawn at random, for the data aren't there") && !result.output.contains("figures "), "\(result)")
            #expect(try folder.text("out/README.md").contains("Not measured for this card: the data weren't there."))
            try folder.damage(checkpoint(3) + "/manifest.json")
            let lost = try folder.run(.alone, "export", "run", "--format", "pytorch", "--output", "other")
            #expect(lost.exitCode == 65 && lost.errorOutput.contains("none of its 2 checkpoints is whole") && !folder.exists("other"), "\(lost)")
        }
    }
}
