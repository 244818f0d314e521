import ArgumentParser
import Checkpoints
import Configuration
import Foundation
import Inference
import Measurement
import NumberText
import Runs
import Threads
import Training

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Try the promise of the same bits: train a few steps on 1, 2, 4 … ranks, stopped and resumed, and compare every tensor of every step.",
        discussion: """
            Each way trains in processes of its own (mpirun starts the groups) and saves each step; what is compared is read back from these checkpoints: \
            weights, the optimizer's state, streams. Ends with 1 if anything differs, and says which tensor, at which step. \
            The runs are in the system's temporary directory (TMPDIR), are removed at the end, and kept if they differ.

            EXAMPLE
              lstm-train verify configs/text.json --steps 6
            """)

    @OptionGroup var configured: ConfigurationArguments

    @Option(parsing: .unconditional, help: "Steps to train.")
    var steps = 6

    @Option(parsing: .unconditional, help: ArgumentHelp("Numbers of ranks, with commas. (default: what the shards allow up to the cores of this machine, or 4)", valueName: "counts"))
    var ranks: String?

    func validate() throws {
        guard (2...1000).contains(steps) else { throw ValidationError("--steps is \(steps); it must be from 2 to 1000.") }
        guard let ranks else { return }
        guard ranks.split(separator: ",", omittingEmptySubsequences: false).allSatisfy({ (Int($0) ?? 0) >= 1 }) else {
            throw ValidationError("--ranks is '\(ranks)'; it must be numbers from 1 with commas: 1,2,4.")
        }
    }

    func run() throws {
        let counts = try rankCounts()
        // The trial that changes its number of ranks takes one step with each.
        guard steps >= counts.count else { throw ValidationError("--steps is \(steps); \(counts.count == 1 ? "a number of ranks takes" : "\(counts.count) numbers of ranks take") at least as many.") }
        let trials = VerificationTrial.trials(rankCounts: counts)
        let folder = FileManager.default.temporaryDirectory.appending(path: "lstm-train-verify-\(UUID().uuidString)").path
        printLine("verify      \(configured.name), \(counted(steps, "step")); compared with \(VerificationTrial.reference.name)")
        var keepsRuns = false
        defer { if !keepsRuns { try? FileManager.default.removeItem(atPath: folder) } }
        let reference = folder + "/reference"
        try train(.reference, into: reference)
        var differenceCount = 0
        for (number, trial) in trials.enumerated() where try !isSame(trial, as: reference, in: "\(folder)/\(number + 1)") { differenceCount += 1 }
        guard differenceCount == 0 else {
            keepsRuns = true
            printLine("FAIL        \(differenceCount) of \(trials.count) differ; the runs are in \(folder)")
            throw ExitCode(1)
        }
        printLine("PASS        weights after step \(steps): SHA-256 \(try TrainedRun(reference).checkpoint.manifest.weightsSHA256)")
    }

    private func rankCounts() throws -> [Int] {
        let configuration = try configured.load()
        guard configuration.parallelism.reduction == .exact else {
            throw GroupFailure(exitCode: 78, description: "parallelism.reduction is \"fast\", which doesn't promise the same bits. Verify \"exact\".")
        }
        let allowed = VerificationTrial.rankCounts(of: configuration, coreCount: usableCoreCount())
        let counts = Set(ranks?.split(separator: ",").compactMap { Int($0) } ?? allowed).sorted()
        guard ProgramLaunch.mpirun == nil else { return counts }
        printError("lstm-train: mpirun is not on PATH, so only one rank is tried. Install Open MPI to try groups.")
        return counts.filter { $0 == 1 }
    }

    /// Trains `trial` into `run`, prints the comparison, and removes the run if it is the same.
    private func isSame(_ trial: VerificationTrial, as reference: String, in run: String) throws -> Bool {
        try train(trial, into: run)
        let difference = try firstDifference(ofRunAt: run, from: reference)
        printLine("  " + trial.name.padding(toLength: max(34, trial.name.count + 1), withPad: " ", startingAt: 0) + (difference.map { "differs at \($0)" } ?? "same"))
        if difference == nil { try FileManager.default.removeItem(atPath: run) }
        return difference == nil
    }

    private func train(_ trial: VerificationTrial, into run: String) throws {
        for leg in trial.legs {
            // A stop requested before the start takes effect after one step.
            if leg.stops {
                try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
                try Data().write(to: URL(filePath: run + "/STOP"))
            }
            let own = [
                "training.steps=\(steps)", "checkpoint.everySteps=1", "checkpoint.keep=\(steps)", "checkpoint.everyMinutes=0", "checkpoint.best=false", "training.patience=0", "training.minimumImprovement=0",
                "parallelism.threads=\(leg.threadCount)",
            ]
            // The user's arguments may not override the trial's own.
            let keys = own.map { $0.prefix { $0 != "=" } + "=" }
            let given = configured.arguments.filter { argument in !keys.contains { argument.hasPrefix($0) } }
            let launch = ProgramLaunch(rankCount: leg.rankCount, arguments: ["train"] + given + own + ["--run-directory", run])
            let (code, text) = try launch.run()
            guard code == (leg.stops ? 75 : 0) else {
                printError(text)
                printError("lstm-train: training on \(leg.rankCount) rank\(leg.rankCount == 1 ? "" : "s") ended with \(code); its words are above.")
                throw ExitCode(code == 0 ? 70 : code)
            }
        }
    }
}
