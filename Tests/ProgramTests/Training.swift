import Foundation
import StrictJSON
import Testing

extension Folder {
    /// Trains `work`, after preparing it here, into the run directory `run`.
    @discardableResult
    func train(_ work: Work, _ overrides: String..., into run: String = "run", on launch: Launch = .alone, program: URL? = nil) throws -> ProgramResult {
        try start(work, overrides, into: run, on: launch, program: program).finish()
    }

    /// Starts training `work`.
    func start(_ work: Work, _ overrides: [String], into run: String = "run", on launch: Launch = .alone, program: URL? = nil) throws -> ProgramRun {
        try ProgramRun(launch, ["\(work.name).json"] + overrides + ["--run-directory", run], in: self, program: program)
    }

    /// The output of `inspect --json` for a run or a checkpoint.
    func inspect(_ run: String, program: URL? = nil) throws -> JSONValue {
        let result = try self.run(.alone, "inspect", run, "--json", program: program)
        try #require(result.exitCode == 0, "\(result)")
        return try JSONValue.parse(Array(result.output.utf8))
    }

    /// The weights of a run's newest checkpoint, or of a checkpoint.
    func weights(_ run: String = "run", program: URL? = nil) throws -> Weights {
        let figures = try inspect(run, program: program)
        return Weights(step: try #require(figures["step"]?.integerValue), sha256: try #require(figures["weightsSHA256"]?.stringValue))
    }

    /// The weights after `steps` steps of an uninterrupted run, trained here, alone.
    func uninterrupted(_ work: Work, steps: Int) throws -> Weights {
        // Logs don't affect the weights.
        let result = try train(work, "training.steps=\(steps)", "log.tensorBoard=false", "log.sampleLength=0", into: "uninterrupted-\(steps)")
        try #require(result.exitCode == 0, "\(result)")
        return try weights("uninterrupted-\(steps)")
    }

    /// The complete lines of a run's metrics.
    func metrics(_ run: String = "run") throws -> [JSONValue] {
        try text("\(run)/metrics.jsonl").split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { try JSONValue.parse(Array($0.utf8)) }
    }

    /// The last step in a run's metrics, 0 if none.
    func lastStep(_ run: String = "run") -> Int { (try? metrics(run))?.last?["step"]?.integerValue ?? 0 }

    /// Steps of the checkpoints of a run, ascending.
    func checkpointSteps(_ run: String = "run") -> [Int] {
        names(in: "\(run)/checkpoints").compactMap { $0.hasPrefix("step-") ? Int($0.dropFirst("step-".count)) : nil }.sorted()
    }
}

/// The path of a checkpoint.
func checkpoint(_ step: Int, of run: String = "run") -> String {
    let digits = "\(step)"
    return "\(run)/checkpoints/step-" + String(repeating: "0", count: 8 - digits.count) + digits
}
