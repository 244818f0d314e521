import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("doctor")
    struct DoctorTests {
        @Test("measures the machine and predicts each number of ranks' speed, and leaves no files", .enabled(if: ProcessInfo.processInfo.activeProcessorCount >= 2, "it needs two cores"), arguments: [1, 2])
        func figures(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let before = try folder.contents()
            let figures = try folder.doctor(Launch(rankCount), "text.json", "--seconds", "0.05")
            #expect(try folder.contents() == before)
            for key in ["corePeakGFLOPS", "peakGFLOPS", "memoryBytesPerSecond"] { #expect(figures[key]?.realValue ?? 0 > 0, "\(key)") }
            #expect(figures["disk"]?["writeSeconds"]?.realValue ?? 0 > 0)
            #expect(figures["ranks"]?.arrayValue?.count == rankCount)
            let rows = try #require(figures["forecast"]?.arrayValue)
            #expect(rows.count >= 4, "\(figures.serialized(indented: true))")
            for row in rows { #expect(row["stepsPerSecond"]?.realValue ?? 0 > 0 && row["efficiency"]?.realValue ?? 0 > 0, "\(row.serialized())") }
            #expect(rows.contains { $0["ranks"]?.integerValue == 8 && $0["isMeasured"]?.boolValue == false })
            let sums = try #require(figures["sums"]?.arrayValue?.first)
            #expect(sums["ranks"]?.integerValue == 2 && sums["sums"]?.arrayValue?.count == 6)
        }

        @Test("predicts a run's speed, on one rank and on two", .enabled(if: ProcessInfo.processInfo.activeProcessorCount >= 2, "it needs two cores"), arguments: [1, 2])
        func predicts(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let sizes = ["model.hidden=96", "parallelism.threads=1", "integrity.everySteps=0", "data.validationFraction=0"]
            let figures = try folder.doctor(.alone, ["text.json"] + sizes + ["--seconds", "0.5"])
            let row = try #require(
                figures["forecast"]?.arrayValue?.first { $0["ranks"]?.integerValue == rankCount && $0["isMeasured"]?.boolValue == true })
            let predicted = try #require(row["stepsPerSecond"]?.realValue)
            let steps = Int(predicted) + 1
            let run = try folder.run(
                Launch(rankCount), ["text.json"] + sizes + ["training.steps=\(steps)", "log.everySteps=\(steps)", "--run-directory", "run"])
            try #require(run.exitCode == 0, "\(run)")
            let elapsed = try #require(folder.metrics().last?["elapsedSeconds"]?.realValue)
            let ratio = predicted * elapsed / Double(steps)
            // Other programs may use the cores during one of the two; on an idle machine it is within a quarter.
            #expect(ratio > 1.0 / 4 && ratio < 4, "predicted \(predicted), \(steps) steps took \(elapsed) s")
        }

        @Test("prints its results row by row", .enabled(if: ProcessInfo.processInfo.activeProcessorCount >= 2, "it needs two cores"))
        func tells() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.series.prepare(in: folder)
            let result = try folder.run(.alone, "doctor", "series.json", "--seconds", "0.05", "--network-gigabits", "25")
            try #require(result.exitCode == 0, "\(result)")
            for words in ["machine     ", "mpi         Open MPI", "GFLOP/s on one core", "sum         over 2 ranks", "  measured", "25 Gbit/s", "fastest here"] {
                #expect(result.output.contains(words), "\(words)\n\(result)")
            }
        }

        @Test("without mpirun, or if the run directory isn't writable, it prints a suggestion and exits with 0")
        func warns() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            let result = try folder.run(
                .alone, ["doctor", "reber.json", "--seconds", "0.05", "--run-directory", "/proc/runs"], environment: ["PATH": "/nowhere"])
            try #require(result.exitCode == 0, "\(result)")
            #expect(result.output.contains("! mpirun is not on PATH"), "\(result)")
            #expect(result.output.contains("! a run couldn't be written there: can't open /proc/"), "\(result)")
        }

        @Test("rejects the same configurations as train, and invalid options")
        func refuses() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            #expect(try folder.run(.alone, "doctor", "text.json", "model.hiden=3").exitCode == 78)
            #expect(try folder.run(.alone, "doctor", "text.json", "data.files=absent.txt").exitCode == 66)
            #expect(try folder.run(.alone, "doctor", "text.json", "--network-gigabits", "0").exitCode == 64)
        }
    }
}

extension Folder {
    /// The results of `doctor --json`.
    fileprivate func doctor(_ launch: Launch, _ arguments: String...) throws -> JSONValue { try doctor(launch, arguments) }

    fileprivate func doctor(_ launch: Launch, _ arguments: [String]) throws -> JSONValue {
        let result = try run(launch, ["doctor"] + arguments + ["--json"])
        try #require(result.exitCode == 0, "\(result)")
        return try JSONValue.parse(Array(result.output.utf8))
    }
}
