import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("the newest checkpoint and the best")
    struct BestCheckpointTests {
        /// Random letters, which a model memorises: validation is best early on.
        private static let noise = Work(
            name: "noise",
            configuration: """
                {"data": {"kind": "text", "files": "noise.txt", "length": 10}, "model": {"hidden": 32},
                 "training": {"batch": 8, "epochs": 20}, "optimizer": {"learningRate": 0.02}}
                """,
            files: ["noise.txt": letters])

        private static let letters: String = {
            var letters = ""
            // Knuth's generator, whose upper bits are random enough.
            var state: UInt64 = 1
            for _ in 0..<1200 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                letters += ["a", "b", "c", "d", "e", "f", "g"][Int((state >> 33) % 7)]
            }
            return letters
        }()

        /// A folder with the run, the steps of its best and newest checkpoints, and training's output.
        private func overfitted() throws -> (folder: Folder, best: Int, newest: Int, trained: ProgramResult) {
            let folder = try Folder()
            try Self.noise.prepare(in: folder)
            let trained = try folder.train(Self.noise)
            try #require(trained.exitCode == 0, "\(trained)")
            let losses = try folder.metrics().compactMap { line in line["validationLoss"]?.realValue.map { (loss: $0, step: line["step"]?.integerValue ?? 0) } }
            let best = try #require(losses.min { ($0.loss, $0.step) < ($1.loss, $1.step) }).step
            let newest = try folder.weights().step
            try #require(best < newest)
            return (folder, best, newest, trained)
        }

        @Test("each command that reads a run uses the newest checkpoint, notes on standard error if another is best, and uses that with --best")
        func verbs() throws {
            let (folder, best, newest, _) = try overfitted()
            defer { folder.remove() }
            let verbs = [
                ["evaluate", "run", "--json"], ["generate", "run", "--length", "5"], ["report", "run"], ["gates", "run", "--text", "ab"],
                ["export", "run", "--format", "npz", "--output", "out", "--force"],
            ]
            for verb in verbs {
                let plain = try folder.run(.alone, verb)
                let hint = "step \(newest) is the newest checkpoint; step \(best) has a lower validation loss, "
                #expect(plain.exitCode == 0 && plain.errorOutput.contains(hint) && !plain.output.contains("lower validation loss"), "\(plain)")
                let chosen = try folder.run(.alone, verb + ["--best"])
                #expect(chosen.exitCode == 0 && !chosen.errorOutput.contains("lower validation loss"), "\(chosen)")
            }
            let record = try JSONValue.parse(folder.bytes("out/export.json"))
            #expect(record["step"]?.integerValue == best)
        }

        @Test("evaluate's metrics are those of the selected checkpoint, and its JSON names the better one")
        func figures() throws {
            let (folder, best, newest, _) = try overfitted()
            defer { folder.remove() }
            func figures(_ more: String...) throws -> JSONValue {
                try JSONValue.parse(Array(folder.run(.alone, ["evaluate", "run", "--part", "validation", "--json"] + more).output.utf8))
            }
            let (plain, chosen) = (try figures(), try figures("--best"))
            #expect(plain["step"]?.integerValue == newest && plain["betterStep"]?.integerValue == best)
            #expect(chosen["step"]?.integerValue == best && chosen["betterStep"]?.content == .null)
            #expect(try #require(chosen["loss"]?.realValue) < #require(plain["loss"]?.realValue))
        }

        @Test("inspect shows each checkpoint's validation loss and which is the best; training prints the best one's path at the end")
        func inspected() throws {
            let (folder, best, newest, trained) = try overfitted()
            defer { folder.remove() }
            let lines = try folder.run(.alone, "inspect", "run").output.split(separator: "\n")
            let marked = lines.filter { $0.hasSuffix(", the best") }
            #expect(marked.count == 1 && marked[0].contains(checkpoint(best).split(separator: "/").last ?? "-"), "\(lines)")
            let figures = try folder.inspect("run")
            #expect(figures["best"]?.stringValue == checkpoint(best))
            let losses = figures["checkpoints"]?.arrayValue?.compactMap { $0["validationLoss"]?.realValue } ?? []
            #expect(losses.count >= 2 && losses.min() != figures["validationLoss"]?.realValue)
            #expect(trained.output.contains(" at step \(best)\n            \(checkpoint(best))\n"), "\(trained)")
            #expect(trained.output.contains("checkpoint  \(checkpoint(newest))\n"), "\(trained)")
            #expect(trained.output.contains("lstm-train evaluate run --best\n"), "\(trained)")
        }

        @Test("if the newest is the best there is no note, and if there is no best --best is rejected")
        func noBest() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let trained = try folder.train(.text)
            #expect(!trained.output.contains("--best"), "\(trained)")
            let plain = try folder.run(.alone, "evaluate", "run")
            #expect(plain.exitCode == 0 && plain.errorOutput.isEmpty, "\(plain)")
            let words = "is one checkpoint; --best chooses among those of a run. Name run"
            try RefusalTests.expect(64, words, in: folder, .alone, "evaluate", checkpoint(50), "--best")
            try folder.train(.text, "training.steps=5", "checkpoint.best=false", into: "unjudged")
            try RefusalTests.expect(66, "no checkpoint of unjudged has a validation loss", in: folder, .alone, "generate", "unjudged", "--best")
        }
    }
}
