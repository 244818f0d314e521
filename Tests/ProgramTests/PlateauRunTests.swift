import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("reducing the learning rate on a plateau")
    struct PlateauRunTests {
        private static let prose = EarlyStoppingRunTests.prose
        private static let plateau = ["optimizer.schedule=plateau", "optimizer.decayFactor=0.25", "optimizer.plateauPatience=1", "training.epochs=16"]

        private func train(_ folder: Folder, _ more: [String] = [], into run: String = "run", on launch: Launch = .alone) throws -> ProgramResult {
            try folder.start(Self.prose, Self.plateau + more, into: run, on: launch).finish()
        }

        @Test("the rate falls after so many validations without improvement, and the lines and metrics show it")
        func falls() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.prose.prepare(in: folder)
            let result = try train(folder)
            #expect(result.exitCode == 0, "\(result)")
            let lines = try folder.metrics().compactMap { line in
                line["validationLoss"]?.realValue.map { (loss: $0, rate: line["learningRate"]?.realValue ?? 0) }
            }
            let rates = lines.map(\.rate)
            #expect(rates[0] == 0.02 && Set(rates).count >= 3 && zip(rates, rates.dropFirst()).allSatisfy { $1 == $0 || $1 == $0 / 4 }, "\(rates)")
            // The first fall is after the second validation in a row that isn't lower.
            let fall = try #require(rates.firstIndex { $0 < 0.02 }) - 1
            #expect(lines[fall].loss > lines[fall - 2].loss && lines[fall - 1].loss > lines[fall - 2].loss, "\(lines)")
            #expect(result.output.contains(" 5.00e-03 "), "\(result)")
        }

        @Test("stops and resumes, on any number of ranks, give the weights of an uninterrupted run", arguments: [1, 2, 4])
        func resumed(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.prose.prepare(in: folder)
            _ = try train(folder, into: "whole")
            for steps in [50, 100, 117, 118, 140] { _ = try train(folder, ["training.steps=\(steps)"], on: Launch(rankCount)) }
            let result = try train(folder, on: Launch(rankCount))
            #expect(result.exitCode == 0, "\(result)")
            #expect(try folder.weights() == folder.weights("whole"))
            try folder.train(Self.prose, "training.epochs=16", into: "constant")
            #expect(try folder.weights() != folder.weights("constant"))
        }

        @Test("other steps between validations may not be taken in the same directory, since the weights depend on them")
        func otherValidations() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.prose.prepare(in: folder)
            _ = try train(folder, ["training.steps=20"])
            let result = try train(folder, ["training.validateEverySteps=5"])
            #expect(result.exitCode == 78 && result.errorOutput.contains("  training.validateEverySteps: 5, not 0\n"), "\(result)")
        }

        @Test("without a validation part, and with a lowest rate that isn't below the first, it is refused")
        func refusals() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.prose.prepare(in: folder)
            let none = "optimizer.schedule \"plateau\" goes by the validation loss, and the data have no validation part."
            try RefusalTests.expect(78, none, in: folder, .alone, "prose.json", "optimizer.schedule=plateau", "data.validationFraction=0")
            let high = "optimizer.minimumRate is 0.03 and optimizer.learningRate 0.02; the rate falls to the minimum"
            try RefusalTests.expect(78, high, in: folder, .alone, "prose.json", "optimizer.schedule=plateau", "optimizer.minimumRate=0.03")
        }
    }
}
