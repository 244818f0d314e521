import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("random lengths of truncated BPTT")
    struct RandomLengthRunTests {
        private static let random = "data.randomLength=true"

        @Test("ranks, threads, segments, stops and resumes don't change the weights; the rate is scaled by each batch's length")
        func sameBits() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.train(.text, Self.random, "log.everySteps=1", into: "whole")
            try folder.train(.text, Self.random, "training.steps=23", "parallelism.threads=3", on: .ranks(2))
            let result = try folder.train(.text, Self.random, "training.segmentLength=4", on: .ranks(4))
            try #require(result.exitCode == 0, "\(result)")
            #expect(try folder.weights() == folder.weights("whole"))
            try folder.train(.text, into: "fixed")
            #expect(try folder.weights() != folder.weights("fixed"))
            let rates = try folder.metrics("whole").compactMap { $0["learningRate"]?.realValue }
            // An epoch of 13 batches of 10 steps on average, each a whole number of them.
            #expect(abs(rates.prefix(13).reduce(0, +) / 13 - 0.01) < 1e-12 && Set(rates).count > 5, "\(rates)")
            #expect(rates.allSatisfy { abs(($0 / 0.001).rounded() - $0 / 0.001) < 1e-9 }, "\(rates)")
        }

        @Test("it goes with a text read as a stream only")
        func refused() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.windows.prepare(in: folder)
            let words = "data.randomLength doesn't go with data.kind \"textWindows\", only with \"text\". Remove it."
            try RefusalTests.expect(78, words, in: folder, .alone, "windows.json", Self.random)
        }
    }
}
