import ArgumentParser
import Communication
import Configuration
import Foundation
import Runs
import Threads
import Training

/// This process in its group, from start to exit.
final class Session {
    let group: any Communicator
    private let arguments: [String]
    /// Until the ranks have agreed on the command, and their watchdogs run.
    private let startDeadline: StartDeadline?
    private var isTraining = false

    /// Joins the group, within a time limit.
    init(arguments: [String]) throws {
        self.arguments = arguments
        startDeadline = Self.startDeadline(budgetSeconds: Self.startSeconds(arguments), LaunchEnvironment.current())
        group = try joinGroup()
    }

    /// Time limit for the start, before ranks have read integrity.hangSeconds: its value on the command line, or the default.
    private static func startSeconds(_ arguments: [String]) -> Double {
        let typed = arguments.last { $0.hasPrefix("integrity.hangSeconds=") }?.split(separator: "=").last.flatMap { Double($0) }
        return typed.flatMap { $0 >= 0 && $0.isFinite ? $0 : nil } ?? Configuration.ofUnknownNumbers.integrity.hangSeconds
    }

    /// Nil for a process that waits for no other, or without a limit.
    private static func startDeadline(budgetSeconds: Double, _ environment: LaunchEnvironment) -> StartDeadline? {
        guard environment.isLaunched, environment.rankCount != 1, budgetSeconds > 0 else { return nil }
        // On a busy machine, loading the program and starting MPI take seconds, even if the limit for steps is shorter.
        let budgetSeconds = max(budgetSeconds, 20)
        return StartDeadline(budgetSeconds: budgetSeconds) {
            let rank = environment.rank.map { "rank \($0)" } ?? "a rank"
            printError(
                "lstm-train: \(rank) on \(environment.hostName) has waited \(String(format: "%g", budgetSeconds)) s for all "
                    + "\(environment.rankCount.map { "\($0) " } ?? "")ranks to begin. One of them didn't start, has ended, is stopped, or runs another program: "
                    + "see the launcher's messages and its processes. If they were only slow, give a larger integrity.hangSeconds=… on the command line.")
            // Not exit(), which would release memory that another thread is still using.
            _exit(70)
        }
    }

    var isRoot: Bool { group.rank == 0 }

    /// Runs a parsed command, then exits. All ranks exit with the same code, and a common message is printed once.
    func run(_ parsed: Result<any ParsableCommand, any Error>) -> Never {
        do {
            try begin(parsed)
            var command = try parsed.get()
            isTraining = command is TrainCommand
            if let command = command as? any GroupCommand {
                try command.run(in: self)
            } else if isRoot {
                // A command for one process runs only on rank 0.
                group.recorder.beginAlone("what one rank does alone")
                try command.run()
            }
            leave(0)
        } catch let error as GroupFailure {
            leave(error.exitCode, saying: named("\(error)"))
        } catch let error as TrainingError {
            // The last collectives of the deviating rank help to find the cause.
            if case .weightsDiffer = error { printRecord() }
            leave(error.exitCode, saying: named("\(error)"))
        } catch let error as ExitCode {
            leave(error.rawValue)
        } catch where LSTMTrain.exitCode(for: error) != .failure {
            leaveAfterParsing(error)
        } catch {
            // Only this rank failed, and the others wait for it, so it ends the group.
            printError(named((group.rankCount > 1 ? "rank \(group.rank): " : "") + "\(error)"))
            if error is CommunicationError { printRecord() }
            if group.rankCount > 1 { group.abort(exitCode: exitCode(of: error)) }
            exit(exitCode(of: error))
        }
    }

    /// Makes the ranks agree on the command, and starts the watchdogs. Collective.
    private func begin(_ parsed: Result<any ParsableCommand, any Error>) throws {
        defer { startDeadline?.stop() }
        guard group.rankCount > 1 else { return }
        try CommandAgreement(parsed, arguments: arguments).check(over: group)
        try watch(seconds: Self.startSeconds(arguments))
    }

    /// Sets the watchdog's limit from the configuration. Collective.
    func watch(_ configuration: Configuration) throws { try watch(seconds: configuration.integrity.hangSeconds) }

    private func watch(seconds: Double) throws {
        // Ranks may have different limits, an error reported later; until then all use the same.
        let budgetSeconds = try group.gatherEverywhere([seconds]).map { $0[0] }.max() ?? 0
        try group.watch(budgetSeconds: budgetSeconds, exitCode: 70) { hang in
            printError("lstm-train: \(hang)\n  If it was only slow, raise integrity.hangSeconds. The run resumes from its newest checkpoint.")
        }
    }

    private func printRecord() { printError("  last collectives of rank \(group.rank): \(group.recorder.text)") }

    /// Prefixes a single line with the program's name; several lines have their own prefixes.
    private func named(_ text: String) -> String { text.contains("\n") ? text : "lstm-train: " + text }

    /// Prints help, a version, or a usage error, on standard output or error as usual, and exits.
    private func leaveAfterParsing(_ error: any Error) -> Never {
        let code = LSTMTrain.exitCode(for: error).rawValue
        var text = LSTMTrain.fullMessage(for: error)
        if code != 0, text.contains("Unknown option"), let sentence = MistakenOption.sentence(arguments: Array(CommandLine.arguments.dropFirst())) {
            text = "Error: " + sentence + text.drop { $0 != "\n" }
        }
        if isRoot && code == 0 { printLine(text) }
        leave(code, saying: code == 0 ? nil : text)
    }

    private func leave(_ code: Int32, saying text: String? = nil) -> Never {
        if let text, isRoot { printError(text) }
        var code = code
        if StandardOutput.isClosed {
            // As a program that the signal SIGPIPE ends. A training is done all the same.
            if code == 0, !isTraining { code = 128 + SIGPIPE }
        } else if StandardOutput.hasFailed, code == 0 {
            printError("lstm-train: standard output can't be written to the end. Is its disk full?")
            code = 74
        }
        do { try group.finish() } catch { printError("lstm-train: \(error)") }
        exit(code)
    }

    // MARK: Threads

    /// The threads of this rank: the requested number; or this rank's share of the host's cores, within its affinity mask.
    func team(threadsAsked: Int) -> ThreadTeam {
        let ranksHere = LaunchEnvironment.current().localRankCount
        let usable = usableCoreCount()
        let online = max(usable, ProcessInfo.processInfo.processorCount)
        let share = max(1, online / ranksHere)
        let threads = threadsAsked > 0 ? threadsAsked : min(usable, share)
        if isRoot, group.rankCount > 1, usable < min(share, threadsAsked > 0 ? threadsAsked : share) {
            printError(
                "lstm-train: mpirun binds each rank to \(usable) of its \(share) cores; give them all with "
                    + (ranksHere == 1 ? "--bind-to none" : "--map-by socket:PE=\(share), or --bind-to none") + ".")
        }
        return ThreadTeam(threadCount: threads, spins: threads > 1 && threads <= usable && threads * ranksHere <= online)
    }
}
