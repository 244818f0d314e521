import Foundation
import PythonEnvironment
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("initial weights from a file")
    struct InitialWeightsTests {
        /// A learning rate so small that no weight changes, so the saved weights are those that were read.
        private static let standstill = "optimizer.learningRate=1e-30"
        private static let fromFile = "model.initialWeights=out/model.safetensors"

        /// A folder with a run of 20 steps, `first`, and its export for PyTorch, `out`.
        private func exported(_ work: Work) throws -> Folder {
            let folder = try Folder()
            try work.prepare(in: folder)
            let result = try folder.train(work, "training.steps=20", "training.validateEverySteps=20", into: "first")
            try #require(result.exitCode == 0, "\(result)")
            try export("first", to: "out", in: folder)
            return folder
        }

        private func export(_ run: String, to output: String, in folder: Folder) throws {
            let result = try folder.run(.alone, "export", run, "--format", "pytorch", "--output", output, "--force")
            try #require(result.exitCode == 0, "\(result)")
        }

        @Test("a run's export gives a new run its weights to the bit, its losses, and the same file again",
            arguments: Work.all + [Work.layers, Work.transformers, Work.blocks, Work.overTime])
        func roundTrip(work: Work) throws {
            let folder = try exported(work)
            defer { folder.remove() }
            let result = try folder.train(work, Self.fromFile, Self.standstill, "training.steps=1", "training.validateEverySteps=1", into: "second")
            try #require(result.exitCode == 0, "\(result)")
            let wanted = try folder.weights("first").sha256
            #expect(try folder.weights("second").sha256 == wanted)
            let manifest = try JSONValue.parse(folder.bytes(checkpoint(1, of: "second") + "/manifest.json"))
            #expect(manifest["progress"]?["initialWeightsSHA256"]?.stringValue == wanted)
            let losses = try ["first", "second"].map { try folder.metrics($0).last?["validationLoss"]?.realValue }
            #expect(losses[0] != nil && losses[0] == losses[1])
            try export("second", to: "again", in: folder)
            #expect(try folder.bytes("again/model.safetensors") == folder.bytes("out/model.safetensors"))
        }

        @Test("1, 2 and 4 ranks, and a stop in between, give the same weights, which differ from those without the file", arguments: [Work.embedding, .series])
        func sameBits(work: Work) throws {
            let folder = try exported(work)
            defer { folder.remove() }
            for rankCount in [1, 2, 4] {
                let result = try folder.train(work, Self.fromFile, "training.steps=15", into: "\(rankCount)", on: Launch(rankCount))
                try #require(result.exitCode == 0, "\(result)")
            }
            for (steps, rankCount) in [(6, 2), (15, 1)] {
                let result = try folder.train(work, Self.fromFile, "training.steps=\(steps)", into: "stopped", on: Launch(rankCount))
                try #require(result.exitCode == 0, "\(result)")
            }
            let wanted = try folder.weights("1")
            for run in ["2", "4", "stopped"] { #expect(try folder.weights(run) == wanted, "\(run)") }
            #expect(try folder.uninterrupted(work, steps: 15) != wanted)
        }

        @Test("a file that doesn't contain the model's weights is rejected by name and shape, once per group, also by --dry-run")
        func refusals() throws {
            let folder = try exported(.text)
            defer { folder.remove() }
            // The file ends with the head's bias: its last float becomes infinite.
            try folder.write(Array(folder.bytes("out/model.safetensors").dropLast(4)) + [0, 0, 0x80, 0x7F], "broken.safetensors")
            let refusals: [(change: String, exitCode: Int32, words: String)] = [
                ("model.hidden=10", 78, "'rnn.weight_hh_l0' is [36, 9], not [40, 10]"), ("model.layers=1", 78, "'rnn.weight_ih_l1' is not a tensor of this model"),
                ("model.layers=3", 78, "'rnn.weight_ih_l2' [36, 9] is missing"), ("model.embedding=4", 78, "'embedding.weight' ["),
                ("model.initialWeights=none.safetensors", 66, "/none.safetensors"), ("model.initialWeights=text.txt", 65, "/text.txt"),
                ("model.initialWeights=broken.safetensors", 78, "/broken.safetensors has infinite numbers or NaN in 'head.bias'"),
            ]
            let before = try folder.contents()
            for (change, exitCode, words) in refusals {
                let file = change.hasPrefix("model.initialWeights") ? [] : [Self.fromFile]
                for (launch, more) in [(Launch.ranks(2), []), (.alone, ["--dry-run"])] {
                    let result = try folder.run(launch, ["text.json", change] + file + more + ["--run-directory", "new"])
                    #expect(result.exitCode == exitCode && result.errorOutput.components(separatedBy: words).count == 2, "\(change): \(result)")
                    #expect(try folder.contents() == before)
                }
            }
        }

        @Test("ranks with different files are rejected, naming the deviating rank; the same weights in files with other names train")
        func ranksDiffer() throws {
            let folder = try exported(.reber)
            defer { folder.remove() }
            try folder.train(.reber, "training.steps=3", into: "other")
            try export("other", to: "other-out", in: folder)
            try folder.write(folder.bytes("out/model.safetensors"), "copy.safetensors")
            let own = ["out/model.safetensors", "copy.safetensors", "other-out/model.safetensors"].map { ["reber.json", "model.initialWeights=\($0)"] }
            let refused = try folder.run(.different([own[0], own[2]]), "training.steps=2", "--run-directory", "new")
            #expect(refused.exitCode == 78 && refused.errorOutput.contains("model.initialWeights is not the same on all ranks: "), "\(refused)")
            let without = try folder.run(.different([["reber.json"], own[0]]), "training.steps=2", "--run-directory", "new")
            #expect(without.exitCode == 78 && without.errorOutput.contains("model.initialWeights is not the same on all ranks: rank 0 has none"), "\(without)")
            #expect(!folder.exists("new"))
            let result = try folder.run(.different([own[0], own[1]]), "training.steps=2", "--run-directory", "new")
            #expect(result.exitCode == 0, "\(result)")
        }

        @Test("a run resumes only with its own initial weights, wherever the file is now; --dry-run reports it too")
        func changedOnResume() throws {
            let folder = try exported(.text)
            defer { folder.remove() }
            func train(_ file: String, steps: Int, _ more: String..., on launch: Launch = .alone) throws -> ProgramResult {
                try folder.run(launch, ["text.json", "model.initialWeights=\(file)", "training.steps=\(steps)", "--run-directory", "run"] + more)
            }
            #expect(try train("out/model.safetensors", steps: 5).exitCode == 0)
            try folder.write(folder.bytes("out/model.safetensors"), "moved.safetensors")
            #expect(try train("moved.safetensors", steps: 8).exitCode == 0)
            let began = try folder.weights("first").sha256
            try export("run", to: "out", in: folder)
            let now = try folder.weights().sha256
            let before = try folder.contents()
            for launch in [Launch.alone, .ranks(2)] {
                for more in [[], ["--dry-run"], ["--resume", "run"]] {
                    let arguments = ["text.json", Self.fromFile, "training.steps=10", "--run-directory", "run"] + more
                    let result = try folder.run(launch, arguments)
                    #expect(result.exitCode == 78, "\(result)")
                    let words = "began with weights of SHA-256 \(began), and model.initialWeights or model.embeddingFile now give weights of SHA-256 \(now)."
                    #expect(result.errorOutput.contains(words), "\(result)")
                }
                let without = try folder.run(launch, "text.json", "training.steps=10", "--run-directory", "run", "--dry-run")
                #expect(without.exitCode == 78 && without.errorOutput.contains("now give no file's weights. Restore the file"), "\(without)")
            }
            #expect(try folder.contents() == before)
            #expect(try train("out/model.safetensors", steps: 2, "--resume", "never").exitCode == 0)
            #expect(folder.checkpointSteps() == [2])
        }

        @Test("an export says that its run began with weights from a file, and never where those or the data were")
        func card() throws {
            let folder = try exported(.text)
            defer { folder.remove() }
            #expect(try !folder.text("out/README.md").contains("weights from elsewhere"))
            try folder.train(.text, Self.fromFile, "training.steps=2")
            try export("run", to: "second", in: folder)
            let sha256 = try folder.weights("first").sha256
            let card = try folder.text("second/README.md")
            let words = " Training began with weights from elsewhere, `model.safetensors`: as a flat buffer SHA-256 `\(sha256)`. 2 steps of 10"
            #expect(card.contains(words), "\(card)")
            #expect(card.contains("with the same data and first weights it gives the same bits again"))
            #expect(try JSONValue.parse(folder.bytes("second/config.json"))["model"]?["initialWeights"]?.stringValue == "model.safetensors")
            for name in folder.names(in: "second") {
                #expect(try folder.bytes("second/" + name).firstRange(of: Array(folder.url.lastPathComponent.utf8)) == nil, "\(name)")
            }
        }

        @Test(
            "a Python module with other names, or a bare nn.LSTM with a head, is read to the bit, and float16 is rejected",
            .enabled(if: Python.withLibraries != nil, Comment(rawValue: Python.missing)))
        func fromPython() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.embedding.prepare(in: folder)
            let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/make_modules.py")
            let symbolCount = Set(Work.prose.utf8).count
            let made = try Python.run(try #require(Python.withLibraries), [script.path, folder.url.path, "\(symbolCount)"])
            try #require(made.code == 0, "\(made.output)")
            let wanted = try JSONValue.parse(Array(try #require(made.output.split(separator: "\n").last).utf8))
            for (file, width, rankCount) in [("own", 5, 1), ("own", 5, 2), ("bare", 0, 1)] {
                let result = try folder.train(
                    .embedding, "model.layers=2", "model.embedding=\(width)", "model.initialWeights=\(file).safetensors", Self.standstill,
                    "training.steps=1", into: "\(file)-\(rankCount)", on: Launch(rankCount))
                try #require(result.exitCode == 0, "\(result)")
                #expect(try folder.weights("\(file)-\(rankCount)").sha256 == wanted[file]?.stringValue, "\(file)")
            }
            try RefusalTests.expect(
                78, "'weight_ih_l0' is F16; save it as F32, from model.float().state_dict()", in: folder, .alone, "embedding.json", "model.layers=2",
                "model.embedding=0", "model.initialWeights=half.safetensors", "--run-directory", "half")
        }
    }
}
