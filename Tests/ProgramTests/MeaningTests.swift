import Checkpoints
import Files
import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("inputs and outputs of another run are compared by meaning")
    struct MeaningTests {
        /// A folder with a run of 5 steps, `first`, and its export, `out`.
        private func exported(_ work: Work) throws -> Folder {
            let folder = try Folder()
            try work.prepare(in: folder)
            let result = try folder.train(work, "training.steps=5", into: "first")
            try #require(result.exitCode == 0, "\(result)")
            let export = try folder.run(.alone, "export", "first", "--format", "pytorch", "--output", "out")
            try #require(export.exitCode == 0, "\(export)")
            return folder
        }

        @Test(
            "initial weights with other symbols are rejected with the first difference, from a checkpoint or an export, but accepted as a bare file",
            arguments: [("d", "z", "'z' (U+007A) is new"), ("dog", "dox", "'x' (U+0078) is new"), ("tree", "tree~é", "'~' (U+007E), 'é' (U+00E9) are new")])
        func symbols(text: String, replaced: String, words: String) throws {
            let folder = try exported(.text)
            defer { folder.remove() }
            try folder.write(Work.prose.replacing(text, with: replaced), "text.txt")
            for file in ["out/model.safetensors", checkpoint(5, of: "first") + "/weights.safetensors"] {
                for launch in [Launch.alone, .ranks(2)] {
                    try RefusalTests.expect(
                        78, "is of another model (\(folder.url.path)/\(file.hasPrefix("out") ? "out" : "first")): \(words).", in: folder, launch, "text.json",
                        "model.initialWeights=\(file)", "--run-directory", "new")
                }
            }
            try folder.write(folder.bytes("out/model.safetensors"), "alone/model.safetensors")
            let alone = try folder.train(.text, "model.initialWeights=alone/model.safetensors", "training.steps=1", into: "new")
            // The number of symbols is the same, so there is no other check.
            #expect((alone.exitCode == 0) == (text != "tree"), "\(alone)")
        }

        @Test(
            "with other symbols and model.newSymbols \"initialize\", weights are copied by symbol, the same on two ranks and after a resume",
            arguments: [("tree", "tree~é", 0), ("tree", "tree~é", 8), ("dog", "Do~", 0)])
        func newSymbols(text: String, replaced: String, embedding: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let width = "model.embedding=\(embedding)"
            try folder.train(.text, "training.steps=5", width, into: "first")
            try folder.write(Work.prose.replacing(text, with: replaced), "text.txt")
            let file = checkpoint(5, of: "first") + "/weights.safetensors"
            let settings = [width, "model.initialWeights=\(file)", "model.newSymbols=initialize", "optimizer.learningRate=1e-30"]
            let plan = try folder.run(.alone, ["text.json", "--dry-run", "--run-directory", "new"] + settings)
            #expect(plan.exitCode == 0, "\(plan)")
            let result = try folder.start(.text, settings + ["training.steps=1"], into: "new").finish()
            #expect(result.exitCode == 0 && result.errorOutput.contains("2 symbols are new and get initial weights: "), "\(result)")
            let (earlier, model) = (try SymbolRows(folder, "first", step: 5), try SymbolRows(folder, "new", step: 1))
            // With this learning rate only elements that are 0 change.
            for (symbol, weights) in model.weights {
                if let known = earlier.weights[symbol] { #expect(weights == known, "\(symbol)") } else { #expect(!weights.contains(0), "\(symbol)") }
            }
            #expect(model.weights.keys.filter { earlier.weights[$0] == nil }.count == 2)
            #expect(model.others == earlier.others)

            // Its initial weights are the same again on resume, and on two ranks.
            let resumed = try folder.start(.text, settings + ["training.steps=3"], into: "new").finish()
            #expect(resumed.exitCode == 0, "\(resumed)")
            let ranks = try folder.start(.text, settings + ["training.steps=3"], into: "both", on: .ranks(2)).finish()
            #expect(ranks.exitCode == 0, "\(ranks)")
            #expect(try folder.bytes(checkpoint(3, of: "new") + "/weights.safetensors") == folder.bytes(checkpoint(3, of: "both") + "/weights.safetensors"))
        }

        @Test("new symbols can't be initialized if the file's symbols are unknown, or have another unit")
        func unknownSymbols() throws {
            let folder = try exported(.text)
            defer { folder.remove() }
            try folder.write(folder.bytes("out/model.safetensors"), "alone/model.safetensors")
            for (settings, words) in [
                (["model.initialWeights=alone/model.safetensors"], "isn't in a run or an export, so its symbols aren't known."),
                (["model.initialWeights=out/model.safetensors", "data.unit=byte"], "doesn't have the same kind of symbols."),
            ] {
                try RefusalTests.expect(
                    78, words, in: folder, .alone, arguments: ["text.json", "model.newSymbols=initialize", "--run-directory", "new"] + settings)
            }
        }

        @Test(
            "initial weights for other columns, horizons or windows are rejected with the first difference",
            arguments: [
                ("step,wave,sum", "step,weave,sum", [], "column 2 is 'weave' here, and 'wave' there"),
                ("", "", ["data.columns=wave,step,sum"], "column 1 is 'wave' here, and 'step' there"),
                ("", "", ["data.targets=wave,sum"], "predicted column 1 is 'wave' here, and 'sum' there"),
                ("", "", ["data.relative=true"], "data.relative is true here, and false there"),
            ])
        func columns(text: String, replaced: String, changes: [String], words: String) throws {
            let folder = try exported(.series)
            defer { folder.remove() }
            let table = try folder.text("series.csv")
            if !text.isEmpty { try folder.write(table.replacing(text, with: replaced), "series.csv") }
            let targets = text.isEmpty ? [] : ["data.targets=sum,weave"]
            let result = try folder.start(.series, changes + targets + ["model.initialWeights=out/model.safetensors"], into: "new").finish()
            #expect(result.exitCode == 78 && result.errorOutput.contains(words), "\(result)")
            #expect(!folder.exists("new"))
        }

        @Test("initial weights of a series with other means are accepted, with a note")
        func statistics() throws {
            let folder = try exported(.series)
            defer { folder.remove() }
            let lines = try folder.text("series.csv").split(separator: "\n")
            try folder.write((lines.prefix(1) + lines.dropFirst(30)).joined(separator: "\n") + "\n", "series.csv")
            let result = try folder.train(.series, "model.initialWeights=out/model.safetensors", "training.steps=3", into: "new")
            #expect(result.exitCode == 0 && result.errorOutput.contains("model.initialWeights: 'step' has mean "), "\(result)")
        }

        @Test("a checkpoint copied from a run with other symbols is reported and skipped, and rejected if it is given by path")
        func copied() throws {
            let folder = try exported(.text)
            defer { folder.remove() }
            try folder.write(Work.prose.replacing("d", with: "z"), "text.txt")
            try folder.train(.text, "training.steps=3", into: "second")
            let foreign = checkpoint(5, of: "second")
            try FileManager.default.copyItem(atPath: folder.path(checkpoint(5, of: "first")), toPath: folder.path(foreign))
            let words = "it is of a run with another configuration, vocabulary or statistics than second has"
            for verb in [["generate", "second", "--length", "3"], ["evaluate", "second"], ["text.json", "training.steps=4", "--run-directory", "second"]] {
                let result = try folder.run(.alone, verb)
                #expect(result.exitCode == 0 && result.errorOutput.contains("skipped \(foreign)") && result.errorOutput.contains(words), "\(result)")
            }
            try RefusalTests.expect(65, words, in: folder, .alone, "generate", foreign)
            #expect(try folder.run(.alone, "inspect", "second").output.contains(words))
        }

        @Test("a checkpoint of an earlier version, without that field, is accepted as before")
        func earlierVersion() throws {
            let folder = try exported(.text)
            defer { folder.remove() }
            let path = checkpoint(5, of: "first") + "/manifest.json"
            let lines = try folder.text(path).split(separator: "\n", omittingEmptySubsequences: false)
            let old = lines.filter { !$0.contains("configurationSHA256") && !$0.contains("batchesPerEpoch") }.joined(separator: "\n")
            try #require(old.count < lines.joined(separator: "\n").count)
            let body = Array(old.dropLast(64 + "\"\n}\n".count).utf8)
            try folder.write(body + Array((SHA256.hex(of: body) + "\"\n}\n").utf8), path)
            for verb in [["generate", "first", "--length", "3"], ["inspect", "first"], ["text.json", "training.steps=9", "--run-directory", "first"]] {
                let result = try folder.run(.alone, verb)
                #expect(result.exitCode == 0 && result.errorOutput.isEmpty, "\(result)")
            }
        }
    }
}

/// A text model's weights grouped by symbol, in the order of the file.
private struct SymbolRows {
    var weights: [String: [Float]] = [:]
    /// Weights that belong to no symbol.
    var others: [Float] = []

    init(_ folder: Folder, _ run: String, step: Int) throws {
        let symbols = try JSONValue.parse(folder.bytes("\(run)/vocabulary.json"))["symbols"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let file = try SafetensorsFile.open(folder.path(checkpoint(step, of: run) + "/weights.safetensors"))
        let isOneHot = !file.entries.contains { $0.name == "embedding.weight" }
        for entry in file.entries.sorted(by: { $0.name < $1.name }) {
            var values = [Float](repeating: 0, count: entry.shape.elementCount)
            var span = values.mutableSpan
            try file.read(entry, into: &span)
            let isInput = isOneHot && entry.name == "rnn.weight_ih_l0"
            guard isInput || ["embedding.weight", "head.weight", "head.bias"].contains(entry.name) else {
                others += values
                continue
            }
            let width = values.count / symbols.count
            for (token, symbol) in symbols.enumerated() {
                weights[symbol, default: []] += (0..<width).map { values[isInput ? $0 * symbols.count + token : token * width + $0] }
            }
        }
    }
}
