import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("label smoothing")
    struct LabelSmoothingRunTests {
        private static let smoothing = "training.labelSmoothing=0.1"

        @Test("ranks, threads, segments, stops and resumes don't change the weights, in both precisions", arguments: ["float32", "bfloat16"])
        func sameBits(precision: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            let options = [Self.smoothing, "training.precision=\(precision)"]
            _ = try folder.start(.reber, options, into: "whole").finish()
            _ = try folder.start(.reber, options + ["training.steps=23", "parallelism.threads=3"], on: .ranks(2)).finish()
            let result = try folder.start(.reber, options + ["training.segmentLength=4"], on: .ranks(4)).finish()
            try #require(result.exitCode == 0, "\(result)")
            #expect(try folder.weights() == folder.weights("whole"))
            try folder.train(.reber, "training.precision=\(precision)", into: "plain")
            #expect(try folder.weights() != folder.weights("plain"))
        }

        @Test("the validation loss is the plain cross-entropy, which evaluate gives too, and the training loss that of smoothed labels")
        func validation() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            // A rate at which a step changes no weight.
            let still = ["training.steps=14", "optimizer.learningRate=1e-37"]
            for (run, more) in [("plain", []), ("smoothed", ["training.labelSmoothing=0.9"])] {
                let result = try folder.start(.text, still + more, into: run).finish()
                try #require(result.exitCode == 0, "\(result)")
            }
            func losses(_ run: String, _ key: String) throws -> [Double] { try folder.metrics(run).compactMap { $0[key]?.realValue } }
            #expect(try losses("plain", "validationLoss") == losses("smoothed", "validationLoss"))
            #expect(try losses("plain", "epochLoss") != losses("smoothed", "epochLoss"))
        }

        @Test("data whose targets are numbers refuse it")
        func numbers() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.series.prepare(in: folder)
            let words = "training.labelSmoothing is 0.1, but data.kind \"series\" predicts numbers, not classes; it must be 0 there."
            try RefusalTests.expect(78, words, in: folder, .alone, "series.json", Self.smoothing)
        }
    }
}
