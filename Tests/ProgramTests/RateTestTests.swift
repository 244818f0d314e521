import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("rate-test")
    struct RateTestTests {
        private func points(_ folder: Folder, _ arguments: [String], on launch: Launch = .alone) throws -> (json: JSONValue, losses: [Double]) {
            let result = try folder.run(launch, ["rate-test"] + arguments + ["--json"])
            try #require(result.exitCode == 0, "\(result)")
            let line = try #require(result.output.split(separator: "\n").last { $0.hasPrefix("{") }, "\(result)")
            let json = try JSONValue.parse(Array(line.utf8))
            return (json, (json["points"]?.arrayValue ?? []).compactMap { $0["loss"]?.realValue })
        }

        @Test("the losses are the same on 1, 2 and 4 ranks and with 2 threads, and the picture is written", arguments: [Work.text, .reber])
        func sameLosses(work: Work) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            let arguments = ["\(work.name).json", "--steps", "30", "--from", "1e-4", "--to", "1"]
            let (json, wanted) = try points(folder, arguments + ["parallelism.threads=1"])
            #expect(wanted.count > 10 && wanted.count <= 30)
            for (launch, threads) in [(Launch.alone, 2), (.ranks(2), 1), (.ranks(4), 1)] {
                #expect(try points(folder, arguments + ["parallelism.threads=\(threads)"], on: launch).losses == wanted, "\(launch), \(threads) threads")
            }
            let rates = (json["points"]?.arrayValue ?? []).compactMap { $0["rate"]?.realValue }
            #expect(abs(rates[0] / 1e-4 - 1) < 1e-12 && zip(rates, rates.dropFirst()).allSatisfy { abs($1 / $0 - pow(1e4, 1 / 29.0)) < 1e-9 })
            #expect(try folder.text("\(work.name)-rates.svg").contains("drawn by lstm-train"))
        }

        @Test("the proposal is a tenth of the rate with the lowest mean loss, and a run with it learns")
        func proposal() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            let (json, losses) = try points(folder, ["reber.json", "--from", "1e-5", "--to", "100"])
            let proposal = try #require(json["proposal"]?.realValue)
            let means = (json["points"]?.arrayValue ?? []).compactMap { $0["smoothedLoss"]?.realValue }
            let lowest = try #require(means.indices.min { means[$0] < means[$1] })
            let rate = try #require(json["points"]?.arrayValue?[lowest]["rate"]?.realValue)
            #expect(abs(proposal / (rate / 10) - 1) < 1e-12 && json["diverged"] == .bool(true) && losses.count < 100)
            let text = try folder.run(.alone, "rate-test", "reber.json", "--from", "1e-5", "--to", "100", "--output", "other.svg")
            #expect(text.exitCode == 0 && text.output.contains("proposal    optimizer.learningRate=0.0") && text.output.contains("picture     other.svg"), "\(text)")
            #expect(try folder.train(.reber, "optimizer.learningRate=\(proposal)").exitCode == 0)
            let validation = try folder.metrics().compactMap { $0["validationLoss"]?.realValue }
            #expect((validation.last ?? 9) < 0.9 * losses[0], "\(validation) from \(losses[0])")
        }

        @Test("rates that are too low leave no proposal, and say so")
        func nothing() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            let result = try folder.run(.alone, "rate-test", "reber.json", "--from", "1e-12", "--to", "1e-11", "--steps", "12")
            #expect(result.exitCode == 0 && result.output.contains("proposal    none: the loss didn't fall by a twentieth."), "\(result)")
        }

        @Test("a file of others is not replaced, and rates that don't rise are refused")
        func refusals() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            try folder.write("mine", "mine.svg")
            let foreign = try folder.run(.ranks(2), "rate-test", "reber.json", "--output", "mine.svg")
            #expect(foreign.exitCode == 73, "\(foreign)")
            #expect(try folder.text("mine.svg") == "mine")
            for arguments in [["--from", "1", "--to", "0.1"], ["--from", "0"], ["--steps", "9"], ["--output", "a.png"]] {
                let result = try folder.run(.alone, ["rate-test", "reber.json"] + arguments)
                #expect(result.exitCode == 64 && result.errorOutput.contains(arguments[0]), "\(result)")
            }
        }
    }
}
