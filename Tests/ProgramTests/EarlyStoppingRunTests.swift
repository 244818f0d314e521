import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("early stopping")
    struct EarlyStoppingRunTests {
        /// A text so short that validation is best in the seventh of 30 epochs of 13 steps.
        static let prose = Work(
            name: "prose",
            configuration: """
                {"data": {"kind": "text", "files": "text.txt", "length": 10}, "model": {"hidden": 32},
                 "training": {"batch": 10, "epochs": 30}, "optimizer": {"learningRate": 0.02}}
                """,
            files: ["text.txt": Work.prose])

        private static let patience = "training.patience=3"

        /// Step and loss of each validation of a run.
        private func validations(_ folder: Folder, _ run: String = "run") throws -> [(step: Int, loss: Double)] {
            try folder.metrics(run).compactMap { line in line["validationLoss"]?.realValue.map { (line["step"]?.integerValue ?? 0, $0) } }
        }

        @Test("training ends after so many validations without improvement, exits with 0, and says why and where the best checkpoint is")
        func ends() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.prose.prepare(in: folder)
            let result = try folder.train(Self.prose, Self.patience)
            #expect(result.exitCode == 0 && result.output.contains("\n            early: 3 validations in a row without improvement (training.patience)\n"), "\(result)")
            let found = try validations(folder)
            let best = try #require(found.min { $0.loss < $1.loss })
            #expect(found.count > 4 && found.count < 30 && found[found.count - 4].step == best.step, "\(found)")
            #expect(try folder.weights().step == found[found.count - 1].step)
            #expect(result.output.contains(" at step \(best.step)\n            \(checkpoint(best.step))\n"), "\(result)")
            #expect(result.output.contains("lstm-train evaluate run\n") && !result.output.contains("--best"), "\(result)")
            // Until there it is the run that doesn't stop early.
            try folder.train(Self.prose, "training.steps=\(found[found.count - 1].step)", into: "whole")
            #expect(try folder.weights("whole") == folder.weights())
        }

        @Test("a run that stopped early has nothing left to do; with more patience it goes on, to the weights of a run without early stopping")
        func resumed() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.prose.prepare(in: folder)
            try folder.train(Self.prose, Self.patience)
            let weights = try folder.weights()
            let again = try folder.train(Self.prose, Self.patience)
            let words = "            nothing is left to do; the run ended at step \(weights.step) of "
            #expect(again.exitCode == 0 && again.output.contains(words) && again.output.contains("finished    0 steps in "), "\(again)")
            #expect(again.output.components(separatedBy: "early: 3 validations in a row").count == 3, "\(again)")
            #expect(try folder.weights() == weights)
            let rehearsed = try folder.train(Self.prose, Self.patience, "--dry-run")
            #expect(rehearsed.exitCode == 0 && rehearsed.output.contains(words) && rehearsed.output.contains("it trains 0 steps"), "\(rehearsed)")
            let more = try folder.train(Self.prose, "training.patience=99")
            #expect(more.exitCode == 0 && !more.output.contains("early: "), "\(more)")
            try folder.train(Self.prose, into: "whole")
            #expect(try folder.weights() == folder.weights("whole"))
        }

        @Test("stops and resumes, on any number of ranks, also where they add a validation, don't change where training ends", arguments: [1, 4])
        func sameEnd(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.prose.prepare(in: folder)
            try folder.train(Self.prose, Self.patience, into: "whole")
            let end = try folder.weights("whole")
            // Every epoch has a validation; the steps before its end are validated only since the run ends there.
            for steps in [end.step - 21, end.step - 14, end.step - 2] {
                try #require(try folder.train(Self.prose, Self.patience, "training.steps=\(steps)", on: Launch(rankCount)).exitCode == 0)
            }
            let result = try folder.train(Self.prose, Self.patience, on: Launch(rankCount))
            #expect(result.exitCode == 0 && result.output.contains("early: 3 validations in a row"), "\(result)")
            #expect(try folder.weights() == end)
        }

        @Test("each command that reads the run takes the best checkpoint and says so, or with --newest the newest")
        func verbs() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.prose.prepare(in: folder)
            try folder.train(Self.prose, Self.patience)
            let best = try #require(try validations(folder).min { $0.loss < $1.loss }).step
            let newest = try folder.weights().step
            let verbs = [
                ["evaluate", "run", "--json"], ["generate", "run", "--length", "5"], ["report", "run"], ["gates", "run", "--text", "at"],
                ["export", "run", "--format", "npz", "--output", "out", "--force"],
            ]
            for verb in verbs {
                let plain = try folder.run(.alone, verb)
                #expect(plain.exitCode == 0 && plain.errorOutput.contains("step \(best) has the lowest validation loss, "), "\(plain)")
                #expect(plain.errorOutput.contains("step \(newest) is the newest: --newest takes it\n"), "\(plain)")
                if verb[0] == "export" { #expect(try JSONValue.parse(folder.bytes("out/export.json"))["step"]?.integerValue == best) }
                if verb[0] == "evaluate" { #expect(try JSONValue.parse(Array(plain.output.utf8))["step"]?.integerValue == best) }
                let asked = try folder.run(.alone, verb + ["--newest"])
                #expect(asked.exitCode == 0 && asked.errorOutput.contains("step \(newest) is the newest checkpoint; step \(best) has a lower"), "\(asked)")
                if verb[0] == "evaluate" { #expect(try JSONValue.parse(Array(asked.output.utf8))["step"]?.integerValue == newest) }
            }
            let one = try folder.run(.alone, "evaluate", checkpoint(newest), "--json")
            #expect(one.exitCode == 0 && one.errorOutput.isEmpty, "\(one)")
            try RefusalTests.expect(64, "--best and --newest name different checkpoints", in: folder, .alone, "evaluate", "run", "--best", "--newest")
        }

        @Test("without a validation part it is refused; an improvement's size without patience too")
        func refusals() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.prose.prepare(in: folder)
            let none = "training.patience goes by the validation loss, and the data have no validation part."
            try RefusalTests.expect(78, none, in: folder, .alone, "prose.json", Self.patience, "data.validationFraction=0")
            let idle = "training.minimumImprovement is 0.1, but training.patience is 0; it goes with training.patience at least 1 only."
            try RefusalTests.expect(78, idle, in: folder, .alone, "prose.json", "training.minimumImprovement=0.1")
        }
    }
}
