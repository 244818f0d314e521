import Checkpoints
import Files
import Foundation
import Testing

extension ProgramTests {
    @Suite("a modified manifest")
    struct ManifestValidationTests {
        /// A change to the manifest of step 4 of `Work.text`, and the error message; empty if it is accepted.
        struct Change: Sendable, CustomTestStringConvertible {
            let text: String
            let replaced: String
            let words: String
            init(_ text: String, _ replaced: String, _ words: String) { (self.text, self.replaced, self.words) = (text, replaced, words) }
            var testDescription: String { "\(text) made \(replaced)" }
        }

        static let changes = [
            Change("\"epoch\": 0", "\"epoch\": -1", "'epoch' is -1"),
            Change("\"epoch\": 0", "\"epoch\": 5", "epoch is 5"),
            Change("\"epoch\": 0", "\"epoch\": 1", "positionInEpoch is 4"),
            Change("\"epoch\": 0", "\"epoch\": 0.5", "'epoch' is 0.5"),
            Change("\"positionInEpoch\": 4", "\"positionInEpoch\": 5", "positionInEpoch is 5"),
            Change("\"positionInEpoch\": 4", "\"positionInEpoch\": 9223372036854775807", "positionInEpoch is 9223372036854775807"),
            Change("\"positionInEpoch\": 4", "\"positionInEpoch\": 3", ""),
            Change("\"positionInEpoch\": 4,", "", "'positionInEpoch'"),
            Change("\"step\": 4", "\"step\": 3", "its directory's name says 4"),
            Change("\"seed\": 1", "\"seed\": 2", "seed is 2"),
            Change("\"seed\": 1", "\"seed\": \"1\"", "'seed'"),
            Change("\"skippedSteps\": 0", "\"skippedSteps\": 5", "skippedSteps is 5"),
            Change("\"skippedSteps\": 0", "\"skippedSteps\": -1", "skippedSteps is -1"),
            Change("\"skippedSteps\": 0", "\"skippedSteps\": \"0\"", "skippedSteps"),
            Change("\"skippedSteps\": 0", "\"skippedSteps\": 1e30", "skippedSteps is 1e30"),
            Change("\"epochTargetCount\": ", "\"epochTargetCount\": -", "epochTargetCount is -"),
            Change("\"bestValidationStep\": null", "\"bestValidationStep\": 7", "bestValidationStep is 7"),
            Change("\"bestValidationLoss\": null", "\"bestValidationLoss\": -3", "bestValidationLoss is -3"),
            Change("\"bestValidationLoss\": null", "\"bestValidationLoss\": \"low\"", "bestValidationLoss is \"low\""),
            Change("\"bestValidationLoss\": null", "\"bestValidationLoss\": 3", ""),
            Change("\"progress\": {", "\"progress\": {\"validationsSinceImprovement\": 5,", "validationsSinceImprovement is 5"),
            Change("\"progress\": {", "\"progress\": {\"lossToImprove\": -1,", "lossToImprove is -1"),
            Change("\"progress\": {", "\"progress\": {\"averagedSteps\": 5,", "averagedSteps is 5"),
            Change("\"epochLossByShard\": [", "\"epochLossByShard\": [\"x\",", "epochLossByShard"),
            Change("\"precision\": \"float32\"", "\"precision\": \"float16\"", "precision is \"float16\""),
            Change("\"precision\": \"float32\",", "", ""),
            Change("\"dataFingerprint\": \"", "\"dataFingerprint\": \"x", "dataFingerprint is"),
            Change("\"dataFingerprint\": ", "\"elsewhere\": ", "no progress.dataFingerprint"),
            Change("\"validationLoss\": null", "\"validationLoss\": true", "'validationLoss'"),
            Change("\"validationLoss\": null", "\"validationLoss\": 2.5", ""),
            Change("\"progress\": {", "\"progress\": {\"more\": [1, 2],", ""),
            Change("\"version\": 1", "\"version\": 2", "format version 2"),
            Change("\"weightsSHA256\": \"", "\"weightsSHA256\": \"0", "'weightsSHA256'"),
            Change("\"name\": \"streams.", "\"name\": \"more.", "'files' names more.safetensors"),
            Change("\"name\": \"streams.", "\"name\": \"../step-00000004/streams.", "'files' names ../step"),
            Change("\"name\": \"optimizer.", "\"name\": \"weights.", "'files' names weights.safetensors"),
            Change("\"byteCount\": ", "\"byteCount\": 1", "its manifest says 1"),
            Change("\"byteCount\": ", "\"byteCount\": -", "'byteCount'"),
            Change("\"configurationSHA256\": \"", "\"configurationSHA256\": \"0", "configurationSHA256 is"),
            Change("\"validationLoss\": null", "\"validationLoss\": \"low\"", "'validationLoss'"),
        ]

        @Test("is treated alike by inspect, evaluate, resume and dry run: accepted by all, or rejected by all in the same words", arguments: changes)
        func judgedAlike(change: Change) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try #require(try folder.train(.text, "training.steps=4", "data.validationFraction=0").exitCode == 0)
            try spoil(change, in: folder)
            let verbs = [
                ["inspect", "run"], ["inspect", checkpoint(4)], ["evaluate", "run"], ["generate", "run", "--length", "2"],
                ["text.json", "data.validationFraction=0", "training.steps=6", "--run-directory", "run", "--dry-run"],
                ["text.json", "data.validationFraction=0", "training.steps=6", "--run-directory", "other", "--resume", checkpoint(4)],
                ["text.json", "data.validationFraction=0", "training.steps=6", "--run-directory", "run"],
            ]
            for verb in verbs {
                let result = try folder.run(.alone, verb)
                if change.words.isEmpty {
                    #expect(result.exitCode == 0 && result.errorOutput.isEmpty, "\(verb): \(result)")
                } else {
                    #expect([65, 78].contains(result.exitCode) && result.errorOutput.contains(change.words), "\(verb): \(result)")
                }
            }
        }

        /// Changes the manifest, and updates its hash.
        private func spoil(_ change: Change, in folder: Folder) throws {
            let path = checkpoint(4) + "/manifest.json"
            let good = try folder.text(path)
            try #require(good.contains(change.text), "\(good)")
            let body = Array(good.dropLast(64 + "\"\n}\n".count).replacing(change.text, with: change.replaced, maxReplacements: 1).utf8)
            try folder.write(body + Array((SHA256.hex(of: body) + "\"\n}\n").utf8), path)
        }

        @Test("inspect shows a checkpoint of another model as resume treats it, and both use the previous one")
        func otherModel() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.train(.text, "training.steps=4")
            try folder.train(.text, "training.steps=6", "model.hidden=7", into: "narrow")
            try FileManager.default.copyItem(atPath: folder.path(checkpoint(6, of: "narrow")), toPath: folder.path(checkpoint(6)))
            // A file that isn't in the manifest is ignored.
            try folder.write("notes", checkpoint(4) + "/notes.txt")
            let inspected = try folder.run(.alone, "inspect", "run")
            #expect(inspected.output.contains("step-00000006  damaged"), "\(inspected)")
            #expect(inspected.output.contains("step-00000004  verified, a resume takes it"), "\(inspected)")
            let result = try folder.train(.text, "training.steps=5")
            #expect(result.exitCode == 0 && result.output.contains("from run/checkpoints/step-00000004"), "\(result)")
        }
    }
}
