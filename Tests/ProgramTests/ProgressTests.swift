import Foundation
import NumberText
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("progress lines")
    struct ProgressTests {
        /// A line of the progress table, by columns.
        private struct Line {
            let step: Int
            let loss: String
            /// Nil without a validation.
            let validation: String?
            let isBest: Bool

            init?(_ text: String) {
                guard text.firstMatch(of: #/^ +\d+ +\d+/\d+ /#) != nil else { return nil }
                isBest = text.hasSuffix(" *")
                let words = text.split(separator: " ").map(String.init)
                step = Int(words[0]) ?? -1
                loss = words[2]
                // A validation's loss is followed by its accuracy.
                validation = words.count > 5 && words[5] == "%" ? words[3] : nil
            }
        }

        private func lines(_ result: ProgramResult) -> [Line] { result.output.split(separator: "\n").compactMap { Line(String($0)) } }

        private static let reber = """
            {"data": {"kind": "embeddedReber", "trainingExamples": 4000, "validationExamples": 50}, "model": {"hidden": 24},
             "training": {"batch": 8, "epochs": 2, "validateEverySteps": 10},
             "optimizer": {"learningRate": 0.03, "schedule": "step", "decayFactor": 0.2}}
            """

        @Test("each line has its own step's metrics, an asterisk marks the lowest validation loss so far, and the best one has a line", arguments: [1, 2])
        func ownFigures(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write(Self.reber, "reber.json")
            let result = try folder.run(Launch(rankCount), "reber.json", "training.steps=300", "--run-directory", "run")
            try #require(result.exitCode == 0, "\(result)")
            var validations: [Int: Double] = [:]
            var best: (step: Int, loss: Double) = (0, .infinity)
            var bestSteps: Set<Int> = []
            for line in try folder.metrics() {
                guard let step = line["step"]?.integerValue, let loss = line["validationLoss"]?.realValue else { continue }
                validations[step] = loss
                if loss < best.loss {
                    best = (step, loss)
                    bestSteps.insert(step)
                }
            }
            let lines = lines(result)
            #expect(lines.count >= 2 && lines.map(\.step) == lines.map(\.step).sorted(), "\(result)")
            for line in lines {
                #expect(line.validation == validations[line.step].map(lossText), "step \(line.step)\n\(result)")
                #expect(line.isBest == bestSteps.contains(line.step), "step \(line.step)\n\(result)")
            }
            #expect(lines.last(where: \.isBest)?.step == best.step, "\(result)")
            #expect(result.output.contains("best        validation loss \(lossText(best.loss)) at step \(best.step)\n"), "\(result)")
        }

        @Test("speed times measured time gives the number of trained steps, however short a line is and while other programs use the cores", arguments: [1, 2])
        func speeds(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let busy = try (0..<ProcessInfo.processInfo.activeProcessorCount).map { _ in
                try Process.run(URL(filePath: "/usr/bin/timeout"), arguments: ["-s", "KILL", "30", "/bin/sh", "-c", "while :; do :; done"])
            }
            // They may have been started with signals blocked.
            defer { for process in busy { kill(-process.processIdentifier, SIGKILL) } }
            let result = try folder.train(.text, "training.steps=200", "training.batch=25", "log.sampleLength=50", "log.everySteps=3", on: Launch(rankCount))
            try #require(result.exitCode == 0, "\(result)")
            var last = 0
            for line in try folder.metrics() {
                let step = try #require(line["step"]?.integerValue)
                let phases = try #require(line["phaseSeconds"]?.objectValue).filter { !["validation", "save"].contains($0.key) }
                let seconds = phases.reduce(0) { $0 + ($1.value.arrayValue?.first?.realValue ?? 0) }
                let speed = try #require(line["timeStepsPerSecond"]?.realValue)
                // The metrics round each phase to a microsecond.
                let wanted = 250 * Double(step - last)
                #expect(abs(speed * seconds / wanted - 1) < 1e-2 + 10e-6 / seconds, "\(line.serialized())")
                #expect(line["peakShare"]?.realValue.map { $0 > 0 && $0 <= 1 } ?? true, "\(line.serialized())")
                last = step
            }
            #expect(last == 200)
        }

        @Test("a loss worse than guessing is reported once and never marked as best, also by evaluate", arguments: [Work.text, .windows, .series, .reber])
        func worseThanGuessing(work: Work) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            let result = try folder.train(work, "optimizer.learningRate=1e6", "optimizer.schedule=constant")
            try #require(result.exitCode == 0, "\(result)")
            let lines = lines(result)
            #expect(!lines.isEmpty && lines.allSatisfy { !$0.isBest }, "\(result)")
            #expect(result.output.components(separatedBy: ", worse than guessing (").count == 2, "\(result)")
            #expect(result.output.contains("optimizer.learningRate is too high (now 1e+06)"), "\(result)")
            #expect(result.output.contains("best        none: the lowest validation loss, "), "\(result)")
            let evaluated = try folder.run(.alone, "evaluate", "run", "--part", "validation", "--strings", "2")
            #expect(evaluated.exitCode == 0 && evaluated.output.contains("  worse than guessing, whose loss is "), "\(evaluated)")
            if work.name == "text" {
                #expect(try folder.run(.alone, "report", "run").exitCode == 0)
                #expect(try folder.text("run/report.html").contains("; worse than guessing ("))
            }
            // Selection of the best checkpoint is unchanged.
            #expect(!folder.checkpointSteps().isEmpty)

            let good = try folder.train(work, into: "good")
            #expect(good.exitCode == 0 && !good.output.contains("guessing") && good.output.contains("best        validation loss "), "\(good)")
            #expect(try !folder.run(.alone, "evaluate", "good", "--part", "validation", "--strings", "2").output.contains("guessing"))
        }

        @Test("guessing has a loss of log(classes) for classes, and the targets' mean square for standardised columns")
        func guesses() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            let reber = try folder.train(.reber, "optimizer.learningRate=1e6", "optimizer.schedule=constant")
            #expect(reber.output.contains(", worse than guessing (\(lossText(log(7))));"), "\(reber)")
            // The column 1, -1, 1, -1 … has mean 0 and deviation 1.
            try folder.write("x\n" + (0..<400).map { $0 % 2 == 0 ? "1\n" : "-1\n" }.joined(), "wave.csv")
            try folder.write(#"{"data": {"kind": "series", "files": "wave.csv", "length": 8}, "model": {"hidden": 8}, "training": {"epochs": 1}}"#, "wave.json")
            let wave = try folder.run(.alone, "wave.json", "optimizer.learningRate=1e6", "--run-directory", "wave")
            #expect(wave.output.contains(", worse than guessing (1.0000);"), "\(wave)")
        }

        @Test("a learning rate that its schedule takes below float32 is rejected before anything is written, with the epoch")
        func vanishingRate() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            let arguments = ["reber.json", "training.steps=0", "optimizer.schedule=step", "optimizer.decayFactor=0.1", "optimizer.learningRate=0.01", "--run-directory", "run"]
            let refused = try folder.run(.ranks(2), arguments + ["training.epochs=40"])
            #expect(refused.exitCode == 78 && !folder.exists("run"), "\(refused)")
            #expect(refused.errorOutput.contains("from epoch 37 of 40 on the learning rate is ") && refused.errorOutput.contains("or lower training.epochs to 36."), "\(refused)")
            #expect(try folder.run(.alone, arguments + ["training.epochs=36", "--dry-run"]).exitCode == 0)
            let cosine = [
                "reber.json", "optimizer.schedule=cosine", "optimizer.scheduleUnit=step", "optimizer.schedulePeriod=25", "optimizer.warmupSteps=10", "training.steps=50",
                "--run-directory", "run", "--dry-run",
            ]
            let short = try folder.run(.alone, cosine)
            #expect(short.exitCode == 78 && short.errorOutput.contains("from step 36 of 50 on the learning rate is 0.0, which is 0 in float32"), "\(short)")
            #expect(short.errorOutput.contains("Raise optimizer.schedulePeriod or optimizer.minimumRate, or lower training.steps to 35."), "\(short)")
            #expect(try folder.run(.alone, cosine + ["optimizer.restartFactor=1"]).exitCode == 0)
        }

        @Test("a thousand million generated strings start training immediately")
        func manyExamples() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            let began = ContinuousClock.now
            let result = try folder.train(.reber, "data.trainingExamples=1000000000", "training.steps=20")
            #expect(result.exitCode == 0 && ContinuousClock.now - began < .seconds(60), "\(result)")
        }
    }
}
